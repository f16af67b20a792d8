"""What is wrong with one value of one sample, before anybody looks up where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.problems import Problem
from coefgate.registry.marks import Document
from coefgate.registry.wording import ValuePath, dotted


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem without its place; ``found``, ``allowed`` and ``fix`` as in ``Problem``."""

    path: ValuePath
    code: str
    found: str
    allowed: str
    fix: str

    def at(self, document: Document) -> Problem:
        """The problem at its place in ``document``."""
        line, column = document.mark(self.path)
        return self.placed(document.file, line, column)

    def placed(self, file: str, line: int, column: int = 1) -> Problem:
        """The problem at a place that is known."""
        path = dotted(self.path)
        return Problem(file, line, column, path, self.code, self.found, self.allowed, self.fix)
