"""Which coefficients serve a call, and why it is the fallback where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple, Protocol

from coefgate.core.estimate import EstimateBasis
from coefgate.core.table import Table
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.closest import closest_label
from coefgate.registry.model import Coefficients
from coefgate.registry.model_globs import closest_glob
from coefgate.samples.coverage import FALLBACK, NO_DELIVERABLES, Coverage, Placed, coverage
from coefgate.samples.status import SCORED, Audited

ReasonKind = Literal["model", "category", "complexity", "cell", "model-factor"]
CellKey = tuple[str | None, str | None] | None
"""(category, complexity) for a declared cell, ``None`` for the fallback, (``None``, complexity, if
it is declared) for calls without deliverables."""

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
    @property
    def output_mode(self) -> str | None: ...


class Reason(NamedTuple):
    """Why the registry has nothing for a call but its fallback.

    ``kind``: its model is outside ``applies_to``, its category or complexity is not declared,
    their cell has no overhead, or no rule of ``model_factors.yaml`` names its model, which then
    has the default factor. ``value``: what the call says (``gpt-5.1``, ``docs/high``), if any.
    """

    kind: ReasonKind
    value: str | None


class Served(NamedTuple):
    """What serves a call, how it was found, and why not as it says; the fallback has no cell.

    A call without deliverables may have reasons and rest on ``no_deliverables`` all the same.
    ``rule``: which of the table's ``model_factors`` it takes, ``None`` where it takes none.
    """

    cell: CellKey
    basis: EstimateBasis
    reasons: tuple[Reason, ...]
    rule: int | None


@dataclass(frozen=True, slots=True)
class ToldReason:
    """A reason, how many calls have it, and the closest declared name, if one is close."""

    kind: ReasonKind
    value: str | None
    calls: int
    closest: str | None


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """How many ``of`` so many calls the fallback serves, and why.

    ``reasons``: the most frequent; ``further``: how many others. A call may have several.
    """

    calls: int
    of: int
    reasons: tuple[ToldReason, ...]
    further: int


def serving(table: Table) -> Callable[[Call], Served]:
    """What ``table`` serves a call with, as a function that looks each kind of call up once."""
    known = cache(lambda *labels: _served(labels, table))
    return lambda call: known(call.model, call.category, call.complexity, bool(call.deliverables))


def _served(labels: tuple[str | None, str | None, str | None, bool], table: Table) -> Served:
    model, category, complexity, delivers = labels
    name = table.canonical_category.get(category or "")
    # Which has every complexity that is declared.
    declared = complexity if complexity in table.no_deliverables else None
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
    if not delivers:
        return Served((None, declared), basis, tuple(reasons), None)
    _, named = table.factor_of(model)
    if not named:
        basis = "fallback"
        reasons.append(Reason("model-factor", model))
    return Served(cell, basis, tuple(reasons), table.rule_of_model(model))


def placed_by(audited: Iterable[Audited], table: Table) -> Placed:
    """The scored calls by where ``table`` predicts them."""
    served = serving(table)
    placed: dict[tuple[str, str], list[Audited]] = {}
    for one in audited:
        if one.status in SCORED:
            found = served(one.sample)
            name = FALLBACK if found.cell is None else found.cell[0] or NO_DELIVERABLES
            complexity = str(one.sample.complexity)  # which a scored sample has
            placed.setdefault((name, complexity), []).append(one)
    return placed


def coverage_of(audited: Iterable[Audited], registry: Coefficients, table: Table) -> Coverage:
    """Cells and aims of ``registry``, each call where ``table``, compiled from it, predicts it."""
    return coverage(
        placed_by(audited, table),
        categories=tuple(registry.categories),
        complexities=registry.complexities,
        aims=registry.gates.aims,
    )


def fallbacks(calls: Iterable[Call], table: Table) -> Fallbacks:
    """Count the calls that the fallback of ``table`` serves; one without deliverables is none."""
    found = list(map(serving(table), calls))
    fallen = [one for one in found if one.cell is None]
    told = tuple(one for one in _told(fallen, table) if one.kind != "model-factor")
    return Fallbacks(len(fallen), len(found), told[:MOST_REASONS], len(told[MOST_REASONS:]))


def undeclared(calls: Iterable[Call], table: Table) -> tuple[ToldReason, ...]:
    """What ``calls`` say that ``table`` has nothing for; at most ``MOST_REASONS``."""
    return _told(map(serving(table), calls), table)[:MOST_REASONS]


def _told(served: Iterable[Served], table: Table) -> tuple[ToldReason, ...]:
    """All reasons, the most frequent first."""
    found = Counter(reason for one in served for reason in one.reasons)
    ranked = sorted(found, key=lambda one: (-found[one], one.kind, one.value or ""))
    return tuple(ToldReason(*one, found[one], _closest(one, table)) for one in ranked)


def _closest(reason: Reason, table: Table) -> str | None:
    known = {"category": table.canonical_category, "complexity": table.no_deliverables}
    if reason.value is None or reason.kind == "cell":
        return None
    if reason.kind == "model":
        return closest_glob(reason.value, table.applies_to)
    if reason.kind == "model-factor":
        return None
    return closest_label(reason.value, known[reason.kind])


def fallbacks_of(audited: Iterable[Audited], table: Table) -> Fallbacks:
    """The scored calls that the fallback of ``table`` serves."""
    return fallbacks((one.sample for one in audited if one.status in SCORED), table)
