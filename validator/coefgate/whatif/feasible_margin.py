"""Which single safety margin, instead of every margin, would meet all limits.

These are the absolute rules; what compares with a base is not asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np

from coefgate.gates.metric_rules import MOST_CUT_OFF
from coefgate.registry.key import LEAST_FACTOR, MOST_FACTOR
from coefgate.registry.model import Limits
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.metrics import MILLION, Calls, Metrics, metrics, smape_200, underestimation

_CELLS_AT_ONCE: Final = 100_000
"""Entries of the margins × calls matrices that are kept in memory together."""


@dataclass(frozen=True, slots=True)
class FeasibleMargin:
    """``low`` and ``high`` in thousandths: every margin between them meets all limits.

    ``whole`` is false if further margins outside of this run, the longest one, meet them too.
    """

    low: int
    high: int
    whole: bool


def feasible_margin(by_margin: ByMargin, calls: Calls, limits: Limits) -> FeasibleMargin | None:
    """The longest run of single margins that meet all limits, ``None`` if there is none.

    A larger margin never lowers waste and never raises either end of underestimation, so these
    bound the margins by bisection. SMAPE may turn anywhere, and so may the estimate between both
    ends, since rounding up and calls without a margin change the order of the calls: these are
    tried on every margin in between.
    """
    below = limits.underestimation_rate_below
    hidden = calls.count.censored > MOST_CUT_OFF * calls.count.scored

    def enough(found: Metrics) -> bool:
        return (
            found.underestimation_rate < below and found.waste_median >= limits.waste_median_from
        )

    def certain(found: Metrics) -> bool:
        return found.underestimation_upper < below

    def too_much(found: Metrics) -> bool:
        return found.waste_median > limits.waste_median_to or found.waste_p90 > limits.waste_p90_to

    def with_margin(margin: int) -> Calls:
        return replace(calls, predicted=by_margin.at(margin))

    def first(holds: Callable[[Metrics], bool]) -> int:
        """The smallest margin from which on it holds; beyond the highest if it never does."""

        def at(margin: int) -> bool:
            found = metrics(with_margin(margin))
            return found is not None and holds(found)

        return LEAST_FACTOR + bisect_left(range(LEAST_FACTOR, MOST_FACTOR + 1), 1, key=at)

    if calls.censored.all():
        return None
    low, open_until, end = first(enough), first(certain), first(too_much)
    smape_limit = limits.smape_mean_below * MILLION
    eligible = ~calls.censored
    judged, actual = by_margin.where(eligible), calls.actual[eligible]
    good: list[int] = []
    at_once = max(1, _CELLS_AT_ONCE // len(actual))
    for start in range(low, end, at_once):
        margins = np.arange(start, min(start + at_once, end))
        tried = judged.at(margins[:, None])
        errors = smape_200(tried.ravel(), np.tile(actual, len(margins))).reshape(tried.shape)
        means = zip(margins.tolist(), errors.sum(axis=1).tolist(), strict=True)
        good += [margin for margin, error in means if error < smape_limit * len(actual)]
    return _longest_run(
        [
            margin
            for margin in good
            if margin >= open_until
            or not (hidden or underestimation(with_margin(margin)) >= below)
        ]
    )


def _longest_run(margins: list[int]) -> FeasibleMargin | None:
    ranked = groupby(enumerate(margins), lambda pair: pair[1] - pair[0])
    runs = [[margin for _, margin in run] for _, run in ranked]
    if not runs:
        return None
    longest = max(runs, key=len)
    return FeasibleMargin(longest[0], longest[-1], whole=len(runs) == 1)
