"""Calls that a registry has only its fallback for: how many, why, and which name is close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from coefgate.core.table import Table
from coefgate.registry.closest import closest_label
from coefgate.registry.model_globs import closest_glob
from coefgate.replay.serving import Call, Reason, ReasonKind, Served, serving
from coefgate.samples.status import SCORED, Audited

MOST_REASONS: Final = 20
"""Reasons that are told of many calls, the most frequent ones."""


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

    ``reasons``: the most frequent first, at most ``MOST_REASONS``; ``further``: how many others
    there are. A call may have several.
    """

    calls: int
    of: int
    reasons: tuple[ToldReason, ...]
    further: int


def fallbacks(calls: Iterable[Call], table: Table) -> Fallbacks:
    """Count the calls that the fallback of ``table`` serves; one without deliverables is none."""
    found = list(map(serving(table), calls))
    fallen = [one for one in found if one.cell is None]
    told = _told(fallen, table)
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
    return closest_label(reason.value, known[reason.kind])


def fallbacks_of(audited: Iterable[Audited], table: Table) -> Fallbacks:
    """The scored calls that the fallback of ``table`` serves."""
    return fallbacks((one.sample for one in audited if one.status in SCORED), table)
