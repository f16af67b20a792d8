"""How far a figure is from its limit, in few steps, for a colour behind it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, get_args

from coefgate.reports.page import Shade

_STEPS: Final = (Fraction(9, 10), Fraction(1), Fraction(5, 4), Fraction(8, 5))
"""Shares of the limit above which a shade begins, from 1 on."""


def shade_of(figure: Fraction, limits: Sequence[Fraction]) -> Shade:
    """``limits``: the highest that is good, with the lowest before it where there is one."""
    *lowest, highest = limits
    shares = [figure / highest if highest else Fraction(2)]
    shares += [low / figure if figure else Fraction(2) for low in lowest]
    shades: Sequence[Shade] = get_args(Shade)
    return shades[sum(max(shares) > step for step in _STEPS)]
