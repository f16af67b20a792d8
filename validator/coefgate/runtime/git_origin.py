"""A git repository as a source of releases: of a release, its tag is fetched and nothing else.

The only part of a runner that starts another program. Git gets a folder of its own that is gone afterwards,
may not ask anybody, and is ended with all that it started when its time or its space is used up.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from coefgate.problems import EnvironmentProblem, InvalidDocument
from coefgate.releases.annotation import read_annotation
from coefgate.releases.snapshots import MAX_BYTES
from coefgate.releases.version import TAG_PREFIX, Version
from coefgate.runtime.address import scrubbed
from coefgate.runtime.lock_file import Trust
from coefgate.runtime.origin import NoSuchRelease, Offered
from coefgate.runtime.tag_object import TagObject, read_tag_object

if sys.platform == "linux":
    import resource

TIMEOUT: Final = 60.0
"""Seconds for one question to a source."""
MOST: Final = 128 * 1024 * 1024
"""Bytes that git may write for one question."""

_MEMORY: Final = 512 * 1024 * 1024
_PAUSE: Final = 0.05
_MOST_OF_A_TAG: Final = 2 * MAX_BYTES
_KEPT: Final = (
    *("GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT"),
    *("GIT_CONFIG", "GIT_HTTP", "GIT_SSL", "GIT_PROXY", "GIT_CURL"),
)
"""How the names begin that say how to reach a server; the other ``GIT_*`` are about another folder."""
_SETTINGS: Final = (
    *("core.hooksPath=/dev/null", "gc.auto=0", "maintenance.auto=false", "fetch.unpackLimit=1"),
    *("fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false", "transfer.bundleURI=false"),
    *("gpg.ssh.program=ssh-keygen", "gpg.minTrustLevel=fully"),
)
_NO_SSH: Final = ("https:", "http:", "file:")
# A local repository answers with the tag alone, as servers do that allow it.
_LOCAL: Final = "--upload-pack=git -c uploadpack.allowFilter=true upload-pack"


class GitOrigin:
    """The repository at ``url``, believed as ``trust`` says. ``timeout``: seconds for one question."""

    def __init__(self, url: str, trust: Trust, *, timeout: float | None = None, most: int = MOST) -> None:
        self._url = url
        self._trust = trust
        self._timeout = TIMEOUT if timeout is None else timeout
        self._most = most

    def versions(self) -> Mapping[Version, str]:
        with self._git() as git:
            git.begin()
            listed = git.run(
                "ls-remote", *self._local(), "--end-of-options", self._url, f"refs/tags/{TAG_PREFIX}*"
            )
        refs = dict(line.split("\t", 1)[::-1] for line in listed.decode("utf-8", "replace").splitlines())
        found = {}
        for name, object_id in refs.items():
            version = Version.of_tag(name.removeprefix("refs/tags/"))
            # Only an annotated tag has a second line, for what it is on.
            if version is not None and name.startswith("refs/tags/") and f"{name}^{{}}" in refs:
                found[version] = object_id
        return found

    def release(self, version: Version) -> Offered:
        with self._git() as git:
            tag = self._fetched(git, version)
            if self._trust.allowed_signers:
                self._check_signature(git, version, tag)
        release = read_annotation(tag.message, version)
        return Offered(version, tag.commit, release.snapshot, release.yanked)

    def named(self) -> Offered | None:
        return None

    def url_of(self, version: Version) -> str:  # noqa: ARG002 (one address for every version)
        return self._url

    def _fetched(self, git: _Git, version: Version, *, hashes: str = "sha1") -> TagObject:
        git.begin(hashes)
        ref = f"refs/tags/{version.tag}"
        fetch = ("fetch", "--quiet", "--depth=1", "--filter=tree:0", "--no-tags", "--no-write-fetch-head")
        try:
            git.run(*fetch, *self._local(), "--end-of-options", self._url, f"{ref}:{ref}")
        except _GitFailed as error:
            if "mismatched algorithms" in error.why and hashes == "sha1":
                return self._fetched(git, version, hashes="sha256")
            if "couldn't find remote ref" in error.why:
                raise NoSuchRelease(
                    f"{self._url} has no tag {version.tag}. "
                    f"See which there are with: git ls-remote --tags {self._url} '{TAG_PREFIX}*'"
                ) from None
            raise
        header, _, data = git.run("cat-file", "--batch", stdin=f"{ref}\n").partition(b"\n")
        if len(data) > _MOST_OF_A_TAG:
            raise InvalidDocument(f"the tag {version.tag} has {len(data):,} bytes; no release needs as many")
        return read_tag_object(header.split()[1].decode(), data[:-1], version)

    def _check_signature(self, git: _Git, version: Version, tag: TagObject) -> None:
        if not tag.ssh:
            raise InvalidDocument(
                f"the tag {version.tag} is not signed with an ssh key, and the lock asks for one of "
                f"{len(self._trust.allowed_signers)} allowed signers. Do not use it; ask who made the release"
            )
        if shutil.which("ssh-keygen") is None:
            raise EnvironmentProblem(
                "ssh-keygen is not installed, and the lock asks for signed releases. Install OpenSSH, then "
                "check it with: command -v ssh-keygen"
            )
        signers = git.folder / "allowed_signers"
        signers.write_text("".join(f"{line}\n" for line in self._trust.allowed_signers), encoding="utf-8")
        try:
            git.run(
                "-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-tag", "--end-of-options", version.tag
            )
        except _GitFailed as error:
            raise InvalidDocument(
                f"the tag {version.tag} is not signed by one of the lock's allowed signers ({error.why}). "
                "Do not use it; ask who made the release"
            ) from None

    def _local(self) -> tuple[str, ...]:
        return (_LOCAL,) if self._url.startswith("file:") else ()

    @contextmanager
    def _git(self) -> Iterator[_Git]:
        try:
            with tempfile.TemporaryDirectory(prefix="coefgate-", ignore_cleanup_errors=True) as folder:
                yield _Git(Path(folder), self._url, self._timeout, self._most)
        except OSError as error:
            raise EnvironmentProblem(
                f"no room for git in {tempfile.gettempdir()}: {error.strerror}. Look at it with: "
                f"df -h {tempfile.gettempdir()}"
            ) from error


class _GitFailed(EnvironmentProblem):
    """Git did not do what it was asked for; ``why``: in its own words, or ours."""

    def __init__(self, url: str, why: str) -> None:
        self.why = scrubbed(why)
        super().__init__(
            scrubbed(f"{url} could not be read: {self.why}. Try it by hand: git ls-remote {url}")
        )


class _Git:
    """Git in a scratch folder; all of its calls share the time and the space."""

    def __init__(self, folder: Path, url: str, timeout: float, most: int) -> None:
        self.folder = folder
        self._url = url
        self._timeout = timeout
        self._most = most
        self._end = time.monotonic() + timeout
        self._environment = _environment(url)
        if not url.startswith(_NO_SSH) and not self._environment.keys() & {"GIT_SSH", "GIT_SSH_COMMAND"}:
            own = self.run("config", "--default=ssh -o BatchMode=yes", "--get", "core.sshCommand")
            self._environment["GIT_SSH_COMMAND"] = own.decode("utf-8", "surrogateescape").strip()

    def begin(self, hashes: str = "sha1") -> None:
        """Make the scratch repository, empty, with these hashes."""
        shutil.rmtree(self.folder / "repository", ignore_errors=True)
        self.run("init", "--quiet", "--bare", "--template=", f"--object-format={hashes}", "repository")

    def run(self, *arguments: str, stdin: str = "") -> bytes:
        """Standard output of one call. Raises ``EnvironmentProblem`` with git's own words."""
        asked, out, err = (self.folder / name for name in ("in", "out", "err"))
        asked.write_text(stdin, encoding="utf-8")
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        with asked.open("rb") as given, out.open("wb") as printed, err.open("wb") as said:
            try:
                process = subprocess.Popen(
                    ["git", "--git-dir=repository", *settings, *arguments],
                    cwd=self.folder,
                    env=self._environment,
                    stdin=given,
                    stdout=printed,
                    stderr=said,
                    start_new_session=True,
                )
            except FileNotFoundError:
                raise EnvironmentProblem(
                    "git is not installed, or not on PATH. Install it, then check it with: git --version"
                ) from None
        with _ended(process):
            _limit_memory(process)
            self._wait(process)
        if process.returncode:
            raise self._failed(_words(err))
        return out.read_bytes()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        while True:
            left = self._end - time.monotonic()
            try:
                process.wait(timeout=max(0.0, min(_PAUSE, left)))
            except subprocess.TimeoutExpired:
                if left <= 0:
                    raise self._failed(f"it did not answer within {self._timeout:g} s") from None
                self._check_space()
            else:
                return self._check_space()

    def _check_space(self) -> None:
        if _size(self.folder) > self._most:
            raise self._failed(f"it sends more than {self._most:,} bytes, and no release needs as many")

    def _failed(self, why: str) -> _GitFailed:
        return _GitFailed(self._url, why)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens, git and all that it started have ended afterwards."""
    try:
        yield
    finally:
        if process.poll() is None:
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _limit_memory(process: subprocess.Popen[bytes]) -> None:
    """Git keeps in memory what a server says of its refs, however much that is."""
    if sys.platform == "linux":
        with suppress(OSError):  # it may have ended already, or have a lower limit
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


def _size(folder: Path) -> int:
    """Bytes in all files below; one that goes away meanwhile has none."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 (asked often)
            except OSError:
                continue
    return total


def _words(err: Path) -> str:
    """What git said, on one line, without what could steer a terminal."""
    with err.open("rb") as file:
        text = file.read(4096).decode("utf-8", "replace")
    line = "; ".join(part.strip() for part in text.splitlines() if part.strip())
    return (
        "".join(letter if letter.isprintable() else "?" for letter in line)[:600].rstrip(".")
        or "git gave no reason"
    )


def _environment(url: str) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("GIT_") or n.startswith(_KEPT)}
    protocols = ["https", "ssh", "file", *(["http"] if url.startswith("http:") else [])]
    allowed = kept.get("GIT_ALLOW_PROTOCOL", "").split(":") if "GIT_ALLOW_PROTOCOL" in kept else protocols
    own = {
        "GIT_ALLOW_PROTOCOL": ":".join(name for name in protocols if name in allowed),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if "GIT_ASKPASS" not in kept:
        kept.pop("SSH_ASKPASS", None)  # would open a window and wait
    return kept | own
