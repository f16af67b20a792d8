"""Which coefficients serve a call, and why it is the fallback where it is. Standard library only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

from coefgate.core.estimate import EstimateBasis
from coefgate.core.table import Table
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.closest import closest_glob, closest_label

ReasonKind = Literal["model", "category", "complexity", "cell"]
Cell = tuple[str | None, str | None] | None
"""(category, complexity) for a declared cell, ``None`` for the fallback, (``None``, complexity)
for calls without deliverables, where the complexity is ``None`` if the registry does not declare
it."""

_Labels = tuple[str | None, str | None, str | None, bool]

MOST_REASONS: Final = 20
"""Reasons that are told of many calls, the most frequent ones."""


class Call(Protocol):
    """What a prediction needs to know of a call; stored samples are calls."""

    @property
    def category(self) -> str | None: ...
    @property
    def complexity(self) -> str | None: ...
    @property
    def deliverables(self) -> Sequence[Deliverable]: ...
    @property
    def model(self) -> str | None: ...


class Reason(NamedTuple):
    """Why the registry has nothing for a call but its fallback.

    ``kind``: its model is outside ``applies_to``, its category or complexity is not declared, or
    both are and their cell has no overhead. ``value``: what the call says (``gpt-5.1``,
    ``docs/high`` of a cell), ``None`` where it says nothing.
    """

    kind: ReasonKind
    value: str | None


class Served(NamedTuple):
    """What serves a call: the key of its cell, how it was found, and every reason if it is not as it says.

    A call without deliverables has reasons as well where its model or complexity is not declared,
    but rests on ``no_deliverables`` all the same: what the fallback serves has no cell.
    """

    cell: Cell
    basis: EstimateBasis
    reasons: tuple[Reason, ...]

    @property
    def category(self) -> str | None:
        """The category whose overhead serves the call, ``None`` where none does."""
        return None if self.cell is None else self.cell[0]


def serving(table: Table) -> Callable[[Call], Served]:
    """What ``table`` serves a call with, as a function that looks each kind of call up once."""
    known: dict[_Labels, Served] = {}

    def served(call: Call) -> Served:
        labels = (call.model, call.category, call.complexity, bool(call.deliverables))
        found = known.get(labels)
        if found is None:
            found = known[labels] = _served(labels, table)
        return found

    return served


def _served(labels: _Labels, table: Table) -> Served:
    model, category, complexity, delivers = labels
    name = table.canonical_category.get(category or "")
    declared = (
        complexity if complexity in table.no_deliverables else None
    )  # which has every one declared
    reasons = []
    if not table.applies_to_model(model):
        reasons.append(Reason("model", model))
    if delivers and name is None:
        reasons.append(Reason("category", category))
    if declared is None:
        reasons.append(Reason("complexity", complexity))
    elif delivers and name is not None and (name, declared) not in table.cells:
        reasons.append(Reason("cell", f"{name}/{declared}"))
    basis: EstimateBasis = "exact" if name == category else "alias"
    if reasons:
        basis = "fallback"
    elif not delivers:
        basis = "no-deliverables"
    cell = None if reasons else (name, complexity)
    return Served(cell if delivers else (None, declared), basis, tuple(reasons))


@dataclass(frozen=True, slots=True)
class ToldReason:
    """A reason, how many calls have it, and the closest name that the registry declares, if one is close."""

    kind: ReasonKind
    value: str | None
    calls: int
    closest: str | None


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """How many ``of`` so many calls the fallback serves, and why.

    ``reasons``: the most frequent first, at most ``MOST_REASONS``; ``further``: how many others
    there are. A call may have several.
    """

    calls: int
    of: int
    reasons: tuple[ToldReason, ...]
    further: int


def fallbacks(calls: Iterable[Call], table: Table) -> Fallbacks:
    """Count the calls that ``table`` serves with its fallback; one without deliverables is none of them."""
    found = list(map(serving(table), calls))
    fallen = [one for one in found if one.cell is None]
    told = _told(fallen, table)
    return Fallbacks(len(fallen), len(found), told[:MOST_REASONS], len(told[MOST_REASONS:]))


def undeclared(calls: Iterable[Call], table: Table) -> tuple[ToldReason, ...]:
    """What ``calls`` say that ``table`` has nothing for, whatever serves them; at most ``MOST_REASONS``."""
    return _told(map(serving(table), calls), table)[:MOST_REASONS]


def _told(served: Iterable[Served], table: Table) -> tuple[ToldReason, ...]:
    """All reasons, the most frequent first."""
    found = Counter(reason for one in served for reason in one.reasons)
    ranked = sorted(found, key=lambda one: (-found[one], one.kind, one.value or ""))
    return tuple(ToldReason(*one, found[one], _closest(one, table)) for one in ranked)


def _closest(reason: Reason, table: Table) -> str | None:
    if reason.value is None:
        return None
    match reason.kind:
        case "model":
            return closest_glob(reason.value, table.applies_to)
        case "category":
            return closest_label(reason.value, table.canonical_category)
        case "complexity":
            return closest_label(reason.value, table.no_deliverables)
    return None
