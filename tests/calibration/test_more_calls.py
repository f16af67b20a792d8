"""What more calls would do, worked out by hand where there is one effect."""

from __future__ import annotations

from fractions import Fraction
from math import exp, hypot, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.excess_deviation import excess_deviation
from coefgate.calibration.fit_error import FitError
from coefgate.calibration.like_calls import Scatter, scatter_of_like_calls
from coefgate.calibration.more_calls import MORE, CellDeviation, MoreCalls, more_calls
from coefgate.calibration.procedure import Procedure
from coefgate.replay.metrics import Booleans
from coefgate.replay.tobit import tobit_deviation
from coefgate.samples.model import Sample
from tests.calibration.builders import cut_off, procedure
from tests.replay.builders import sample

SCATTER = 0.4
"""That of the procedures here."""


def _needs(*needs: float, phases: str = "") -> list[Sample]:
    """Calls of tests.low alike, with these logarithms of tokens in thousands."""
    names = phases or "abcdefghijklmnopqrstuvwxyz"
    return [sample(n, round(exp(need) * 1000), phase_id=names[n]) for n, need in enumerate(needs)]


def _scatter(found: Procedure) -> Scatter | None:
    rows: Booleans = np.ones(len(found.evidence.samples), dtype=np.bool_)
    cell = np.zeros(len(rows), dtype=np.intp)
    return scatter_of_like_calls(found.design, rows, cell, found.evidence.phase)


def test_calls_alike_scatter_by_half_the_mean_square_between_phases() -> None:
    # Two of one phase count as one: between it and the other (0.4² + 0.2²) ÷ 2 ÷ 2 = 0.05.
    found = _scatter(procedure(_needs(0, 0.4, 0.2, 0.6, phases="aabb"), {"all": 1}))
    assert found is not None
    assert found.freedom == 1
    squares = [0.2**2, 0.6**2, 0.2**2, 0.2**2]
    assert found.deviation == pytest.approx(sqrt(sum(squares) / 4 / 2), abs=1e-3)
    # Without phases of several calls it is the variance that everybody knows.
    needs = (0, 0.3, -0.5, 1.1)
    found = _scatter(procedure(_needs(*needs), {"all": 1}))
    assert found is not None
    assert found.freedom == 3
    assert found.deviation == pytest.approx(np.std(needs, ddof=1), abs=1e-3)
    low, high = Scatter(1.0, 10).interval  # chi square of 10: 3.247 and 20.483
    assert (low, high) == pytest.approx((sqrt(10 / 20.4832), sqrt(10 / 3.24697)), rel=1e-5)


def test_calls_of_one_phase_or_of_other_files_say_nothing_of_calls_alike() -> None:
    assert _scatter(procedure(_needs(0, 1, phases="aa"), {"all": 1})) is None
    unlike = [sample(0, 100), sample(1, 900, creates=2)]
    assert _scatter(procedure(unlike, {"all": 1})) is None


@given(
    st.lists(
        st.tuples(st.floats(-3, 3).map(lambda one: round(one, 2)), st.booleans()),
        min_size=4,
        max_size=12,
    ).filter(lambda rows: len({value for value, cut in rows if not cut}) > 2)
)
def test_without_errors_what_is_in_excess_is_all_of_it(rows: list[tuple[float, bool]]) -> None:
    values, censored = np.array([one for one, _ in rows]), np.array([cut for _, cut in rows])
    whole = tobit_deviation(values, censored)
    found = excess_deviation(values, censored, np.zeros(len(rows)))
    assert found == pytest.approx(whole, rel=1e-2)


def test_errors_that_are_known_are_taken_off() -> None:
    values = np.array([-1.0, 1.0] * 8)
    nobody = np.zeros(16, dtype=np.bool_)
    # Each variance is 1 in all: of these 0.36 are the error's.
    assert excess_deviation(values, nobody, np.full(16, 0.36)) == pytest.approx(0.8, abs=1e-4)
    assert excess_deviation(values, nobody, np.full(16, 4.0)) == 0
    assert excess_deviation(values, ~nobody, np.zeros(16)) is None


def test_the_error_of_one_effect_is_that_of_the_posterior() -> None:
    found = procedure(_needs(0, 1, 2), {"all": 2})
    error = FitError(found)
    three = 1 / (3 / SCATTER**2 + 1 / 2**2)
    assert error.variances(error.weights, np.arange(3)) == pytest.approx([three] * 3)
    one = 1 / (1 / SCATTER**2 + 1 / 2**2)
    assert error.variances(np.array([1.0, 0, 0]), np.array([2])) == pytest.approx([one])
    assert error.variances(np.zeros(3), np.array([2])) == pytest.approx([4])


def test_an_effect_that_is_left_out_errs_by_all_of_it() -> None:
    found = procedure(_needs(0, 1), {"all": 1, "cell": 1}, cell_from=5)
    error = FitError(found)
    # Marginal costs have no effect of their cell, which so moves 110 of 150 tokens.
    part = float(error.slopes[0].min())
    told = 2 / SCATTER**2
    kept = told / (told + 1)
    truth = (1 - kept) ** 2 + ((1 - kept) * part) ** 2 + kept**2 * SCATTER**2 / 2
    assert error.variances(error.weights, np.array([0])) == pytest.approx([truth])


def _of(found: MoreCalls, cell: tuple[str, str]) -> CellDeviation:
    (one,) = (one for one in found.cells if one.cell == cell)
    return one


def test_more_calls_lessen_the_error_and_nothing_else() -> None:
    needs = [0, 0.1, -0.1, 0.3, -0.3, 0.2, -0.2, 0, 0.1, -0.1]
    found = more_calls(procedure(_needs(*needs), {"all": 1}))
    low = _of(found, ("tests", "low"))
    assert (low.calls, low.phases, low.own) == (10, 10, True)
    assert low.scatter is not None
    assert low.scatter.freedom == 9
    for calls, variance in zip((0, *MORE), low.errors, strict=True):
        assert variance == pytest.approx(1 / ((10 + calls) / SCATTER**2 + 1))
    least = hypot(low.scatter.deviation, found.formula)
    assert low.least == pytest.approx(least, abs=1e-6)
    assert low.sigmas[0] == pytest.approx(sqrt(least**2 + low.errors[0]), abs=1e-6)
    # All cells are one number here, so that one without calls knows what they told.
    assert _of(found, ("docs", "high")).errors == pytest.approx(low.errors)
    assert len(found.cells) == 8
    # Calls alike are all there are: nothing is left for the formula to miss.
    assert found.formula < 0.05
    assert found.expected == pytest.approx(
        sqrt(found.around**2 + 1 / (9 / SCATTER**2 + 1)), abs=1e-6
    )
    assert found.seen == pytest.approx(hypot(found.around, 0.13), abs=0.1)


@pytest.mark.parametrize(
    ("asked", "reach", "by_alike"),
    [(0.25, "like-calls", "like-calls"), (0.35, "formula", 5), (0.52, 10, 0), (0.51, "more", 0)],
)
def test_what_is_asked_is_reached_by_more_calls_or_by_none(
    asked: float, reach: object, by_alike: object
) -> None:
    errors = (0.09, 0.0225, 0.0144, 0.0144, 0.0144)
    cell = CellDeviation(("a", "b"), 3, 2, Scatter(0.3, 9), False, 0.4, errors)
    assert cell.least == 0.5
    assert cell.sigmas[:2] == pytest.approx((sqrt(0.34), sqrt(0.2725)), abs=1e-6)
    assert cell.reach(asked) == reach
    assert cell.reach_by_alike(asked) == by_alike


def test_without_unseen_calls_the_stated_scatter_stands_for_what_is_seen() -> None:
    one_phase = procedure(_needs(0, 1, phases="aa"), {"all": 1})
    found = more_calls(one_phase)
    assert (found.seen, found.expected, found.alike) == (None, None, None)
    assert found.formula == found.around == SCATTER
    nothing = more_calls(procedure([], {"all": 1}))
    assert nothing.formula == SCATTER
    assert nothing.cells == ()


def test_a_call_that_was_cut_off_counts_with_what_it_had_reached() -> None:
    calls = [*_needs(0, 0.2), cut_off(7, 2000, phase_id="z")]
    found = _scatter(procedure(calls, {"all": 1}, level=Fraction(1, 2)))
    assert found is not None
    values = [0, 0.2, log(2)]
    assert found.deviation == pytest.approx(np.std(values, ddof=1), abs=1e-3)
