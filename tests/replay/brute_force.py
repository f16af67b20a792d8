"""The metrics once more, slowly and in plain Python, straight from their definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from coefgate.replay.metrics import Calls

NAMES = (
    *("smape_mean", "smape_median", "smape_p90"),
    *("underestimation_kaplan_meier", "underestimation_rate", "underestimation_upper"),
    *("waste_median", "waste_p75", "waste_p90"),
)


class Row(NamedTuple):
    """One call."""

    predicted: int
    actual: int
    phase: int
    censored: bool


def rows(calls: Calls) -> list[Row]:
    columns = (
        calls.predicted.tolist(),
        calls.actual.tolist(),
        calls.phase.tolist(),
        calls.censored.tolist(),
    )
    return [Row(*row) for row in zip(*columns, strict=True)]


def smape_millionths(predicted: int, actual: int) -> int:
    """Millionths of a percent, half up."""
    exact = Fraction(200_000_000 * abs(predicted - actual), predicted + actual)
    return (exact + Fraction(1, 2)).__floor__()


def nearest_rank(values: Iterable[Fraction], q: Fraction) -> Fraction:
    """The smallest value with at least the share ``q`` of all values at or below it."""
    known = sorted(values)
    return next(value for rank, value in enumerate(known, 1) if Fraction(rank, len(known)) >= q)


def median(values: Iterable[Fraction]) -> Fraction:
    known = sorted(values)
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


def needs_more(calls: Sequence[Row]) -> Fraction:
    """The Kaplan–Meier estimate, one factor for each call that is known to stay below."""
    covered = [
        (Fraction(call.actual, call.predicted), call.censored)
        for call in calls
        if call.predicted > call.actual or (call.predicted == call.actual and not call.censored)
    ]
    left = Fraction(1)
    for gone, (_, censored) in enumerate(sorted(covered)):
        if not censored:
            left *= 1 - Fraction(1, len(calls) - gone)
    return left


def figures(calls: Sequence[Row]) -> dict[str, Fraction] | None:
    """The nine figures, ``None`` without an eligible call."""
    eligible = [call for call in calls if not call.censored]
    if not eligible:
        return None
    smape = [
        Fraction(smape_millionths(call.predicted, call.actual), 1_000_000) for call in eligible
    ]
    waste = [Fraction(call.predicted, call.actual) for call in eligible]
    misses = undecided = 0
    for call in calls:
        if call.actual > call.predicted or (call.censored and call.actual == call.predicted):
            misses += 1
        elif call.censored:
            undecided += 1
    return {
        "smape_mean": sum(smape, Fraction(0)) / len(smape),
        "smape_median": median(smape),
        "smape_p90": nearest_rank(smape, Fraction(9, 10)),
        "underestimation_kaplan_meier": needs_more(calls),
        "underestimation_rate": Fraction(misses, len(calls)),
        "underestimation_upper": Fraction(misses + undecided, len(calls)),
        "waste_median": median(waste),
        "waste_p75": nearest_rank(waste, Fraction(3, 4)),
        "waste_p90": nearest_rank(waste, Fraction(9, 10)),
    }
