"""What each change does by itself: the figures of head against those of head without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coefgate.estimator.table import table_of
from coefgate.registry.changes import Change
from coefgate.registry.edits import taken_back
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
    whole = _calls(head, evidence)
    figures = metrics(whole)
    return tuple(
        _effect(group, whole, figures, _calls(taken_back(head, base, group), evidence))
        for group in _groups(changes, base, head)
    )


def _calls(registry: Registry, evidence: Evidence) -> Calls:
    return evidence.calls(table_of(registry))


def _groups(changes: Sequence[Change], base: Registry, head: Registry) -> Iterator[tuple[Change, ...]]:
    ladders: dict[object, list[Change]] = {}
    for change in changes:
        ladders.setdefault(_ladder(change, changes), []).append(change)
    for ladder, steps in ladders.items():
        tied = ladder == _KINDS or not all(rises(taken_back(head, base, (step,))) for step in steps)
        yield from [tuple(steps)] if tied else [(step,) for step in steps]


_KINDS = "file kinds that come or go, with their costs and their path rules"


def _ladder(change: Change, changes: Sequence[Change]) -> object:
    """Changes that may be valid only together have the same."""
    if _brings_a_kind(change) or (change.kind == "path-rules" and any(map(_brings_a_kind, changes))):
        return _KINDS
    return change.key[:-1] or change.key, change.label


def _brings_a_kind(change: Change) -> bool:
    return change.kind == "marginal" and None in (change.base, change.head)


def _effect(group: tuple[Change, ...], whole: Calls, figures: Metrics | None, without: Calls) -> Effect:
    other = metrics(without)

    def difference(name: str) -> Fraction | None:
        if figures is None or other is None:
            return None
        found: Fraction = getattr(figures, name) - getattr(other, name)
        return found

    return Effect(
        group,
        int((whole.predicted != without.predicted).sum()),
        *(
            difference(name)
            for name in (
                "smape_mean",
                "underestimation_rate",
                "underestimation_upper",
                "waste_median",
                "waste_p90",
            )
        ),
    )
