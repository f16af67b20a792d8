"""Git as a program of a runner: alone in a folder of its own, asking nobody, bounded in time and space.

The only part of a runner that starts another program, and it ends whatever that has started; where
the runner itself is gone, a shell beside git does. Why so:
docs/decisions/0031-cache-and-sources.md
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from coefgate.core.credentials import scrubbed
from coefgate.core.git_program import TO_REACH_A_SERVER, remedy_of_git, without_git
from coefgate.core.problems import EnvironmentProblem

_MEMORY: Final = 512 * 1024
"""KiB of memory: git keeps there whatever a server says of its refs."""
# The runner holds the other end of standard input; where that ends, so does all of this process
# group.
_GUARDED: Final = f"""
ulimit -d {_MEMORY} 2> {os.devnull}
exec 3<&0
{{ read -r never; kill -9 0; }} <&3 3<&- &
git "$@" < in 3<&-
code=$?
{{ kill -9 $!; wait $!; }} 2> {os.devnull}
exit $code
"""
_SHELL: Final = "/bin/sh"
_PAUSE: Final = 0.05
_SETTINGS: Final = (
    *("core.hooksPath=/dev/null", "gc.auto=0", "maintenance.auto=false", "fetch.unpackLimit=1"),
    *("fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false", "transfer.bundleURI=false"),
    *("gpg.ssh.program=ssh-keygen", "gpg.minTrustLevel=fully"),
)
_NO_SSH: Final = ("https:", "http:", "file:")


class GitFailed(EnvironmentProblem):
    """Git did not do what it was asked for; ``why``: in its own words, or ours."""

    def __init__(self, url: str, why: str, command: str | None = None) -> None:
        self.why = scrubbed(why)
        mended = f"Try it by hand: git ls-remote {shlex.quote(url)}"
        if command is not None:
            mended = f"Git says what mends it:\n{command}"
        super().__init__(scrubbed(f"{url} could not be read: {self.why}. {mended}"))


class Git:
    """Git in the scratch folder ``folder``, for one question to ``url``.

    All of its calls share ``timeout`` seconds and ``most`` bytes in the folder.
    """

    def __init__(self, folder: Path, url: str, timeout: float, most: int) -> None:
        self.folder = folder
        self._url = url
        self._timeout = timeout
        self._most = most
        self._end = time.monotonic() + timeout
        self._running: subprocess.Popen[bytes] | None = None
        self._environment = _environment(url)

    def begin(self, hashes: str = "sha1") -> None:
        """Make the scratch repository, empty, with these hashes."""
        if not self._url.startswith(_NO_SSH) and not self._environment.keys() & {
            "GIT_SSH",
            "GIT_SSH_COMMAND",
        }:
            own = self.run("config", "--default=ssh -o BatchMode=yes", "--get", "core.sshCommand")
            self._environment["GIT_SSH_COMMAND"] = own.decode("utf-8", "surrogateescape").strip()
        shutil.rmtree(self.folder / "repository", ignore_errors=True)
        self.run(
            "init", "--quiet", "--bare", "--template=", f"--object-format={hashes}", "repository"
        )

    def run(self, *arguments: str, stdin: str = "") -> bytes:
        """Standard output of one call. Raises ``EnvironmentProblem`` with git's own words."""
        asked, out, err = (self.folder / name for name in ("in", "out", "err"))
        asked.write_text(stdin, encoding="utf-8")
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        program, guarded = _program()
        with asked.open("rb") as given, out.open("wb") as printed, err.open("wb") as said:
            process = self._running = subprocess.Popen(
                [*program, "--git-dir=repository", *settings, *arguments],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.PIPE if guarded else given,
                stdout=printed,
                stderr=said,
                start_new_session=True,
            )
        try:
            self._wait(process)
        finally:
            self.end()
        if process.returncode:
            raise self._failed(*_words(err))
        return out.read_bytes()

    def end(self) -> None:
        """Whatever happened, git and all that it started have ended afterwards."""
        process = self._running
        if process is None:
            return
        if process.poll() is None:
            if sys.platform == "win32":
                process.kill()
            else:
                with suppress(ProcessLookupError):  # two threads may end it
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            process.stdin.close()

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
            raise self._failed(
                f"it sends more than {self._most:,} bytes, and no release needs as many"
            )

    def _failed(self, why: str, command: str | None = None) -> GitFailed:
        return GitFailed(self._url, why, command)


def _program() -> tuple[tuple[str, ...], bool]:
    """Git, and whether it is guarded: limited in its memory, and ended with this process."""
    if shutil.which("git") is None:
        raise EnvironmentProblem(
            "git is not installed, or not on PATH. Install it, then check it with: git --version"
        )
    guarded = sys.platform != "win32" and Path(_SHELL).exists()
    return ((_SHELL, "-c", _GUARDED, "git") if guarded else ("git",)), guarded


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


def _words(err: Path) -> tuple[str, str | None]:
    """What git said, without what could steer a terminal, and the command that it says to type."""
    with err.open("rb") as file:
        text = file.read(4096).decode("utf-8", "replace")
    lines = [part.strip() for part in text.splitlines() if part.strip()]
    command = remedy_of_git(text)
    if command is not None:
        return _shown(lines[0]), _shown(command)
    return _shown("; ".join(lines)) or "git gave no reason", None


def _shown(line: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:600].rstrip(".")


def _environment(url: str) -> dict[str, str]:
    kept = without_git(os.environ, but_for=TO_REACH_A_SERVER)
    protocols = ["https", "ssh", "file", *(["http"] if url.startswith("http:") else [])]
    allowed = (
        kept.get("GIT_ALLOW_PROTOCOL", "").split(":")
        if "GIT_ALLOW_PROTOCOL" in kept
        else protocols
    )
    own = {
        "GIT_ALLOW_PROTOCOL": ":".join(name for name in protocols if name in allowed),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if "GIT_ASKPASS" not in kept:
        kept.pop("SSH_ASKPASS", None)  # would open a window and wait
    return kept | own
