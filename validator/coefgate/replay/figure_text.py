"""How figures are written: one way for each kind, with digits that tell it from its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

from coefgate.registry.model import Limits

Written = Callable[[Fraction], str]
Bounds = Mapping[str, tuple[Fraction, ...]]
"""By the name of a metric the numbers that it is held against."""
_MOST_DECIMALS: Final = 15


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write figures: decimals, a factor and a unit.

    ``limits``: numbers that a figure must not be taken for. It gets more decimals until it is on
    its side of each: 2,999 thousandths beside a limit of 3 are ``2.999`` and not ``3.00``.
    """

    decimals: int
    times: int = 1
    unit: str = ""
    limits: tuple[Fraction, ...] = ()

    def __call__(self, value: Fraction) -> str:
        """The figure as text."""
        decimals = self.decimals
        while decimals < _MOST_DECIMALS and not all(
            self._apart(value, one, decimals) for one in self.limits
        ):
            decimals += 1
        return f"{Decimal(self._steps(value, decimals)).scaleb(-decimals):f}{self.unit}"

    def beside(self, *limits: Fraction) -> Form:
        """The same for figures that stand beside these."""
        return replace(self, limits=limits)

    def _apart(self, value: Fraction, limit: Fraction, decimals: int) -> bool:
        """Is the figure on its side of the limit, both of it as written and as it is?"""
        written = self._steps(value, decimals)
        exact: Fraction = limit * self.times * 10**decimals
        side = _side(value, limit)
        return side == _side(written, exact) == _side(written, self._steps(limit, decimals))

    def _steps(self, value: Fraction, decimals: int) -> int:
        """In units of the last decimal, half up."""
        steps: Fraction = value * self.times * 10**decimals
        return floor(steps + Fraction(1, 2))


def _side(value: Fraction | int, limit: Fraction | int) -> int:
    return (value > limit) - (value < limit)


points: Final = Form(1)
"""SMAPE, in percent of its range 0–200: ``49.1``."""
share: Final = Form(1, 100, "%")
"""A rate: ``7.9%``."""
ratio: Final = Form(2)
"""Predicted over actual: ``1.40``."""


def span(low: Fraction, high: Fraction, written_as: Written) -> str:
    """``1.6% to 9.5%``; one figure where both ends look alike."""
    return " to ".join(dict.fromkeys((written_as(low), written_as(high))))


def rate_words(figure: Fraction, ends: tuple[Fraction, Fraction], written_as: Written) -> str:
    """``5.7% (1.6%–9.5%)``: a figure with what it is at least and at most, where these differ."""
    told, low, high = map(written_as, (figure, *ends))
    return told if low == high else f"{told} ({low}–{high})"


def from_float(value: float) -> Fraction:
    """A figure that was computed with floats, without the noise in its last digits."""
    return Fraction(value).limit_denominator(10**9)


def bounds_of(limits: Limits) -> Bounds:
    """What each metric is held against."""
    rate = (limits.underestimation_rate_below,)
    return {
        "smape_mean": (limits.smape_mean_below,),
        "underestimation_kaplan_meier": rate,
        "underestimation_rate": rate,
        "underestimation_upper": rate,
        "waste_median": (limits.waste_median_from, limits.waste_median_to),
        "waste_p90": (limits.waste_p90_to,),
    }
