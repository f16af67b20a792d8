"""Spread by hand, and against every residual tried as the factor."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.replay.spread import best_shift, losses, residuals, spread, spread_in_draws
from tests.replay.builders import calls


def test_by_hand() -> None:
    # Factors needed: 1, 2 and 4. With two of three below, the best is 4: 0.1 · (ln 4 + ln 2) / 3.
    found = spread(calls([(100, 100), (100, 200), (100, 400)]))
    assert found == pytest.approx(0.1 * (log(4) + log(2)) / 3, abs=1e-6)


def test_one_factor_on_all_predictions_changes_nothing() -> None:
    rows = [(1000, 700), (2000, 2600), (500, 500)]
    assert spread(calls(rows)) == spread(calls([(7 * p, a) for p, a in rows]))


def test_a_call_that_was_cut_off_costs_only_above_its_prediction() -> None:
    assert spread(calls([(100, 100)], cut_off=[(100, 1)])) == 0
    # Best at 1 (0.9 · ln 8 of the cut-off one), or at 8 (0.1 · ln 8 of the complete one).
    found = spread(calls([(100, 100)], cut_off=[(100, 800)]))
    assert found == pytest.approx(0.1 * log(8) / 2, abs=1e-6)


def test_without_a_complete_call_there_is_none() -> None:
    assert spread(calls([], cut_off=[(100, 800)])) is None
    assert spread(calls([])) is None


_ROWS = st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=15)


@given(_ROWS, _ROWS)
def test_no_other_factor_is_better(
    complete: list[tuple[int, int]], cut_off: list[tuple[int, int]]
) -> None:
    given = calls(complete, cut_off=cut_off)
    residual, censored = residuals(given), given.censored
    found = losses(residual - best_shift(residual, censored), censored).mean()
    tried = [losses(residual - one, censored).mean() for one in residual]
    assert found == pytest.approx(min(tried))
    assert np.isfinite(exp(best_shift(residual, censored)))


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), max_size=4),
    st.data(),
)
def test_a_draw_is_the_spread_of_the_calls_that_it_holds(
    complete: list[tuple[int, int]], cut_off: list[tuple[int, int]], data: st.DataObject
) -> None:
    given_calls = calls(complete, cut_off=cut_off)
    count = len(given_calls.actual)
    column = st.lists(st.integers(0, 3), min_size=count, max_size=count)
    times = np.array(data.draw(st.lists(column, min_size=1, max_size=3)), dtype=np.uint16).T
    found = spread_in_draws(given_calls, np.arange(count), times)
    for drawn, value in zip(times.T, found, strict=True):
        expected = spread(given_calls.where(np.repeat(np.arange(count), drawn)))
        assert np.isnan(value) if expected is None else value == pytest.approx(expected, abs=2e-6)
