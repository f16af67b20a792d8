"""A figure is written with as many digits as tell it from its limit, and no more."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.replay.figure_text import Form, from_float, points, rate_words, ratio, share


@pytest.mark.parametrize(
    ("form", "value", "limits", "text"),
    [
        (points, "49.1", ["50"], "49.1"),
        (points, "49.96", ["50"], "49.96"),
        (points, "49.99996", ["50"], "49.99996"),
        (points, "50", ["50"], "50.0"),
        (points, "50.04", ["50"], "50.04"),
        (share, "0.0996", ["0.1"], "9.96%"),
        (share, "0.1", ["0.1"], "10.0%"),
        (share, "0.079", ["0.1"], "7.9%"),
        (ratio, "3.001", ["3"], "3.001"),
        (ratio, "2.999", ["3"], "2.999"),
        (ratio, "1.502", ["1", "1.5"], "1.502"),
        (ratio, "0.9999", ["1", "1.5"], "0.9999"),
        (
            ratio,
            "1.4567",
            ["1.4567"],
            "1.4567",
        ),  # with two decimals it would stand above its limit
        (ratio, "1.4", [], "1.40"),
    ],
)
def test_by_hand(form: Form, value: str, limits: list[str], text: str) -> None:
    assert form.beside(*map(Fraction, limits))(Fraction(value)) == text


def test_a_rate_whose_ends_lie_on_both_sides_of_the_limit_shows_both() -> None:
    low, rate, high = Fraction("0.0996"), Fraction("0.1"), Fraction("0.1004")
    assert rate_words(rate, (low, high), share) == "10.0%"
    assert rate_words(rate, (low, high), share.beside(rate)) == "10.0% (9.96%–10.04%)"


def test_the_noise_of_a_float_is_no_difference() -> None:
    tenth = 0.1 + 1e-17
    assert share.beside(Fraction(1, 10))(from_float(tenth)) == "10.0%"
    assert points.beside(Fraction(50))(from_float(49.99)) == "49.99"


@given(
    st.sampled_from([points, share, ratio]),
    st.fractions(0, 200, max_denominator=10**5),
    st.fractions(0, 200, max_denominator=10**5),
)
def test_two_figures_beside_each_other_are_written_in_their_order(
    form: Form, one: Fraction, other: Fraction
) -> None:
    if one == other:
        return
    shown, beside = (
        Fraction(form.beside(b)(a).removesuffix("%")) for a, b in ((one, other), (other, one))
    )
    assert (shown < beside) == (one < other)
    assert shown != beside
