"""Intervals over phases: by hand, beside drawn phases, and how often they hold the truth."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coefgate.replay.figures import NO_MISS, intervals
from coefgate.replay.metrics import Calls, metrics
from coefgate.telemetry.phase_intervals import (
    PhaseSizes,
    figure_intervals,
    mean_interval,
    quantile_intervals,
    share_interval,
)


def _alone(calls: int) -> PhaseSizes:
    return PhaseSizes.of_calls(np.arange(calls))


def test_error_of_a_mean_by_hand() -> None:
    # Phases of sums 2, 0, 1 and of 2, 1, 1 calls: mean 3/4, residuals 1/2, −3/4, 1/4, whose
    # squares sum to 7/8; times 3/2 is 21/16, its root by 4 calls.
    phases = PhaseSizes.of_calls(np.array([7, 7, 3, 5]))
    mean, error = phases.error(np.array([1.0, 1.0, 0.0, 1.0]))
    assert mean == 0.75
    assert error == pytest.approx((21 / 16) ** 0.5 / 4)


def test_calls_of_their_own_phases_are_worth_almost_what_they_are() -> None:
    # Student's t instead of the normal distribution, and 50/49 of the variance: 48 of 50 or so.
    hits = np.arange(50) < 10
    assert _alone(50).worth(hits) == pytest.approx(49 * (1.959964 / 2.009575) ** 2, rel=1e-6)


def test_calls_of_one_phase_that_end_alike_are_worth_one() -> None:
    hits = np.repeat(np.arange(50) < 10, 8)
    eightfold = PhaseSizes.of_calls(np.repeat(np.arange(50), 8))
    assert eightfold.worth(hits) == pytest.approx(_alone(50).worth(hits[::8]))


def test_phases_may_come_in_any_order() -> None:
    hits = np.array([1, 0, 0, 1, 1, 0] * 5, dtype=np.bool_)
    mixed, sorted_by = np.array([3, 1, 2] * 10), np.argsort([3, 1, 2] * 10, kind="stable")
    in_order = PhaseSizes.of_calls(mixed[sorted_by]).error(hits[sorted_by])
    assert PhaseSizes.of_calls(mixed).error(hits) == pytest.approx(in_order)


def test_no_hit_still_has_a_bound() -> None:
    found = share_interval(np.zeros(3, dtype=np.bool_), PhaseSizes.of_calls(np.array([0, 0, 1])))
    assert found is not None
    assert (found.low, found.method) == (0.0, NO_MISS)
    assert found.high == pytest.approx(1 - 0.05**0.5)


def test_below_ten_phases_nothing_is_said() -> None:
    nine, values = _alone(9), np.arange(9.0)
    assert share_interval(values > 3, nine) is None
    assert mean_interval(values, nine, (0, 9)) is None
    assert quantile_intervals(values, (Fraction(1, 2),), nine) == [None]
    assert share_interval(np.zeros(0, dtype=np.bool_), _alone(0)) is None


def test_a_high_quantile_of_few_calls_has_no_upper_end() -> None:
    # All of 30 calls lie below the P90 with a chance of 0.9^30, 4%; of 45 with one of 1%.
    for calls, known in ((30, False), (45, True)):
        values = np.arange(float(calls))
        [found] = quantile_intervals(values, (Fraction(9, 10),), _alone(calls))
        assert (found is not None) == known


def test_a_mean_stays_within_its_range() -> None:
    values = np.array([0.0] * 19 + [200.0])
    found = mean_interval(values, _alone(20), (0.0, 200.0))
    assert found is not None
    assert (found.low, found.method) == (0.0, "linearised over 20 phases")


def _drawn(rng: np.random.Generator, phases: int, each: int = 3) -> Calls:
    of = np.repeat(np.arange(phases), each)
    predicted = rng.integers(500, 5000, len(of))
    noise = 0.4 * rng.standard_normal(len(of)) + 0.3 * rng.standard_normal(phases)[of]
    needs = np.maximum((predicted * 0.7 * np.exp(noise)).astype(np.int64), 1)
    limit = predicted * 3 // 2
    return Calls(predicted, np.minimum(needs, limit), of, needs > limit)


def test_they_are_about_as_wide_as_those_of_drawn_phases() -> None:
    calls = _drawn(np.random.default_rng(5), 300)
    found = metrics(calls)
    assert found is not None
    drawn, here = intervals(calls, found), figure_intervals(calls)
    for name, one in here.items():
        other = drawn[name]
        assert one is not None
        assert other is not None
        assert (one.high - one.low) / (other.high - other.low) == pytest.approx(1, abs=0.25), name
        assert one.low < getattr(found, name) < one.high


def test_nineteen_of_twenty_hold_the_truth() -> None:
    # Of 2.1 million calls: the truth, to three digits.
    truth = {"underestimation_rate": 0.238, "waste_median": 1.488, "smape_mean": 46.18}
    rng, held = np.random.default_rng(6), dict.fromkeys(truth, 0)
    for _ in range(300):
        for name, one in figure_intervals(_drawn(rng, 60)).items():
            if name in truth and one is not None:
                held[name] += one.low <= truth[name] <= one.high
    assert all(275 <= times <= 296 for times in held.values()), held


def test_an_open_need_widens_the_rate_to_both_its_ends() -> None:
    count = 20
    predicted, actual = np.full(count, 1000), np.full(count, 900)
    actual[:3], censored = 1100, np.arange(count) >= count - 2
    found = figure_intervals(Calls(predicted, actual, np.arange(count), censored))
    between = found["underestimation_kaplan_meier"]
    least, most = found["underestimation_rate"], found["underestimation_upper"]
    assert between is not None
    assert least is not None
    assert most is not None
    assert (between.low, between.high) == (least.low, most.high)
    assert least.high < most.high


def test_without_an_eligible_call_there_are_none() -> None:
    one = np.ones(1, dtype=np.int64)
    assert figure_intervals(Calls(one, one, np.zeros(1, dtype=np.intp), one == 1)) == {}
