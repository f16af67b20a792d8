"""Intervals from calls: figures worked out by hand, and what holds for any calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import log
from statistics import NormalDist, mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.intervals import (
    NotMeasurable,
    held_by_level,
    measure_intervals,
)
from coefgate.calibration.residuals import Residuals, residuals_of
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Held, Intervals, Quantiles
from coefgate.replay.evidence import Evidence
from tests.calibration.builders import cut_off
from tests.registry.builders import registry
from tests.replay.builders import audited, sample

DOCS, TESTS = ("docs", "low"), ("tests", "low")


def residuals(
    ratios: Sequence[float],
    *,
    cut_off: Sequence[int] = (),
    cell: Sequence[int] | None = None,
    phase: Sequence[int] | None = None,
) -> Residuals:
    """Calls that needed these shares of their predictions, by default of a phase each."""
    count = len(ratios)
    phases = np.array(range(count) if phase is None else phase, dtype=np.intp)
    return Residuals(
        np.log(np.array(ratios, dtype=np.float64)),
        np.isin(np.arange(count), cut_off),
        np.array([0] * count if cell is None else cell, dtype=np.intp),
        phases,
        phases,
        (DOCS, TESTS),
    )


def measured(calls: Residuals) -> Intervals:
    found = measure_intervals(calls)
    assert isinstance(found, Intervals)
    return found


def all_calls(calls: Residuals) -> Quantiles:
    found = measured(calls).all_calls
    assert found is not None
    return found


def plain(factors: Mapping[Fraction, Fraction]) -> dict[float, float]:
    return {float(share): float(factor) for share, factor in factors.items()}


def test_ranks_of_calls_none_of_which_was_cut_off() -> None:
    # Nine calls and the unseen one: 0.05 × 10 lies before the first, 0.1 × 10 is the first,
    # 0.5 × 10 the fifth, 0.8 × 10 the eighth, 0.9 × 10 the ninth, 0.95 × 10 beyond the last.
    found = all_calls(residuals([1.5, 0.25, 1, 2.25, 0.5, 1.25, 2, 0.75, 1.75]))
    assert plain(found.factors) == {0.1: 0.25, 0.5: 1.25, 0.8: 2, 0.9: 2.25}
    assert (found.samples, found.phases) == (9, 9)


def test_a_call_that_was_cut_off_needed_at_least_what_it_had() -> None:
    # 0.5, 1, 1 (cut off), 2, 4, and the unseen call, so at risk are 6, 5, 4, 3 and 2. Above each
    # remain 5/6, 4/6, 4/6, 4/9, 2/9: the distribution is 1/6, 1/3, –, 5/9, 7/9, and 0.8 is not
    # reached.
    found = all_calls(residuals([2, 1, 4, 1, 0.5], cut_off=[3]))
    assert plain(found.factors) == {0.5: 2}
    assert (found.samples, found.phases) == (5, 5)


def test_mass_left_with_calls_that_were_cut_off_is_stated_by_no_share() -> None:
    # Above the 14 complete ones of 20 remain 7 of 21 with the unseen call: up to 2/3.
    ratios = [1 + at / 10 for at in range(20)]
    found = all_calls(residuals(ratios, cut_off=range(14, 20)))
    assert plain(found.factors) == {0.05: 1, 0.1: 1.1, 0.5: 2}


def test_lower_ends_are_rounded_down_and_budgets_up() -> None:
    # 0.1 of 11 is the first of ten, 0.9 of 11 the tenth; 1.22 is no thousandth more.
    found = all_calls(residuals([0.1237, *[1.22] * 8, 2.0001]))
    assert plain(found.factors) == {0.1: 0.123, 0.5: 1.22, 0.8: 1.22, 0.9: 2.001}


def test_what_unseen_calls_stay_within() -> None:
    # Without one of ten phases, 0.1 and 0.9 are the least and the most of nine calls. So the
    # least call is below its interval, the greatest above, and the other eight are inside.
    calls = residuals([1 + at / 10 for at in range(10)])
    held = Held(interval_80=Fraction(8, 10), budget_90=Fraction(9, 10))
    assert all_calls(calls).held == held


def test_what_is_held_of_calls_some_of_which_were_cut_off() -> None:
    # The greatest of eleven was cut off within what its budget allows: nobody knows whether it
    # needed more. Without its phase the budget is 0.9 of 11: the greatest of the ten. Without
    # another one it is 0.9 of 11 among ten with one cut off last: never reached.
    ratios = [1 + at / 10 for at in range(11)]
    assert all_calls(residuals(ratios, cut_off=[10])).held.budget_90 is None
    # Cut off early, it leaves the others as they are: at risk are 20, 19 (cut off), 18 … 1 with
    # all within but the greatest. Above remains 19/20 × 1/18.
    ratios = [1 + at / 100 for at in range(20)]
    held = all_calls(residuals(ratios, cut_off=[1])).held
    assert held.budget_90 == Fraction(round(1000 * (1 - 19 / 20 * 1 / 18)), 1000)


def test_calls_of_one_phase_are_left_out_together() -> None:
    # Two phases of nine calls. Without the cheap one the budget is 2, without the dear one 1.
    calls = residuals([1] * 9 + [2] * 9, phase=[0] * 9 + [1] * 9)
    assert all_calls(calls).held == Held(interval_80=Fraction(0), budget_90=Fraction(1, 2))


def test_a_phase_counts_once_however_many_calls_it_has() -> None:
    # Three calls of one phase count 1/3 each, that of the other 1, and the unseen one the mean of
    # them, 1/2: 2/5 need no more than the three, 4/5 no more than the fourth.
    found = all_calls(residuals([1, 1, 1, 2], phase=[0, 0, 0, 1]))
    assert plain(found.factors) == {0.5: 2, 0.8: 2}
    # Twenty of thirty calls need 1, but one of eleven phases.
    many = residuals([1] * 20 + [2] * 10, phase=[0] * 20 + list(range(1, 11)))
    assert plain(all_calls(many).factors)[0.5] == 2


def test_a_cell_and_a_category_have_their_own_from_eight_phases_on() -> None:
    other = [2.0] * 4
    enough = residuals([1.0] * 8 + other, cell=[0] * 8 + [1] * 4)
    found = measured(enough)
    assert list(found.cells) == [DOCS]
    assert list(found.categories) == ["docs"]
    assert plain(found.cells[DOCS].factors) == {0.5: 1, 0.8: 1}
    assert found.all_calls is not None
    assert plain(found.all_calls.factors) == {0.1: 1, 0.5: 1, 0.8: 2, 0.9: 2}
    few = residuals([1.0] * 7 + other, cell=[0] * 7 + [1] * 4)
    assert not measured(few).cells
    seven = replace(enough, phase=np.array([0, *range(7), 7, 8, 9, 10], dtype=np.intp))
    assert not measured(seven).cells


def test_a_call_that_no_cell_serves_counts_for_all_calls_alone() -> None:
    found = measured(residuals([1.0] * 8 + [3.0] * 2, cell=[0] * 8 + [-1] * 2))
    assert found.all_calls is not None
    assert (found.all_calls.samples, found.cells[DOCS].samples) == (10, 8)
    assert set(found.categories) == {"docs"}


def test_the_narrowest_scope_serves_and_a_wider_one_helps_out() -> None:
    # Docs need what is predicted, tests twice as much. Of ten calls nine remain without one: they
    # state 0.1 to 0.9 themselves. Of all, 19 remain and state 0.05 and 0.95 too, as 1 and 2.
    calls = residuals([1.0] * 10 + [2.0] * 10, cell=[0] * 10 + [1] * 10)
    found = measured(calls)
    assert found.cells[DOCS].held == Held(Fraction(1), None, Fraction(1))
    assert {held_by_level(calls, Fraction(n, 10)) for n in (8, 9)} == {1}


@pytest.mark.parametrize(
    ("calls", "reason"),
    [
        (residuals([]), "no-calls"),
        (residuals([1, 2, 3], phase=[4, 4, 4]), "one-phase"),
        (residuals([1, 2, 3], cut_off=[0, 1, 2]), "all-cut-off"),
        (residuals([1, 2], cut_off=[1]), "too-few-calls"),  # 1/3 is all that is reached
    ],
)
def test_what_cannot_be_measured_says_why(calls: Residuals, reason: str) -> None:
    found = measure_intervals(calls)
    assert isinstance(found, NotMeasurable)
    assert found.reason == reason


def test_columns_that_are_no_calls_are_refused() -> None:
    calls = residuals([1, 2, 3])
    with pytest.raises(ValueError, match=r"residual of call 1 is nan; predicted and actual"):
        replace(calls, residual=np.array([0.0, np.nan, 1.0]))
    with pytest.raises(ValueError, match="3, 3, 3, 2, 3 calls; they must have one length"):
        replace(calls, phase=np.array([0, 1], dtype=np.intp))
    with pytest.raises(ValueError, match="a cell that is not one of the 2"):
        replace(calls, cell=np.array([0, 1, 2], dtype=np.intp))


def test_the_residuals_of_evidence() -> None:
    table = table_of(registry())
    samples = [
        sample(1, 50, phase_id="a", complexity="low"),
        sample(2, 200, phase_id="b", complexity="high"),
        sample(3, 100, phase_id="a", category="poetry"),
        cut_off(4, 400, phase_id="c", complexity="low"),
    ]
    evidence = Evidence(audited(samples))
    found = residuals_of(evidence, np.full(4, 100), table)
    assert np.exp(found.residual).tolist() == pytest.approx([0.5, 2, 1, 4])
    assert found.censored.tolist() == [False, False, False, True]
    named = [found.cells[at] if at >= 0 else None for at in found.cell.tolist()]
    assert named == [("tests", "low"), ("tests", "high"), None, ("tests", "low")]
    assert found.fold.tolist() == [0, 1, 0, 2]
    assert found.phase[0] == found.phase[2] != found.phase[1] != found.phase[3]
    with pytest.raises(ValueError, match=f"nothing is predicted for the call {samples[1].id}"):
        residuals_of(evidence, np.array([1, 0, 1, 1]), table)


some_calls = st.lists(
    st.tuples(st.floats(0.01, 50), st.booleans(), st.integers(-1, 1), st.integers(0, 9)),
    max_size=40,
)


@given(some_calls, st.randoms())
def test_no_order_of_calls_changes_what_is_measured(
    calls: list[tuple[float, bool, int, int]], random: object
) -> None:
    def measure(rows: list[tuple[float, bool, int, int]]) -> object:
        ratios, cut_off, cell, phase = zip(*rows, strict=True) if rows else ((), (), (), ())
        at = [row for row, one in enumerate(cut_off) if one]
        return measure_intervals(residuals(ratios, cut_off=at, cell=cell, phase=phase))

    shuffled = [*calls]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = measure(calls)
    assert measure(shuffled) == found
    if isinstance(found, Intervals):
        scopes = [found.all_calls, *found.categories.values()]
        for scope in (*scopes, *found.cells.values()):
            assert scope is not None
            assert list(scope.factors) == sorted(scope.factors)
            assert list(scope.factors.values()) == sorted(scope.factors.values())
            assert scope.phases > 1
            shares = (scope.held.interval_80, scope.held.interval_90, scope.held.budget_90)
            assert all(0 <= share <= 1 for share in shares if share is not None)


@pytest.mark.parametrize("cut_off", [0.0, 0.15])
def test_quantiles_hold_the_share_that_they_promise(cut_off: float) -> None:
    """Over many draws of 40 calls, a further one is within 0.9 nine times in ten."""
    random = np.random.RandomState(7)
    need = NormalDist(0, 0.5)
    held: list[float] = []
    inside: list[float] = []
    for _ in range(80):
        drawn = random.normal(0, 0.5, 40)
        # Some stop early, at a point that has nothing to do with what they needed.
        ends = np.where(random.random_sample(40) < cut_off, random.normal(0, 0.5, 40), np.inf)
        ratios = np.exp(np.minimum(drawn, ends))
        found = measured(residuals(ratios.tolist(), cut_off=np.flatnonzero(drawn > ends).tolist()))
        assert found.all_calls is not None
        factors = plain(found.all_calls.factors)
        if 0.9 in factors:
            held.append(need.cdf(log(factors[0.9])))
            inside.append(held[-1] - need.cdf(log(factors[0.1])))
    assert len(held) > 75
    assert mean(held) == pytest.approx(0.9, abs=0.02)
    assert mean(inside) == pytest.approx(0.8, abs=0.04)


@given(
    st.lists(st.floats(0.1, 5).map(lambda one: round(one, 2)), min_size=3, max_size=30),
    st.integers(0, 2),
)
def test_by_level_calls_hold_what_they_hold_of_the_stated_shares(
    ratios: list[float], cut: int
) -> None:
    calls = residuals(ratios, cut_off=range(cut), cell=[-1] * len(ratios))
    found = measure_intervals(calls)
    if isinstance(found, Intervals) and (everything := found.all_calls):
        assert held_by_level(calls, Fraction(4, 5)) == everything.held.interval_80
        assert held_by_level(calls, Fraction(9, 10)) == everything.held.interval_90


def test_half_of_the_calls_lie_between_the_quarters() -> None:
    # The shares 0.25 and 0.75 of 18 calls are their ranks 4 and 15. Without one of the first four
    # rank 4 is the fifth call, and without one of the last four rank 15 is the fifteenth, so that
    # the fifth to the fifteenth lie between.
    calls = residuals([n / 10 for n in range(1, 20)])
    assert held_by_level(calls, Fraction(1, 2)) == Fraction(579, 1000)
    assert held_by_level(calls, Fraction(98, 100)) is None
    assert held_by_level(residuals([]), Fraction(1, 2)) is None
