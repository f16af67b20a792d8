"""What can go wrong, as values: a problem in a file, and the errors that end a command.

The exit codes are the contract with scripts and CI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

PASS: Final = 0
GATE_FAILED: Final = 1
USAGE: Final = 2
INVALID: Final = 3
NOT_MEASURABLE: Final = 4
ENVIRONMENT: Final = 5
BUG: Final = 70
INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with one place of a file.

    ``file`` is relative to the registry's root, with ``/``. ``line`` and ``column`` count from 1.
    ``path``: the dotted path of the value (``overhead.low.tokens``), empty for the whole file.
    ``found`` continues the sentence that begins with it ("is -40"); ``allowed`` is a clause that
    says what is accepted, ``fix`` a sentence that says what to do. ``code`` names the kind of
    problem, stable for programs (``unknown-key``).
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        subject = self.path or "the file"
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}  {subject} {self.found}; {self.allowed}. {self.fix}"


class CoefgateError(Exception):
    """An expected error: its text is the message, and the command ends with ``exit_code``."""

    exit_code: ClassVar[int] = BUG


class UsageProblem(CoefgateError):
    """The command was called with something it cannot take."""

    exit_code = USAGE


class NoSuchRelease(UsageProblem):
    """The source has no such release."""


class InvalidInput(CoefgateError):
    """Registry or samples are invalid; carries every problem that was found, sorted by place."""

    exit_code = INVALID

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class InvalidDocument(CoefgateError):
    """A snapshot, lock, index or release that is not what it has to be; nothing of it is used."""

    exit_code = INVALID


class NewerFormat(InvalidDocument):
    """A document that a newer program can read, and this one cannot."""


class EnvironmentProblem(CoefgateError):
    """Git, disk or permissions fail; the text ends with the command that mends it."""

    exit_code = ENVIRONMENT


@contextmanager
def explained(what: str, remedy: str) -> Iterator[None]:
    """Raise an error of the system as an ``EnvironmentProblem``: ``what: its reason. remedy``."""
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(f"{what}: {error.strerror or error}. {remedy}") from error
