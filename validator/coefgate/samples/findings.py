"""The problems of one file: the first ones in full, the rest counted, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coefgate.core.problems import Problem

MAX_PROBLEMS: Final = 1_000
"""Problems of one file that are kept; nobody reads more."""

MAX_REFUSED_LINES: Final = 100_000
"""Refused lines after which a file is given up: it holds no samples, or is damaged as a whole."""

MAX_EXPLAINED_BYTES: Final = 8 << 20
"""Bytes of refused lines of one file that are explained; explaining costs far more than refusing."""


class Findings:
    """Collects what is wrong with ``file``."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._kept: list[Problem] = []
        self._explained = 0
        self._uncounted = 0
        self._refused = 0

    @property
    def given_up(self) -> bool:
        """Have so many lines been refused that the rest is not worth reading?"""
        return self._refused >= MAX_REFUSED_LINES

    def room_for(self, size: int) -> bool:
        """Is another refused line of ``size`` bytes to be explained? Otherwise it is counted."""
        self._refused += 1
        if len(self._kept) < MAX_PROBLEMS and self._explained < MAX_EXPLAINED_BYTES:
            self._explained += size
            return True
        self._uncounted += 1
        return False

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems``, as far as there is room; the others are counted."""
        for problem in problems:
            if len(self._kept) < MAX_PROBLEMS:
                self._kept.append(problem)
            else:
                self._uncounted += 1

    def problems(self) -> tuple[Problem, ...]:
        """What was kept, in the order of places; the last one says how many there are besides."""
        kept = sorted(self._kept)
        if not self._uncounted:
            return tuple(kept)
        line, column = max(((problem.line, problem.column) for problem in kept), default=(1, 0))
        more = f"at least {self._uncounted:,}" if self.given_up else f"{self._uncounted:,}"
        return (
            *kept,
            Problem(
                self._file,
                line,
                column + 1,
                "",
                "too-many-problems",
                f"has {more} more problems",
                "only the first ones are listed",
                "Mend what is listed, or write the file anew, and check again.",
            ),
        )
