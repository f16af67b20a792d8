"""What is planted: kinds of change in tables, and the one change that each comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Final, Literal, TypeVar

from coefgate.core.problems import ENVIRONMENT, GATE_FAILED, INVALID, NOT_MEASURABLE, PASS
from coefgate.drill.fileset import FileChanges, Fileset

Side = Literal["regression", "harmless"]
Expected = Literal["stopped", "refused", "unanswered", "passes"]
Rules = frozenset[str]
T = TypeVar("T")
WHY: Final = "planted by the drill"
"""The reason that is given for whatever needs one."""
EXIT_CODES: Final[Mapping[Expected, frozenset[int]]] = {
    "stopped": frozenset((GATE_FAILED, NOT_MEASURABLE)),
    "refused": frozenset((INVALID,)),
    "unanswered": frozenset((ENVIRONMENT,)),
    "passes": frozenset((PASS,)),
}
"""The exit codes of the gate that are right for each."""


class NotPlantable(Exception):
    """This registry has nothing to plant a kind on; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One change, ready to be committed.

    ``what`` tells a reader what is planted, ``changed`` what the proposal does to the files of its
    base; ``at`` is its place, where that is not the first file. ``rules``: every rule that must
    object; none where the registry must be refused. ``past``: how the target branch comes to be
    before the proposal; the first entry is what its first commit changes in the registry's own
    files, each further one is another accepted commit. ``released``: is the first commit a
    release? ``tagged``: is the last one? ``version``: that of the first, where it matters.
    ``report``: what the report must say as well, by place (``run.unsaid``). ``checkout``: the gate
    is asked in a clone with nothing but the proposal, fetched as this ref to this depth (``None``:
    whole), and no base is named to it; ``None``: in the scratch repository, where it is.
    ``refit``: the numbers are then what ``coefgate tune --write`` makes of these files, and each
    step of them is acknowledged.
    """

    what: str
    changed: FileChanges
    rules: Rules = frozenset()
    past: tuple[FileChanges, ...] = ()
    released: bool = False
    tagged: bool = False
    version: str | None = None
    report: Mapping[str, object] = field(default_factory=dict)
    checkout: tuple[str, int | None] | None = None
    at: str = ""
    refit: bool = False

    @property
    def file(self) -> str:
        """Where it is planted."""
        return self.at or next(iter(self.changed), "")


Planting = Callable[[Fileset, Random], Plant]
"""From the accepted state and a source of chance to a change; raises ``NotPlantable``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change, described in one line, and what the gate must do with it."""

    expected: Expected
    name: str
    about: str
    plant: Planting

    @property
    def side(self) -> Side:
        return "harmless" if self.expected == "passes" else "regression"


def _kind(expected: Expected, name: str, about: str, plant: Planting, *, by: str = "") -> Kind:
    """A kind; ``by``: the rules that must stop it beside those of the plant."""

    def planting(state: Fileset, rng: Random) -> Plant:
        planted = plant(state, rng)
        rules = planted.rules.union(by.split()) if expected == "stopped" else frozenset[str]()
        return replace(planted, rules=rules)

    return Kind(expected, name, about, planting)


stopped: Final = partial(_kind, "stopped")
"""A regression that rules must stop: those that ``by`` names, and those of the plant."""
refused: Final = partial(_kind, "refused")
"""A regression that must not even be read as a registry."""
unanswered: Final = partial(_kind, "unanswered")
"""A regression that must not be judged, as the clone has no base to judge it against."""
passes: Final = partial(_kind, "passes")
"""A harmless change, which the gate must let through."""


def stopped_by(rules: str, *rows: tuple[str, str, Planting]) -> tuple[Kind, ...]:
    """Regressions, each a name, a sentence and what is done, which the same rules must stop."""
    return tuple(stopped(*row, by=rules) for row in rows)


def some(things: Sequence[T], nothing: str) -> Sequence[T]:
    """These ``things``; raises ``NotPlantable`` with ``nothing`` where there is none."""
    if not things:
        raise NotPlantable(nothing)
    return things


def one_of(rng: Random, things: Sequence[T], nothing: str) -> T:
    """One of ``things``; raises ``NotPlantable`` with ``nothing`` where there is none."""
    return rng.choice(some(things, nothing))
