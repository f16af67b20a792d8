"""A runner of the drill as a process, and the lines that it writes, read as they come."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from coefgate.drill.way_back.model import DrillFailed, ServedEstimate

_PATIENCE: Final = 30.0
"""Seconds that a runner may take to end when it is told to."""


class RunnerProcess:
    """A running ``command`` (``python -m coefgate.drill.way_back.runner …``), which writes to ``log``."""

    def __init__(
        self,
        name: str,
        log: Path,
        command: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
    ) -> None:
        self._name = name
        self._log = log
        self._offset = 0
        self._served: list[ServedEstimate] = []
        self._refused: list[str] = []
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def read(self) -> Sequence[ServedEstimate]:
        """What it has served so far. Raises ``DrillFailed`` where it has ended."""
        ended = self._process.poll()
        self._take()
        if ended is not None:
            raise DrillFailed(f"{self._name} ended with {ended}: {self._said()}")
        return self._served

    @property
    def refused(self) -> Sequence[str]:
        """Why it did not take what was offered, as far as that was read."""
        return self._refused

    def wait(self) -> Sequence[ServedEstimate]:
        """All that it has served, when it has ended. Raises ``DrillFailed`` where it did so with an error."""
        code = self._process.wait(_PATIENCE)
        self._take()
        if code:
            raise DrillFailed(f"{self._name} ended with {code}: {self._said()}")
        return self._served

    def end(self) -> None:
        """End it now, if it is still there."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def _take(self) -> None:
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._offset)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(whole)
        for words in map(json.loads, whole.splitlines()):
            if "refused" in words:
                self._refused.append(words["refused"])
            else:
                self._served.append(ServedEstimate(**words))

    def _said(self) -> str:
        errors = self._process.stderr
        return errors.read().decode("utf-8", "replace").strip() if errors else ""
