"""The intervals: a bootstrap against a slow one in plain Python, and the exact bound by hand."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.replay import figures as module
from coefgate.replay import phase_draws, spread
from coefgate.replay.figures import DRAWS, SEED, ConfidenceInterval, intervals, no_miss_bound
from coefgate.replay.metrics import Calls, Integers, metrics, quantile_rank
from coefgate.replay.phase_draws import Times, phase_times
from tests.replay import brute_force
from tests.replay.brute_force import NAMES, Row
from tests.replay.builders import calls

TOKENS = [
    *(
        (1500, 1000),
        (1200, 1100),
        (900, 1000),
        (4000, 1000),
        (2000, 1700),
        (1000, 1000),
        (3100, 900),
    ),
    *((700, 720), (5000, 3000), (2500, 2400), (1800, 1300), (640, 200), (90, 30), (1, 3)),
]
PHASES = [50, 50, 3, 3, 3, 7, 11, 12, 13, 14, 15, 16, 17, 18]
"""Eleven phases of different sizes, not numbered from 0; three cut-off calls bring a twelfth."""
MIXED = calls(TOKENS, cut_off=[(900, 800), (800, 900), (700, 700)], phases=[*PHASES, 11, 60, 14])
BOUND = "no miss seen: one-sided exact 95% bound on phases"


def _intervals(given_calls: Calls) -> dict[str, ConfidenceInterval | None]:
    found = metrics(given_calls)
    assert found is not None
    return dict(intervals(given_calls, found))


def _slowly(given_calls: Calls) -> dict[str, tuple[float, float] | None]:
    """2,000 times: draw phases, take their calls, work out every figure."""
    rows = brute_force.rows(given_calls)
    phases = sorted({row.phase for row in rows})
    drawn: dict[str, list[Fraction]] = {name: [] for name in NAMES}
    for column in phase_times(np.array(phases), 2000, seed=SEED).T.tolist():
        times = dict(zip(phases, column, strict=True))
        calls_drawn: list[Row] = [row for row in rows for _ in range(times[row.phase])]
        found = brute_force.figures(calls_drawn)
        if found is None:
            everything = sum(row.actual > row.predicted or row.censored for row in calls_drawn)
            drawn["underestimation_upper"].append(Fraction(everything, len(calls_drawn)))
            continue
        for name in NAMES:
            drawn[name].append(found[name])
    # 2.5 % of 2,000 is the 50th, 97.5 % the 1,950th.
    return {
        name: (float(sorted(values)[49]), float(sorted(values)[1949]))
        if len(values) == 2000
        else None
        for name, values in drawn.items()
    }


@pytest.mark.thorough
def test_the_bootstrap_is_what_a_slow_one_finds_with_the_same_draws() -> None:
    found, expected = _intervals(MIXED), _slowly(MIXED)
    for name in NAMES:
        interval, ends = found[name], expected[name]
        assert interval is not None
        assert ends is not None
        assert (interval.low, interval.high) == pytest.approx(ends, rel=1e-12), name
        assert interval.method == "bootstrap over 12 phases"


def test_a_draw_that_holds_no_call_is_left_out() -> None:
    # Ten phases are all left out once in 22,000 draws; the same ten with other names now and then.
    tokens = [(1000, 900)] * 9 + [(1000, 1100)]
    found = (np.arange(first, first + 10) for first in range(0, 2000, 10))
    keys = next(one for one in found if not _times(one).any(axis=0).all())
    times = _times(keys)
    held = times[:, times.any(axis=0)]
    rates = np.sort(held[9] / held.sum(axis=0))
    low, high = (
        float(rates[quantile_rank(len(rates), Fraction(share, 1000))]) for share in (25, 975)
    )
    interval = _intervals(calls(tokens, phases=keys.tolist()))["underestimation_rate"]
    assert interval == ConfidenceInterval(low, high, "bootstrap over 10 phases")


def _times(keys: Integers) -> Times:
    return phase_times(keys, DRAWS, seed=SEED)


def test_calls_of_one_phase_are_drawn_together() -> None:
    # Twelve equal pairs of calls: drawn by phase, every draw shows exactly what the whole shows.
    paired = calls([(1000, 1000), (3000, 1000)] * 12, phases=[n // 2 for n in range(24)])
    found = _intervals(paired)
    assert found["smape_mean"] == ConfidenceInterval(50.0, 50.0, "bootstrap over 12 phases")
    # Drawn by call, the same figures vary.
    single = _intervals(calls([(1000, 1000), (3000, 1000)] * 12))["smape_mean"]
    assert single is not None
    assert single.low < 50 < single.high


def test_the_same_calls_give_the_same_intervals() -> None:
    assert _intervals(MIXED) == _intervals(MIXED)


@pytest.mark.parametrize("block", [1, 5, 17])
def test_how_much_is_looked_at_together_changes_nothing(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _intervals(MIXED)
    for one in (phase_draws, spread):
        monkeypatch.setattr(one, "AT_ONCE", block)
    module._ends.cache_clear()
    assert _intervals(MIXED) == whole


@settings(max_examples=15)
@given(st.permutations(range(17)))
def test_the_order_of_the_calls_changes_no_interval(order: list[int]) -> None:
    columns = (getattr(MIXED, field.name)[order] for field in dataclasses.fields(Calls))
    assert _intervals(Calls(*columns)) == _intervals(MIXED)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=10, max_size=20),
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), max_size=4),
)
def test_an_interval_is_in_order_and_within_the_range_of_its_figure(
    tokens: list[tuple[int, int]], cut_off: list[tuple[int, int]]
) -> None:
    for name, interval in _intervals(calls(tokens, cut_off=cut_off)).items():
        if interval is not None:
            top = 200 if name.startswith("smape") else 1 if name.startswith("under") else 500
            assert 0 <= interval.low <= interval.high <= top


# --- Where there is none, or another one


def test_below_ten_phases_there_is_no_interval() -> None:
    # Nine phases, and one miss: neither a bootstrap nor the bound of no miss.
    few = calls(TOKENS, phases=[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8])
    assert dict.fromkeys((*NAMES, "spread")) == _intervals(few)


def test_at_ten_phases_there_is_one() -> None:
    ten = calls(TOKENS, phases=[0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9])
    found = _intervals(ten)
    assert {interval.method for interval in found.values() if interval} == {
        "bootstrap over 10 phases"
    }
    assert None not in found.values()


def test_no_miss_in_ten_phases_still_allows_26_percent() -> None:
    # 0.74^10 = 0.049: at a miss rate of 26 % ten phases without a miss are seen once in twenty
    # times.
    assert f"{no_miss_bound(10):.0%}" == "26%"
    assert math.isclose((1 - no_miss_bound(10)) ** 10, 0.05)
    found = _intervals(calls([(1000, 900)] * 10))
    expected = ConfidenceInterval(0.0, no_miss_bound(10), BOUND)
    assert found["underestimation_rate"] == found["underestimation_upper"] == expected


def test_the_bound_counts_phases_and_not_calls() -> None:
    # Thirty calls, but of three phases: 1 − 0.05^(1/3) = 63 %. It holds below ten phases as well.
    found = _intervals(calls([(1000, 900)] * 30, phases=[n % 3 for n in range(30)]))
    bound: Any = pytest.approx(0.6316, abs=5e-5)
    assert found["underestimation_rate"] == ConfidenceInterval(0.0, bound, BOUND)
    assert found["smape_mean"] is None


def test_undecided_calls_leave_the_bound_to_the_lower_end() -> None:
    found = _intervals(calls([(1000, 900)] * 11, cut_off=[(1000, 900)]))
    lower, upper = found["underestimation_rate"], found["underestimation_upper"]
    assert lower == ConfidenceInterval(0.0, no_miss_bound(12), BOUND)
    assert upper is not None
    assert upper.method == "bootstrap over 12 phases"
    assert upper.high > 1 / 12


def test_where_a_draw_may_hold_no_eligible_call_only_the_rates_have_an_interval() -> None:
    # One eligible phase of twelve: about every third draw misses it.
    found = _intervals(calls([(1000, 1100)], cut_off=[(1000, 900)] * 11))
    known = {name for name, interval in found.items() if interval is not None}
    rates = {"underestimation_kaplan_meier", "underestimation_rate", "underestimation_upper"}
    assert known == rates


def test_there_are_2000_draws() -> None:
    assert DRAWS == 2000
