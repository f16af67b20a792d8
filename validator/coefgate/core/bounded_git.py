"""Git for one question to a server: it asks nobody, and is bounded in time, space and memory.

It ends whatever it has started; where this process itself is gone, a shell beside git does.
Why so: docs/decisions/0031-cache-and-sources.md
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.core.git_process import NO_GIT, Git, NoRepository

_MEMORY: Final = 512 * 1024
"""KiB of memory: git keeps there whatever a server says of its refs."""
# The other end of standard input is held here; where that ends, so does all of this process group.
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
_MOST_WORDS: Final = 4096


@dataclass(kw_only=True)
class BoundedGit(Git):
    """Git alone in its folder: all calls share ``timeout`` seconds, and ``most`` bytes there."""

    timeout: float
    most: int

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.timeout
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """As that of ``Git``, within what is left of the bounds."""
        if shutil.which("git") is None:
            raise NoRepository(NO_GIT)
        guarded = sys.platform != "win32" and Path(_SHELL).exists()
        program = (_SHELL, "-c", _GUARDED, "git") if guarded else ("git",)
        asked, out, err = (self.folder / name for name in ("in", "out", "err"))
        asked.write_bytes(given)
        with asked.open("rb") as stdin, out.open("wb") as stdout, err.open("wb") as stderr:
            process = self._running = subprocess.Popen(
                [*program, *self.words(arguments)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE if guarded else stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        try:
            self._wait(process, arguments)
        finally:
            self.end()
        if process.returncode:
            with err.open("rb") as said:
                words = said.read(_MOST_WORDS).decode("utf-8", "replace")
            raise self.failure(arguments, words)
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

    def _wait(self, process: subprocess.Popen[bytes], arguments: tuple[str, ...]) -> None:
        while process.returncode is None:
            left = self._end - time.monotonic()
            try:
                process.wait(timeout=max(0.0, min(_PAUSE, left)))
            except subprocess.TimeoutExpired:
                if left <= 0:
                    words = f"it did not answer within {self.timeout:g} s"
                    raise self.failure(arguments, words) from None
            if _size(self.folder) > self.most:
                words = f"it sends more than {self.most:,} bytes, and no release needs that many"
                raise self.failure(arguments, words)


def _size(folder: Path) -> int:
    """Bytes in all files below; one that goes away meanwhile has none."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 (asked often)
    return total
