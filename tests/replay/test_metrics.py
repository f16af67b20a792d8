"""The metrics: by hand, against other implementations, and against the slow definitions."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sktime.performance_metrics.forecasting import mean_absolute_percentage_error
from utilsforecast.losses import smape as smape_of_utilsforecast

from coefgate.replay.metrics import (
    MILLION,
    P75,
    P90,
    Calls,
    Integers,
    metrics,
    middle_ranks,
    quantile_rank,
    ratio_order,
    smape_200,
)
from tests.replay import brute_force
from tests.replay.builders import calls

TOKENS = st.integers(0, 3000)
NEEDED = st.integers(1, 3000)
PAIRS = st.lists(st.tuples(TOKENS, NEEDED), min_size=1, max_size=25)
CUT_OFF = st.lists(st.tuples(TOKENS, NEEDED), max_size=6)
HUGE = st.one_of(
    st.integers(1, 5000), st.integers(2**33 - 3000, 2**33 + 3000), st.integers(1, 2**61)
)
BELOW_INT64_LIMIT = 2**33


def _integers(*values: int) -> Integers:
    return np.array(values, dtype=np.int64)


def _smape(predicted: int, actual: int) -> int:
    return int(smape_200(_integers(predicted), _integers(actual))[0])


# --- By hand


def test_every_figure_by_hand() -> None:
    # predicted actual   SMAPE                    predicted/actual
    #   150      100     200 ×  50 / 250 =  40    3/2
    #   100      100     200 ×   0 / 200 =   0    1
    #   300      100     200 × 200 / 400 = 100    3
    #    80      120     200 ×  40 / 200 =  40    2/3   a miss
    # cut off at 500, predicted 500: it needed at least 500, and more than that: a miss
    # cut off at 500, predicted 501: it may have needed 501 or 502: undecided
    found = metrics(
        calls(
            [(150, 100), (100, 100), (300, 100), (80, 120)],
            cut_off=[(500, 500), (501, 500)],
            phases=[7, 7, 8, 9, 9, 3],
        )
    )
    assert found is not None
    assert (found.samples, found.censored, found.phases) == (4, 2, 4)  # phases 3, 7, 8, 9
    assert found.smape_mean == Fraction(40 + 0 + 100 + 40, 4)
    assert found.smape_median == 40  # of 0, 40, 40, 100 the middle two
    assert found.smape_p90 == 100  # 0.9 × 4 = 3.6, so the fourth
    assert (found.misses, found.undecided) == (2, 1)
    # Needed over predicted: 1/3, 2/3, at least 500/501, 1; then the two misses. With six, five,
    # four and three calls at risk: 5/6 × 4/5 × 2/3.
    assert found.underestimation_kaplan_meier == Fraction(4, 9)
    assert found.underestimation_rate == Fraction(2, 6)
    assert found.underestimation_upper == Fraction(3, 6)
    assert found.waste_median == Fraction(5, 4)  # of 2/3, 1, 3/2, 3: (1 + 3/2) / 2
    assert found.waste_p75 == Fraction(3, 2)  # 0.75 × 4 = 3, so the third
    assert found.waste_p90 == 3


def test_one_call_is_every_quantile_of_itself() -> None:
    found = metrics(calls([(300, 200)]))
    assert found is not None
    assert found.smape_mean == found.smape_median == found.smape_p90 == 40
    assert found.waste_median == found.waste_p75 == found.waste_p90 == Fraction(3, 2)


def test_the_median_of_an_odd_number_is_the_middle_one() -> None:
    found = metrics(calls([(100, 100), (200, 100), (900, 100)]))
    assert found is not None
    assert found.waste_median == 2


@pytest.mark.parametrize(
    ("predicted", "actual", "miss", "cut_off_miss", "undecided"),
    [(99, 100, 1, 1, 0), (100, 100, 0, 1, 0), (101, 100, 0, 0, 1)],
)
def test_a_call_that_fits_exactly_is_no_miss_unless_it_was_cut_off(
    predicted: int, actual: int, miss: int, cut_off_miss: int, undecided: int
) -> None:
    found = metrics(calls([(predicted, actual)]))
    assert found is not None
    assert (found.misses, found.undecided) == (miss, 0)
    found = metrics(calls([(1, 1)], cut_off=[(predicted, actual)]))
    assert found is not None
    assert (found.misses, found.undecided) == (cut_off_miss, undecided)


@pytest.mark.parametrize("cut_off", [[], [(100, 90), (100, 110)]])
def test_without_an_eligible_call_there_is_nothing_to_measure(
    cut_off: list[tuple[int, int]],
) -> None:
    assert metrics(calls([], cut_off=cut_off)) is None


def test_calls_are_picked_by_a_mask() -> None:
    found = calls([(1, 2), (3, 4)], cut_off=[(5, 6)]).where(np.array([False, True, True]))
    assert brute_force.rows(found) == [(3, 4, 1, False), (5, 6, 2, True)]


# --- SMAPE


@pytest.mark.parametrize(
    ("predicted", "actual", "millionths"),
    [
        (100, 100, 0),
        (0, 1, 200 * MILLION),  # nothing predicted: the worst there is
        (300, 100, 100 * MILLION),
        (100, 300, 100 * MILLION),  # too little is as bad as too much
        (2, 1, 66_666_667),  # 200/3 = 66.666666666… rounds up
        (1, 6, 142_857_143),  # 1000/7 = 142.857142857… rounds up
        (4, 3, 28_571_429),  # 200/7 = 28.5714285714… rounds up
        (5, 2, 85_714_286),  # 600/7 = 85.7142857142… rounds up
        (13, 16, 20_689_655),  # 600/29 = 20.6896551724… rounds down
        (1025, 1023, 195_313),  # 400/2048 = 0.1953125: a half goes up
        (2**33 + 2**23, 2**33 - 2**23, 195_313),  # the same share of 2^34, in Python integers
    ],
)
def test_smape_by_hand(predicted: int, actual: int, millionths: int) -> None:
    assert _smape(predicted, actual) == millionths


@given(HUGE, HUGE)
def test_smape_is_exact_for_any_size(predicted: int, actual: int) -> None:
    assert _smape(predicted, actual) == brute_force.smape_millionths(predicted, actual)


@pytest.mark.parametrize(
    "total", [BELOW_INT64_LIMIT - 1, BELOW_INT64_LIMIT, BELOW_INT64_LIMIT + 1]
)
@pytest.mark.parametrize("actual", [1, 2, 3, 2**31, 2**32 - 1, 2**32, 2**32 + 1])
def test_smape_is_exact_on_both_sides_of_the_switch_to_python_integers(
    total: int, actual: int
) -> None:
    assert _smape(total - actual, actual) == brute_force.smape_millionths(total - actual, actual)


@given(st.lists(st.tuples(HUGE, HUGE), min_size=1, max_size=8))
def test_smape_of_a_call_does_not_depend_on_the_others(pairs: list[tuple[int, int]]) -> None:
    predicted, actual = (_integers(*column) for column in zip(*pairs, strict=True))
    assert smape_200(predicted, actual).tolist() == [_smape(*pair) for pair in pairs]


@given(HUGE, HUGE)
def test_smape_is_symmetric_and_within_its_range(predicted: int, actual: int) -> None:
    found = _smape(predicted, actual)
    assert found == _smape(actual, predicted)
    assert 0 <= found <= 200 * MILLION


def test_smape_of_nothing_against_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="both zero"):
        smape_200(_integers(5, 0), _integers(5, 0))


def test_smape_of_no_calls_is_empty() -> None:
    assert smape_200(_integers(), _integers()).tolist() == []


@pytest.mark.parametrize("seed", range(5))
def test_mean_smape_agrees_with_sktime_and_utilsforecast(seed: int) -> None:
    random = np.random.default_rng(seed)
    predicted, actual = random.integers(0, 60_000, 400), random.integers(1, 60_000, 400)
    found = metrics(calls(list(zip(predicted.tolist(), actual.tolist(), strict=True))))
    assert found is not None

    by_sktime = 100 * mean_absolute_percentage_error(
        actual.astype(float), predicted.astype(float), symmetric=True
    )
    frame = pd.DataFrame(
        {"unique_id": "all", "y": actual.astype(float), "model": predicted.astype(float)}
    )
    by_utilsforecast = 200 * smape_of_utilsforecast(frame, models=["model"])["model"].item()

    # Half a millionth per call is what rounding may take.
    assert float(found.smape_mean) == pytest.approx(by_sktime, abs=5.1e-7)
    assert float(found.smape_mean) == pytest.approx(by_utilsforecast, abs=5.1e-7)


# --- Quantiles


@pytest.mark.parametrize("q", [P75, P90, Fraction(25, 1000), Fraction(975, 1000), Fraction(1)])
def test_the_rank_is_the_first_that_reaches_the_share(q: Fraction) -> None:
    for count in range(1, 400):
        rank = quantile_rank(count, q)
        assert Fraction(rank + 1, count) >= q
        assert rank == 0 or Fraction(rank, count) < q


@pytest.mark.parametrize("q", [P75, P90])
def test_the_rank_is_that_of_inverted_cdf(q: Fraction) -> None:
    # Also where count × q is whole: there inverted_cdf and an interpolated quantile differ the
    # most.
    for count in [*range(1, 60), 100, 1000, 1001]:
        expected = np.quantile(np.arange(count), float(q), method="inverted_cdf")
        assert quantile_rank(count, q) == int(expected)


def test_the_smallest_share_is_the_first_rank() -> None:
    assert quantile_rank(10, Fraction(0)) == 0


@pytest.mark.parametrize(("count", "ranks"), [(1, (0, 0)), (2, (0, 1)), (3, (1, 1)), (4, (1, 2))])
def test_middle_ranks(count: int, ranks: tuple[int, int]) -> None:
    assert middle_ranks(count) == ranks


def _is_sorted(predicted: Integers, actual: Integers) -> bool:
    order = ratio_order(predicted, actual)
    assert sorted(order.tolist()) == list(range(len(actual)))
    ratios = [Fraction(int(predicted[at]), int(actual[at])) for at in order]
    return all(low <= high for low, high in pairwise(ratios))


def test_ratios_that_are_equal_as_floats_are_put_into_their_exact_order() -> None:
    near = 2**60
    predicted, actual = (
        _integers(near + 2, near + 3, near + 1),
        _integers(near + 1, near + 2, near),
    )
    assert len({p / a for p, a in zip(predicted.tolist(), actual.tolist(), strict=True)}) == 1
    # (n+1)/n falls with n: of n = 2^60, 2^60+1, 2^60+2 the last is the smallest.
    assert ratio_order(predicted, actual).tolist() == [1, 0, 2]


@given(st.lists(st.integers(2**25 - 60, 2**25 + 60), min_size=2, max_size=12))
def test_ratios_on_both_sides_of_the_switch_to_fractions_are_in_exact_order(
    near: list[int],
) -> None:
    assert _is_sorted(_integers(*(n + 1 for n in near)), _integers(*near))


@given(st.lists(st.integers(2**25 - 200, 2**25 - 2), min_size=2, max_size=12))
def test_ratios_as_close_as_floats_may_hold_are_in_exact_order(near: list[int]) -> None:
    assert _is_sorted(_integers(*(n + 1 for n in near)), _integers(*near))


@given(st.lists(st.tuples(HUGE, HUGE), min_size=1, max_size=12))
def test_ratios_of_any_size_are_in_exact_order(pairs: list[tuple[int, int]]) -> None:
    assert _is_sorted(*(_integers(*column) for column in zip(*pairs, strict=True)))


def test_a_ratio_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no waste ratio"):
        ratio_order(_integers(5, 5), _integers(5, 0))


# --- For all calls


@given(PAIRS, CUT_OFF, st.data())
def test_metrics_are_what_the_definitions_say(
    pairs: list[tuple[int, int]], cut_off: list[tuple[int, int]], data: st.DataObject
) -> None:
    count = len(pairs) + len(cut_off)
    phases = data.draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    given_calls = calls(pairs, cut_off=cut_off, phases=phases)
    found = metrics(given_calls)
    expected = brute_force.figures(brute_force.rows(given_calls))
    assert found is not None
    assert {name: getattr(found, name) for name in brute_force.NAMES} == expected
    assert (found.samples, found.censored) == (len(pairs), len(cut_off))
    assert found.phases == len(set(phases))
    assert found.underestimation_rate * count == found.misses
    assert found.underestimation_upper * count == found.misses + found.undecided


@given(PAIRS, CUT_OFF, st.data())
def test_the_order_of_the_calls_changes_no_metric(
    pairs: list[tuple[int, int]], cut_off: list[tuple[int, int]], data: st.DataObject
) -> None:
    first = calls(pairs, cut_off=cut_off)
    order = np.array(data.draw(st.permutations(range(len(first.actual)))))
    columns = (getattr(first, field.name)[order] for field in dataclasses.fields(Calls))
    assert metrics(Calls(*columns)) == metrics(first)
