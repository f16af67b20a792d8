"""The Kaplan–Meier estimate: by hand, at its edges, and with more cut-off calls than are exact."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.replay.kaplan_meier import EXACT_UP_TO, exceedance, exceedance_in_rows
from coefgate.replay.metrics import metrics, underestimation
from tests.replay.brute_force import needs_more, rows
from tests.replay.builders import calls

TOKENS = st.integers(0, 12)
PAIRS = st.lists(st.tuples(TOKENS, st.integers(1, 12)), min_size=1, max_size=12)


def _rate(complete: list[tuple[int, int]], cut_off: list[tuple[int, int]]) -> Fraction:
    return underestimation(calls(complete, cut_off=cut_off))


def test_without_an_undecided_call_it_is_the_share_of_misses() -> None:
    assert _rate([(100, 90), (100, 100), (100, 101)], []) == Fraction(1, 3)
    assert _rate([(100, 90), (100, 100), (100, 101)], [(100, 100)]) == Fraction(1, 2)


def test_a_call_that_was_cut_off_shares_its_weight_among_those_behind_it() -> None:
    # Predicted 100: 50, at least 60, 70, 80, 110. One of five, then one of three, one of two.
    complete = [(100, 50), (100, 70), (100, 80), (100, 110)]
    assert _rate(complete, [(100, 60)]) == Fraction(4, 5) * Fraction(2, 3) * Fraction(1, 2)
    # Its fifth goes to three calls, of which one is missed: 1/5 + 1/15.
    assert _rate(complete, [(100, 60)]) == Fraction(1, 5) + Fraction(1, 15)
    # First of all, it has nothing to say; last of the covered ones, it counts in full.
    assert _rate(complete, [(100, 40)]) == Fraction(1, 4)
    assert _rate(complete, [(100, 90)]) == Fraction(2, 5)


def test_of_equal_needs_the_complete_call_comes_first() -> None:
    # 50 of 100 and at least 60 of 120 are the same; one of three, and then nothing but the miss.
    assert _rate([(100, 50), (100, 101)], [(120, 60)]) == Fraction(2, 3)


def test_where_nothing_is_known_beyond_the_last_call_its_weight_stays_open() -> None:
    assert _rate([(100, 50)], [(100, 60), (100, 70)]) == Fraction(2, 3)
    assert _rate([(100, 50)], [(100, 40), (100, 45)]) == 0


@given(PAIRS, PAIRS)
def test_it_lies_between_both_ends_and_rows_agree(
    complete: list[tuple[int, int]], cut_off: list[tuple[int, int]]
) -> None:
    given_calls = calls(complete, cut_off=cut_off)
    found = metrics(given_calls)
    assert found is not None
    rate = found.underestimation_kaplan_meier
    assert rate == needs_more(rows(given_calls))
    assert found.underestimation_rate <= rate <= found.underestimation_upper
    several = np.stack([given_calls.predicted, given_calls.predicted + 1])
    in_rows = exceedance_in_rows(several, given_calls.actual, given_calls.censored)
    assert in_rows[0] == pytest.approx(float(rate), abs=1e-12)


def test_with_many_undecided_calls_it_is_rounded_half_up() -> None:
    # Every third call leaves: at places 1, 4, 7 of those that are covered, ten misses behind them.
    for undecided in (EXACT_UP_TO, EXACT_UP_TO + 1, 3000):
        covered = 3 * undecided
        exact, at_risk = Fraction(1), covered + 10
        for at in range(covered):
            exact *= 1 if at % 3 == 1 else Fraction(at_risk - 1, at_risk)
            at_risk -= 1
            if undecided > EXACT_UP_TO and at % 300 == 0:  # or it would take a minute
                exact = exact.limit_denominator(10**40)
        found = exceedance(covered + 10, covered, range(1, covered, 3))
        if undecided <= EXACT_UP_TO:
            assert found == exact
        else:
            assert 10**12 % found.denominator == 0
            assert abs(found - exact) <= Fraction(1, 2 * 10**12) + Fraction(1, 10**30)


def test_more_at_risk_means_less_is_lost() -> None:
    # The later a call is cut off, the more of its weight may lie beyond the prediction.
    found = [exceedance(20, 15, [at]) for at in range(15)]
    assert all(before < after for before, after in pairwise(found))


@given(st.sets(st.integers(0, 199), min_size=EXACT_UP_TO + 1), st.integers(0, 30))
def test_what_is_rounded_is_the_exact_estimate(leaves: set[int], misses: int) -> None:
    exact, at_risk = Fraction(1), 200 + misses
    for at in range(200):
        exact *= 1 if at in leaves else Fraction(at_risk - 1, at_risk)
        at_risk -= 1
    rounded = Fraction(floor(exact * 10**12 + Fraction(1, 2)), 10**12)
    assert exceedance(200 + misses, 200, sorted(leaves)) == rounded


def test_a_half_of_the_last_place_is_rounded_upwards() -> None:
    # Sixty calls leave before any other: of the 8,192 behind them one is missed, and
    # 1/8192 = 0.000 122 070 312 5.
    found = exceedance(8192 + 60, 8192 + 59, range(60))
    assert found == Fraction(122_070_313, 10**12)


@given(PAIRS, PAIRS, st.sampled_from([1, 2**25]))
def test_places_are_those_of_the_exact_order(
    complete: list[tuple[int, int]], cut_off: list[tuple[int, int]], times: int
) -> None:
    # From 2^25 tokens on ratios are compared as fractions.
    larger = [[(times * p, times * a) for p, a in pairs] for pairs in (complete, cut_off)]
    assert _rate(*larger) == _rate(complete, cut_off)
