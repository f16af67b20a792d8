"""What each change does by itself: the figures of head against those of head without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.estimator.table import table_of
from coefgate.registry.changes import Change
from coefgate.registry.edits import taken_back
from coefgate.registry.excerpts import Excerpts, touched_names
from coefgate.registry.model import Registry
from coefgate.registry.values import rises
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Metrics, metrics


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes that were taken back together do; differences, head minus head without them.

    ``changes`` has one member unless one alone would leave an invalid registry. ``calls``: how many calls
    are predicted differently. SMAPE in points; rates and ratios as they are; ``None`` where nothing is
    measurable.
    """

    changes: tuple[Change, ...]
    calls: int
    smape_mean: Fraction | None
    underestimation_rate: Fraction | None
    underestimation_upper: Fraction | None
    waste_median: Fraction | None
    waste_p90: Fraction | None


def effects(
    changes: Sequence[Change], base: Registry, head: Registry, evidence: Evidence
) -> tuple[Effect, ...]:
    """The effect of every change, in order; those that do not validate alone are taken together."""
    parts = _Parts(base, head, evidence)
    return tuple(parts.effect(group) for group in _groups(changes, parts))


class _Parts:
    """Base and head, of which each change is taken back in the part that it touches.

    So what a change costs depends on the categories that it touches and on the calls, and not on how many
    categories there are.
    """

    def __init__(self, base: Registry, head: Registry, evidence: Evidence) -> None:
        self._base, self._head = Excerpts(base), Excerpts(head)
        self._evidence = evidence
        self._whole = evidence.calls(table_of(head))
        self._figures = metrics(self._whole)
        rows: dict[str, list[int]] = {}
        for row, sample in enumerate(evidence.samples):
            rows.setdefault(sample.category or "", []).append(row)
        self._rows = {label: np.array(found, dtype=np.intp) for label, found in rows.items()}

    def without(self, group: Sequence[Change], names: frozenset[str] | None = None) -> Registry:
        """As much of head as some changes touch, as it would be without them."""
        if names is None:
            names = touched_names(group, self._base, self._head)
        if names is None:  # the changes may move any call, and lead to no other category
            names = frozenset(self._rows)
        return taken_back(self._head.of(names), self._base.of(names), group)

    def effect(self, group: tuple[Change, ...]) -> Effect:
        """What some changes do together."""
        names = touched_names(group, self._base, self._head)
        if names is None:
            other = self._evidence.calls(table_of(self.without(group)))
            return self._effect(group, other)
        rows = [self._rows[name] for name in sorted(names & self._rows.keys())]
        if not rows:
            return self._effect(group, self._whole)
        at = np.sort(np.concatenate(rows))
        predicted = self._whole.predicted.copy()
        predicted[at] = self._evidence.predicted_at(at, table_of(self.without(group, names)))
        return self._effect(group, replace(self._whole, predicted=predicted))

    def _effect(self, group: tuple[Change, ...], without: Calls) -> Effect:
        moved = int((self._whole.predicted != without.predicted).sum())
        other = metrics(without) if moved else self._figures
        return Effect(group, moved, *(_difference(self._figures, other, name) for name in _NAMES))


_NAMES: Final = ("smape_mean", "underestimation_rate", "underestimation_upper", "waste_median", "waste_p90")


def _difference(figures: Metrics | None, other: Metrics | None, name: str) -> Fraction | None:
    if figures is None or other is None:
        return None
    found: Fraction = getattr(figures, name) - getattr(other, name)
    return found


def _groups(changes: Sequence[Change], parts: _Parts) -> Iterator[tuple[Change, ...]]:
    brings_kinds = any(map(_brings_a_kind, changes))
    ladders: dict[object, list[Change]] = {}
    for change in changes:
        ladders.setdefault(_ladder(change, brings_kinds=brings_kinds), []).append(change)
    for ladder, steps in ladders.items():
        tied = ladder == _KINDS or not all(rises(parts.without((step,))) for step in steps)
        yield from [tuple(steps)] if tied else [(step,) for step in steps]


_KINDS = "file kinds that come or go, with their costs and their path rules"


def _ladder(change: Change, *, brings_kinds: bool) -> object:
    """Changes that may be valid only together have the same."""
    if _brings_a_kind(change) or (change.kind == "path-rules" and brings_kinds):
        return _KINDS
    return change.key[:-1] or change.key, change.label


def _brings_a_kind(change: Change) -> bool:
    return change.kind == "marginal" and None in (change.base, change.head)
