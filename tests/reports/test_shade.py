"""How far from its limit a figure is, worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from coefgate.reports.shade import shade_of


@pytest.mark.parametrize(
    ("figure", "shade"),
    [("45", 0), ("45.1", 1), ("50", 1), ("50.1", 2), ("62.5", 2), ("63", 3), ("80", 3), ("81", 4)],
)
def test_a_figure_below_a_limit_of_50(figure: str, shade: int) -> None:
    assert shade_of(Fraction(figure), (Fraction(50),)) == shade


@pytest.mark.parametrize(
    ("figure", "shade"), [("1.2", 0), ("1.05", 1), ("1.4", 1), ("0.9", 2), ("0.5", 4), ("0", 4)]
)
def test_a_figure_within_a_band_of_1_to_one_and_a_half(figure: str, shade: int) -> None:
    assert shade_of(Fraction(figure), (Fraction(1), Fraction(3, 2))) == shade


def test_a_limit_of_nothing_is_far_exceeded_by_anything() -> None:
    assert shade_of(Fraction(1, 100), (Fraction(0),)) == 4
