"""What any single safety margin would give: too few tokens against too many."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from typing import Final

from coefgate.registry.key import LEAST_FACTOR, MOST_FACTOR
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.metrics import Calls, metrics

_STEP: Final = 1.03
"""From one margin to the next."""


@dataclass(frozen=True, slots=True)
class MarginPoint:
    """``margin``: a factor. ``underestimation``: the estimate that is held against its limit."""

    margin: Fraction
    waste_median: Fraction
    underestimation: Fraction


def margin_frontier(
    by_margin: ByMargin, calls: Calls, until: Fraction, *, also: Collection[int] = ()
) -> tuple[MarginPoint, ...]:
    """Points of rising margins, up to the first whose median waste is ``until`` or more.

    ``also``: margins in thousandths that are to be among them. None where no call is complete.
    """
    points = []
    for margin in sorted({*_margins(), *also}):
        found = metrics(replace(calls, predicted=by_margin.at(margin)))
        if found is None:
            break
        points.append(
            MarginPoint(
                Fraction(margin, 1000), found.waste_median, found.underestimation_kaplan_meier
            )
        )
        if found.waste_median >= until:
            break
    return tuple(points)


def _margins() -> Iterator[int]:
    for at in count():
        margin = round(LEAST_FACTOR * _STEP**at)
        if margin > MOST_FACTOR:
            return
        yield margin
