"""Quantiles of need over prediction: which of them serve a cell, and the interval that they make.

Inside, shares of calls and factors on the predicted tokens are thousandths.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

HALF: Final = 500
"""Shares below it are lower ends of intervals, and no budget."""
MAX_QUANTILE: Final = 100_000
"""No factor above 100 is stated."""
_COVERAGE: Final = 800
"""An interval is the widest stated that is meant to hold at most this share of calls."""


class Quantile(NamedTuple):
    """The ``share`` of unseen calls, from 0 to 1, that need at most ``factor`` times the tokens.

    Both have at most three decimals.
    """

    share: float
    factor: float


class IntervalFactors(NamedTuple):
    """Factors in thousandths; ``coverage``: the share of calls meant to lie between, if known."""

    low: int
    high: int
    coverage: float | None


class Uncertainty(NamedTuple):
    """What a registry says of how much of a prediction calls need; ``quantiles`` rise."""

    interval: IntervalFactors
    quantiles: tuple[Quantile, ...]


class Uncertainties:
    """What the content of a snapshot, which is valid, says for each cell."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Under semantics 1 one width is for all of them, and no quantile is known."""
        self._width = content.get("interval")
        stated = content.get("intervals") or {"all": [], "categories": {}, "cells": {}}
        self._stated: Mapping[str, Any] = stated

    def of(self, category: str | None = None, complexity: str = "") -> Uncertainty:
        """The uncertainty of a cell, or of all calls."""
        if self._width is not None:
            return _of_width(**self._width)
        scopes = [self._stated["all"]]
        if category is not None:
            cells = self._stated["cells"].get(category, {})
            narrow = cells.get(complexity, ()), self._stated["categories"].get(category, ())
            scopes = [*narrow, *scopes]
        by_share = ({one["share"]: one["factor"] for one in scope} for scope in scopes)
        serving = serving_quantiles(by_share)
        quantiles = (Quantile(share / 1000, factor / 1000) for share, factor in serving.items())
        return Uncertainty(interval_factors(serving), tuple(quantiles))


def _of_width(below: int, above: int, coverage: int | None) -> Uncertainty:
    share = None if coverage is None else coverage / 1000
    return Uncertainty(IntervalFactors(1000 - below, 1000 + above, share), ())


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


def interval_factors(quantiles: Mapping[int, int]) -> IntervalFactors:
    """The two-sided interval of these quantiles, which leaves out as many calls on either side.

    It is the widest that is meant to hold at most 80 % of calls, else the narrowest. Where no two
    shares add up to all calls it is the prediction itself.
    """
    lower = [one for one in quantiles if one < HALF and 2 * HALF - one in quantiles]
    if not lower:
        return IntervalFactors(1000, 1000, None)
    within = [one for one in lower if 2 * (HALF - one) <= _COVERAGE]
    share = min(within) if within else max(lower)
    return IntervalFactors(quantiles[share], quantiles[2 * HALF - share], (HALF - share) / HALF)
