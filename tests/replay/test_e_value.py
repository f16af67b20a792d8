"""The e-value: by hand, and how often it says what is not so."""

from __future__ import annotations

import numpy as np
import pytest

from coefgate.replay.e_value import LOUD_FROM, e_value, rise, wealth
from coefgate.replay.metrics import Floats
from tests.replay.builders import calls


def test_by_hand() -> None:
    # One phase without a miss: 1 − λ / 10 for ½, 1, 2, 3 and 5, on average 1 − 0.23.
    assert wealth([0.0]) == pytest.approx(0.77)
    # One with nothing but misses: 1 + 0.9 λ, on average 1 + 0.9 × 2.3.
    assert wealth([1.0]) == pytest.approx(3.07)
    # Two of them: the mean of 1.45², 1.9², 2.8², 3.7² and 5.5².
    assert wealth([1.0, 1.0]) == pytest.approx((2.1025 + 3.61 + 7.84 + 13.69 + 30.25) / 5)
    assert wealth([1.0] * 5000) > 1e200


def test_a_phase_bets_once_with_the_share_of_its_calls_that_is_missed() -> None:
    # Phase 7: one of two is missed. Phase 3: cut off at its prediction, which is a miss, and above
    # what it had reached, which is none that is known.
    found = calls([(100, 90), (100, 110)], cut_off=[(100, 100), (100, 90)], phases=[7, 7, 3, 3])
    assert e_value(found, [4.0, 1.0, 3.0, 2.0]) == pytest.approx(wealth([0.5, 0.5]))
    assert e_value(calls([]), []) is None


@pytest.mark.parametrize("calls_per_phase", [1, 4])
def test_where_one_call_in_ten_is_missed_it_is_rarely_ever_loud(calls_per_phase: int) -> None:
    random = np.random.RandomState(calls_per_phase)
    shares = random.binomial(calls_per_phase, 0.1, (1500, 100)) / calls_per_phase
    # The wealth after each phase, so that it may be looked at as often as one likes.
    growth = [np.log1p(bet * (shares - 0.1)).cumsum(axis=1) for bet in (0.5, 1, 2, 3, 5)]
    ever = np.exp(growth).mean(axis=0).max(axis=1)
    assert (ever >= LOUD_FROM).mean() <= 0.05
    assert wealth(shares[0].tolist()) == pytest.approx(np.exp(growth).mean(axis=0)[0, -1])


def test_where_three_in_ten_are_missed_it_is_loud_soon() -> None:
    shares = np.random.RandomState(1).binomial(1, 0.3, (200, 60)).astype(float).tolist()
    assert sum(wealth(one) >= LOUD_FROM for one in shares) > 160


def shares(random: np.random.Generator, share: float, phases: int, *, calls: int = 1) -> Floats:
    """Of so many phases, each of so many calls."""
    return np.asarray(random.binomial(calls, share, phases) / calls, dtype=np.float64)


def test_a_rise_by_hand() -> None:
    # Nothing was seen, so nothing is won or lost.
    assert rise(np.array([]), np.array([])) == pytest.approx([1.0])
    # Against a share of 1, the most that nobody excludes, no phase after can win.
    assert rise(np.array([]), np.ones(50))[-1] == pytest.approx(1.0)
    # Beside ten without a miss, all that come after are missed.
    grown = rise(np.zeros(10), np.ones(10))
    assert grown[0] == pytest.approx(1.0)
    assert (np.diff(grown) > 0).all()
    assert grown[-1] > 100


def test_a_rise_holds_for_any_share_that_was_the_same_before_and_after() -> None:
    # Of the grid's bounds none wins more than the bets at the true share.
    random = np.random.default_rng(1)
    before, after = shares(random, 0.3, 40), shares(random, 0.3, 40)
    at_the_truth = wealth(after.tolist(), 0.3)
    assert rise(np.array([]), after)[-1] <= at_the_truth + 1e-9
    assert rise(before, after)[-1] <= rise(np.zeros(40), after)[-1]


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_where_no_more_are_missed_a_rise_is_rarely_ever_loud(share: float) -> None:
    random = np.random.default_rng(2)
    ever = [
        rise(*(shares(random, share, 100, calls=3) for _ in range(2))).max() for _ in range(200)
    ]
    assert np.mean(np.array(ever) >= LOUD_FROM) <= 0.05


def test_where_four_times_as_many_are_missed_a_rise_is_loud_soon() -> None:
    random = np.random.default_rng(3)
    found = [rise(shares(random, 0.1, 200), shares(random, 0.4, 60))[-1] for _ in range(50)]
    assert np.mean(np.array(found) >= 100) > 0.8
