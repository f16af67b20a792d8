"""Where a drill of the way back plays: a remote, an author's clone, and runners with a cache each.

All of it lies in one temporary folder, with settings of its own: neither the user's git
configuration nor the user's cache is touched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from coefgate.core.git_process import isolated
from coefgate.core.versions import TAG_PREFIX
from coefgate.drill.way_back.ledger import DrillFailed, ServedEstimate

_WHO: Final = ("-c", "user.name=Coefgate drill", "-c", "user.email=drill@coefgate.invalid")
_COEFGATE: Final = (sys.executable, "-m", "coefgate")
_PATIENCE: Final = 60.0
"""Seconds that one program may take."""
_RUNNER_ENDS: Final = 30.0
"""Seconds that a runner may take to end when it is told to."""


class Stage(ExitStack):
    """The registry's ``files`` on a remote; at the end of the context every runner is stopped."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._folder = Path(self.enter_context(TemporaryDirectory(prefix="coefgate-drill-")))
        self.remote = self._folder / "remote.git"
        self.clone = self._folder / "author"
        self.assets = self._folder / "assets"
        self.runners: dict[str, RunnerProcess] = {}
        self._stop = self._folder / "stop"
        environment = isolated(os.environ) | {"NO_COLOR": "1"}
        self._environment = {
            name: value for name, value in environment.items() if not name.startswith("COEFGATE_")
        }
        self._files = files

    def __enter__(self) -> Self:
        try:
            self._git(self._folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
            self._git(self._folder, "clone", "-q", *_WHO, self.remote.as_uri(), str(self.clone))
            self._git(self.clone, "symbolic-ref", "HEAD", "refs/heads/main")
            for path, content in self._files.items():
                self.write(path, content)
        except BaseException:
            self.close()
            raise
        return self

    def write(self, path: str, content: bytes) -> None:
        file = self.clone / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def commit(self, words: str) -> None:
        """Accept everything that lies in the clone, and push it."""
        self._git(self.clone, "add", "-A")
        self._git(self.clone, "commit", "-qm", words)
        self._git(self.clone, "push", "-q", "origin", "HEAD:main")

    def coefgate(self, *words: str) -> None:
        """Run a command in the author's clone. Raises ``DrillFailed`` unless it passes."""
        self._run(self.clone, *_COEFGATE, *words)

    def tag_of(self, version: str) -> str:
        """What the tag of a release says, as it lies on the remote."""
        tag = self._git(self.remote, "cat-file", "tag", f"{TAG_PREFIX}{version}")
        return tag.partition("\n\n")[2]

    def plant_tag(self, version: str, message: str) -> None:
        """Put a tag on the remote past every command, on the commit that the branch has."""
        words = self._folder / "words"
        words.write_text(message, "utf-8")
        how = ("-a", "--cleanup=verbatim", "-F", str(words))
        self._git(self.remote, *_WHO, "tag", *how, f"{TAG_PREFIX}{version}", "main")

    def remove_tag(self, version: str) -> None:
        self._git(self.remote, "tag", "-d", f"{TAG_PREFIX}{version}")

    def replacement(self, name: str) -> str | None:
        """What one who has pinned a version is told to use in its place, if anything."""
        yank = json.loads(self._as(name, "show", "--format", "json"))["yanked"]
        return None if yank is None else yank["replacement"]

    def pinned(self, name: str, version: str) -> None:
        """Pin a version for one runner, which gets a folder and a cache of its own."""
        (self._folder / name).mkdir()
        self._as(name, "pin", f"{self.remote.as_uri()}@{version}")

    def start(self, name: str, *, complexity: str, need: int, every: float) -> None:
        """Start a runner that was pinned; it ends with the stage."""
        home = self._folder / name
        given = (home / "coefgate.lock", self._stop, complexity, need, every)
        command = (sys.executable, "-m", "coefgate.drill.way_back.runner", *map(str, given))
        environment = self._environment | _cache(home)
        self.runners[name] = RunnerProcess(name, home, command, environment)
        self.callback(self.runners[name].end)

    def logs(self) -> dict[str, Sequence[ServedEstimate]]:
        return {name: runner.read() for name, runner in self.runners.items()}

    def stop(self) -> dict[str, Sequence[ServedEstimate]]:
        """Tell every runner to end, wait for it, and give what each has served."""
        self._stop.touch()
        return {name: runner.wait() for name, runner in self.runners.items()}

    def _as(self, name: str, *words: str) -> str:
        """Run a command as the one who has pinned a version under this name."""
        home = self._folder / name
        return self._run(home, *_COEFGATE, *words, **_cache(home))

    def _git(self, folder: Path, *words: str) -> str:
        return self._run(folder, "git", *words)

    def _run(self, folder: Path, *command: str, **environment: str) -> str:
        done = subprocess.run(
            command,
            cwd=folder,
            env=self._environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode:
            words = " ".join(command).replace(" ".join(_COEFGATE), "coefgate")
            said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            raise DrillFailed(f"{words} ended with {done.returncode}:\n{said}")
        return done.stdout.decode("utf-8", "replace")


def _cache(home: Path) -> dict[str, str]:
    return {"COEFGATE_CACHE": str(home / "cache")}


class RunnerProcess:
    """A running ``command`` (``python -m … .way_back.runner``), in a folder with its log.

    ``refused``: why it did not take what was offered, as far as that was read.
    """

    def __init__(
        self, name: str, home: Path, command: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self._name, self._rest = name, b""
        self._served: list[ServedEstimate] = []
        self.refused: list[str] = []
        with (home / "log.jsonl").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.PIPE,
            )
        self._log = (home / "log.jsonl").open("rb")

    def read(self) -> Sequence[ServedEstimate]:
        """What it has served so far. Raises ``DrillFailed`` where it has ended."""
        return self._read(self._process.poll(), right=None)

    def wait(self) -> Sequence[ServedEstimate]:
        """All that it has served, when it has ended. Raises ``DrillFailed`` if with an error."""
        return self._read(self._process.wait(_RUNNER_ENDS), right=0)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def _read(self, code: int | None, *, right: int | None) -> Sequence[ServedEstimate]:
        *lines, self._rest = (self._rest + self._log.read()).split(b"\n")
        for words in map(json.loads, lines):
            if "refused" in words:
                self.refused.append(words["refused"])
            else:
                self._served.append(ServedEstimate(**words))
        if code != right:
            errors = self._process.stderr
            said = errors.read().decode("utf-8", "replace").strip() if errors else ""
            raise DrillFailed(f"{self._name} ended with {code}: {said}")
        return self._served
