"""What the drill plants, and what came of it, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal, Protocol

from coefgate.core.problems import ENVIRONMENT, GATE_FAILED, INVALID, NOT_MEASURABLE, PASS
from coefgate.drill.fileset import FileChanges, Fileset
from coefgate.drill.report_facts import ReportFacts

Side = Literal["regression", "harmless"]
Expected = Literal["stopped", "refused", "unanswered", "passes"]
Status = Literal["ok", "wrong", "not-planted"]

EXIT_CODES: Final[Mapping[Expected, frozenset[int]]] = {
    "stopped": frozenset((GATE_FAILED, NOT_MEASURABLE)),
    "refused": frozenset((INVALID,)),
    "unanswered": frozenset((ENVIRONMENT,)),
    "passes": frozenset((PASS,)),
}
"""The exit codes of the gate that are right for each."""


class NotPlantable(Exception):
    """This registry has nothing that a kind could be planted on; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A clone that has nothing but the proposal, fetched as ``ref``; ``depth``: commits, ``None`` for all."""

    ref: str
    depth: int | None


@dataclass(frozen=True, slots=True)
class Plant:
    """One change, ready to be committed.

    ``file`` and ``what`` tell a reader what is planted where. ``changed``: what the proposal does
    to the files of its base. ``rules``: every rule that must object; empty for a harmless change
    and where the registry must be refused. ``past``: how the target branch comes to be before the
    proposal; the first entry is what its first commit changes in the registry's own files, each
    further one is another accepted commit. ``released``: is the first commit a release?
    ``tagged``: is the last one? ``version``: that of the first, where it matters. ``told``: what
    the report must say as well. ``checkout``: the clone in which the gate is asked, and no base is
    named to it; ``None``: in the scratch repository, where it is.
    """

    file: str
    what: str
    changed: FileChanges
    rules: frozenset[str] = frozenset()
    past: tuple[FileChanges, ...] = ()
    released: bool = False
    tagged: bool = False
    version: str | None = None
    told: ReportFacts = field(default_factory=dict)
    checkout: Checkout | None = None


Planting = Callable[[Fileset, Random], Plant]
"""From the accepted state and a source of chance to a change; raises ``NotPlantable``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change, described in one line, and what the gate must do with it."""

    name: str
    side: Side
    about: str
    expected: Expected
    plant: Planting


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Gate = Callable[[Sequence[str]], Answer]
"""The gate under test: from command-line arguments after ``coefgate`` to its answer."""


class Scratch(Protocol):
    """A repository that may be spoiled."""

    def commit(self, files: FileChanges, *, parent: str | None) -> str:
        """Commit ``files`` over those of ``parent`` and give the new commit's hash."""
        ...

    def release(self, commit: str, version: str | None, /) -> None:
        """Make a commit a release of the coefficients; of any version where none is given."""
        ...

    def clone(self, commit: str, *, ref: str, depth: int | None) -> str:
        """A folder with a clone of this commit alone, fetched as ``ref``, and checked out."""
        ...

    @property
    def folder(self) -> str:
        """The folder of the repository."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one kind.

    ``exit_code`` and ``verdict`` are ``None`` where nothing was planted; ``rules``: those that did
    not pass. ``note``: why it is wrong, why nothing was planted, or why the registry was refused.
    """

    kind: str
    side: Side
    file: str
    planted: str
    expected: Expected
    exit_code: int | None
    verdict: str | None
    rules: tuple[str, ...]
    status: Status
    note: str


@dataclass(frozen=True, slots=True)
class Drill:
    """A whole drill. The same seed on the same registry plants the same changes."""

    seed: int
    rows: tuple[Row, ...]

    def planted(self, side: Side) -> tuple[Row, ...]:
        """The rows of one side in which something was planted."""
        return tuple(row for row in self.rows if row.side == side and row.status != "not-planted")

    def right(self, side: Side) -> tuple[Row, ...]:
        """The rows of one side in which the gate did what it is for."""
        return tuple(row for row in self.rows if row.side == side and row.status == "ok")

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows in which the gate did not do what it is for."""
        return tuple(row for row in self.rows if row.status == "wrong")


def regression(name: str, about: str, plant: Planting) -> Kind:
    """A kind that the gate's rules must stop."""
    return Kind(name, "regression", about, "stopped", plant)


def invalid(name: str, about: str, plant: Planting) -> Kind:
    """A kind that must not even be read as a registry."""
    return Kind(name, "regression", about, "refused", plant)


def unanswered(name: str, about: str, plant: Planting) -> Kind:
    """A kind that must not be judged at all, because the clone has no base to judge it against."""
    return Kind(name, "regression", about, "unanswered", plant)


def harmless(name: str, about: str, plant: Planting) -> Kind:
    """A kind that the gate must let through."""
    return Kind(name, "harmless", about, "passes", plant)
