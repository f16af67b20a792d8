"""A git repository as a source of releases: of a release, its tag is fetched and nothing else."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from weakref import finalize

from coefgate.core.bounded_git import BoundedGit
from coefgate.core.characters import visible
from coefgate.core.credentials import scrubbed
from coefgate.core.git_process import TO_REACH_A_SERVER, reason_and_remedy, without_git
from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NoSuchRelease, explained
from coefgate.core.release import Release, TagObject, read_annotation, read_tag_object
from coefgate.core.snapshot import MAX_BYTES
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.runner.lock import Trust

TIMEOUT: Final = 60.0
"""Seconds for one question to a source."""
MOST: Final = 128 * 1024 * 1024
"""Bytes that git may write for one question."""
_MOST_OF_A_TAG: Final = 2 * MAX_BYTES
_NO_SSH: Final = ("https:", "http:", "file:")
_SETTINGS: Final = {
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "transfer.bundleURI": "false",
    "gpg.ssh.program": "ssh-keygen",
    "gpg.minTrustLevel": "fully",
}
_DO_NOT: Final = "Do not use it; ask who made the release"
# A local repository answers with the tag alone, as servers do that allow it.
_LOCAL: Final = "--upload-pack=git -c uploadpack.allowFilter=true upload-pack"


class GitFailed(EnvironmentProblem):
    """Git did not do what it was asked for; ``why``: in its own words, or ours."""

    def __init__(self, url: str, words: str) -> None:
        reason, command = reason_and_remedy(words)
        lines = "; ".join(part.strip() for part in reason.splitlines() if part.strip())
        self.why = scrubbed(_shown(lines) or "git gave no reason")
        mended = f"Try it by hand: git ls-remote {shlex.quote(url)}"
        if command is not None:
            mended = f"Git says how to fix it:\n{_shown(command)}"
        super().__init__(scrubbed(f"{url} could not be read: {self.why}. {mended}"))


def _shown(line: str) -> str:
    """Without what could steer a terminal, and not without end."""
    return visible(line)[:600].rstrip(".")


class GitFetcher:
    """The repository at ``url``, believed as ``trust`` says; ``timeout``: seconds a question."""

    def __init__(self, url: str, trust: Trust, *, timeout: float | None = None) -> None:
        self._url = url
        self._trust = trust
        self._timeout = TIMEOUT if timeout is None else timeout

    def versions(self) -> Mapping[Version, str]:
        """The annotated tags of releases; other tags, and lightweight ones, are none."""
        with self._git() as git:
            self._begin(git)
            tags = ("--end-of-options", self._url, f"refs/tags/{TAG_PREFIX}*")
            listed = git.run("ls-remote", *self._local(), *tags).decode("utf-8", "replace")
        refs = dict(line.split("\t", 1)[::-1] for line in listed.splitlines())
        found = {}
        for name, object_id in refs.items():
            version = Version.of_tag(name.removeprefix("refs/tags/"))
            # Only an annotated tag has a second line, for what it is on.
            if version is not None and name.startswith("refs/tags/") and f"{name}^{{}}" in refs:
                found[version] = object_id
        return found

    def release(self, version: Version | None) -> Release:
        """What the tag carries, its signature checked if asked. ``NoSuchRelease``: it is none."""
        if version is None:
            raise AssertionError("a source of many releases is asked for a version")
        with self._git() as git:
            tag = self._fetched(git, version)
            if self._trust.allowed_signers:
                self._check_signature(git, version, tag)
        return read_annotation(tag.message, version, tag.commit)

    def _begin(self, git: BoundedGit, hashes: str = "sha1") -> None:
        """Make the scratch repository, empty, with these hashes."""
        if not self._url.startswith(_NO_SSH):
            git.environment |= git.quiet_ssh()
        shutil.rmtree(git.folder / "repository", ignore_errors=True)
        of = f"--object-format={hashes}"
        git.run("init", "--quiet", "--bare", "--template=", of, "repository")

    def _fetched(self, git: BoundedGit, version: Version, *, hashes: str = "sha1") -> TagObject:
        self._begin(git, hashes)
        ref = f"refs/tags/{version.tag}"
        fetch = ("fetch", "--quiet", "--depth=1", "--filter=tree:0", "--no-tags")
        where = (*self._local(), "--end-of-options", self._url)
        try:
            git.run(*fetch, "--no-write-fetch-head", *where, f"{ref}:{ref}")
        except GitFailed as error:
            if "mismatched algorithms" in error.why and hashes == "sha1":
                return self._fetched(git, version, hashes="sha256")
            if "couldn't find remote ref" in error.why:
                look = f"git ls-remote --tags {shlex.quote(self._url)} '{TAG_PREFIX}*'"
                why = f"{self._url} has no tag {version.tag}. See which there are with: {look}"
                raise NoSuchRelease(why) from None
            raise
        read = git.run("cat-file", "--batch", given=f"{ref}\n".encode())
        header, _, data = read.partition(b"\n")
        if len(data) > _MOST_OF_A_TAG:
            why = f"has {len(data):,} bytes; no release needs that many"
            raise InvalidDocument(f"the tag {version.tag} {why}")
        return read_tag_object(header.split()[1].decode(), data[:-1], version)

    def _check_signature(self, git: BoundedGit, version: Version, tag: TagObject) -> None:
        if not tag.ssh:
            raise InvalidDocument(
                f"the tag {version.tag} is not signed with an ssh key, and the lock asks for one "
                f"of {len(self._trust.allowed_signers)} allowed signers. {_DO_NOT}"
            )
        if shutil.which("ssh-keygen") is None:
            why = "ssh-keygen is not installed, and the lock asks for signed releases"
            raise EnvironmentProblem(f"{why}. Install OpenSSH; check: command -v ssh-keygen")
        if not _has_name():
            why = "the user has no name here, and ssh-keygen needs one"
            look = "Look for it with: getent passwd $(id -u)"
            what = f"the signature of {version.tag} was not checked"
            raise EnvironmentProblem(f"{what}: {why}. {look}")
        signers = git.folder / "allowed_signers"
        lines = "".join(f"{line}\n" for line in self._trust.allowed_signers)
        signers.write_text(lines, encoding="utf-8", newline="\n")
        setting = f"gpg.ssh.allowedSignersFile={signers}"
        try:
            git.run("-c", setting, "verify-tag", "--end-of-options", version.tag)
        except GitFailed as error:
            why = f"is not signed by one of the lock's allowed signers ({error.why})"
            raise InvalidDocument(f"the tag {version.tag} {why}. {_DO_NOT}") from None

    def _local(self) -> tuple[str, ...]:
        return (_LOCAL,) if self._url.startswith("file:") else ()

    @contextmanager
    def _git(self) -> Iterator[BoundedGit]:
        no_room = "no room for git in the folder for temporary files"
        with explained(no_room, "Name another one with: export TMPDIR=FOLDER"):
            git = BoundedGit(
                Path(tempfile.mkdtemp(prefix="coefgate-")),
                _environment(self._url),
                lambda _, words: GitFailed(self._url, words),
                settings=_SETTINGS,
                timeout=self._timeout,
                most=MOST,
            )
            removal = finalize(self, _remove, git, os.getpid())  # at the end of the process, too
            try:
                yield git
            except (OSError, EnvironmentProblem):
                if removal.alive:
                    raise
                raise SystemExit from None  # the process ends, and took the folder from us
            finally:
                removal()


def _environment(url: str) -> dict[str, str]:
    """Variables by which git finds its scratch repository, uses few protocols, asks nobody."""
    kept = without_git(os.environ, but_for=TO_REACH_A_SERVER)
    protocols = ["https", "ssh", "file", *(["http"] if url.startswith("http:") else [])]
    if "GIT_ALLOW_PROTOCOL" in kept:
        allowed = kept["GIT_ALLOW_PROTOCOL"].split(":")
        protocols = [name for name in protocols if name in allowed]
    own = {
        "GIT_ALLOW_PROTOCOL": ":".join(protocols),
        "GIT_DIR": "repository",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if "GIT_ASKPASS" not in kept:
        kept.pop("SSH_ASKPASS", None)  # would open a window and wait
    return kept | own


def _has_name() -> bool:
    """Does the system know the user? In some containers it does not, and ssh-keygen ends."""
    if sys.platform == "win32":
        return True
    import pwd  # noqa: PLC0415 (not everywhere)

    with suppress(KeyError):
        return bool(pwd.getpwuid(os.getuid()))
    return False


def _remove(git: BoundedGit, maker: int) -> None:
    """End git and remove its scratch folder, unless this is a forked child: they are not its."""
    if os.getpid() == maker:
        git.end()
        shutil.rmtree(git.folder, ignore_errors=True)
