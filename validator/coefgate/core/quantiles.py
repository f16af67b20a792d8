"""Quantiles of need over prediction: which of them serve a cell, and the interval that they make.

Shares of calls and factors on the predicted tokens are thousandths.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

HALF: Final = 500
"""Shares below it are lower ends of intervals, and no budget."""
_COVERAGE: Final = 800
"""An interval is the widest stated that is meant to hold at most this share of calls."""


class IntervalFactors(NamedTuple):
    """Factors on the predicted tokens, and the share of calls meant to be between, if known."""

    low: int
    high: int
    coverage: int | None


def serving_quantiles(scopes: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The factor of each share: of the first scope that states it, the narrowest coming first.

    What a wider scope adds is kept between the neighbours that are there already, so that factors
    rise with the share though calls of all sorts may need less than those of one.
    """
    served: dict[int, int] = {}
    for scope in scopes:
        stated = sorted(served)
        for share, factor in scope.items():
            at = bisect(stated, share)
            if at and stated[at - 1] == share:
                continue
            least = served[stated[at - 1]] if at else factor
            most = served[stated[at]] if at < len(stated) else max(least, factor)
            served[share] = min(max(factor, least), most)
    return dict(sorted(served.items()))


def interval_factors(quantiles: Mapping[int, int]) -> IntervalFactors | None:
    """The two-sided interval of these quantiles, which leaves out as many calls on either side.

    It is the widest that is meant to hold at most 80 % of calls, else the narrowest; ``None``
    where no two shares add up to all calls.
    """
    lower = [one for one in quantiles if one < HALF and 2 * HALF - one in quantiles]
    if not lower:
        return None
    within = [one for one in lower if 2 * (HALF - one) <= _COVERAGE]
    share = min(within) if within else max(lower)
    return IntervalFactors(quantiles[share], quantiles[2 * HALF - share], 2 * (HALF - share))
