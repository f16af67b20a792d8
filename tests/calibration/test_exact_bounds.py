"""Exact bounds of a rate, and how many phases bring them to where they are asked for."""

from __future__ import annotations

from fractions import Fraction
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.exact_bounds import (
    MorePhases,
    SeenRate,
    highest,
    lowest,
    until_below,
    until_narrow,
)
from coefgate.replay.figures import no_miss_bound

TENTH = Fraction(1, 10)
NOTHING = SeenRate(0, Fraction(0), None)


def _at_most(misses: int, phases: int, rate: float) -> float:
    """The probability of so few misses, term by term."""
    return sum(
        comb(phases, one) * rate**one * (1 - rate) ** (phases - one) for one in range(misses + 1)
    )


@given(st.integers(1, 60), st.data())
def test_at_the_upper_bound_so_few_misses_come_once_in_twenty(
    phases: int, data: st.DataObject
) -> None:
    misses = data.draw(st.integers(0, phases))
    [bound] = highest(np.array([misses]), np.array([phases]))
    if misses == phases:
        assert bound == 1
    else:
        assert _at_most(misses, phases, bound) == pytest.approx(0.05, abs=1e-6)
    [low] = lowest(np.array([misses]), np.array([phases]))
    if misses == 0:
        assert low == 0
    else:
        assert 1 - _at_most(misses - 1, phases, low) == pytest.approx(0.05, abs=1e-6)


def test_without_a_miss_it_is_the_bound_of_reports() -> None:
    phases = np.array([1, 10, 29, 300])
    assert highest(np.zeros(4, np.int64), phases) == pytest.approx(
        [no_miss_bound(one) for one in phases.tolist()]
    )


def test_29_phases_without_a_miss_show_a_rate_below_a_tenth() -> None:
    # 0.9^28 = 0.0523 and 0.9^29 = 0.0471.
    assert until_below(TENTH, NOTHING) == MorePhases(29, None)
    # With one miss in n: 0.9^n + n × 0.1 × 0.9^(n − 1) is 0.0524 of 45 and 0.0480 of 46.
    one = SeenRate(10, TENTH, None)
    assert until_below(TENTH, one).without_miss == 36
    assert until_below(TENTH, SeenRate(46, Fraction(1, 46), TENTH)).without_miss == 0


def test_at_a_rate_at_the_limit_no_number_shows_that_it_is_below() -> None:
    assert until_below(TENTH, SeenRate(20, TENTH, TENTH)).at_rate is None
    found = until_below(TENTH, SeenRate(0, Fraction(0), Fraction(1, 20)))
    assert found.at_rate is not None
    misses, before = -(-found.at_rate // 20), -(-(found.at_rate - 1) // 20)
    assert _at_most(misses, found.at_rate, 0.1) < 0.05
    assert _at_most(before, found.at_rate - 1, 0.1) >= 0.05


def test_an_interval_narrows_with_the_root_of_the_phases() -> None:
    half = SeenRate(0, Fraction(0), Fraction(1, 2))
    wide, narrow = (until_narrow(Fraction(width, 100), half).at_rate or 0 for width in (20, 10))
    # About 4 × 1.96² × 0.25 ÷ width²: 96 and 384, and a few more since it is exact.
    assert 96 < wide < 96 + 15
    assert sqrt(narrow / wide) == pytest.approx(2, abs=0.1)


def test_what_is_narrow_enough_takes_no_more() -> None:
    assert until_narrow(Fraction(1, 5), SeenRate(100, TENTH, TENTH)) == MorePhases(0, 0)
    # Without a miss its upper end alone is away from 0: 0.025^(1/16) = 0.794, ^(1/17) = 0.805.
    assert until_narrow(Fraction(1, 5), NOTHING) == MorePhases(17, None)
    assert until_narrow(Fraction(1, 10_000), NOTHING) == MorePhases(None, None)
