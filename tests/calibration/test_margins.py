"""Margins that calls left out ask for: one for all cells, or one for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import log

import numpy as np
import pytest

from coefgate.calibration.margins import MARGIN, Needs, margins_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from tests.calibration.builders import free, tuning
from tests.registry.builders import value

DOCS, TESTS = ("docs", "low"), ("tests", "low")
DOCS_MARGIN, TESTS_MARGIN = Key("margin", DOCS), Key("margin", TESTS)


def _needs(
    docs: Sequence[float], tests: Sequence[float] = (), phase: Sequence[int] | None = None
) -> Needs:
    """Calls that needed so many times what was predicted, each a phase unless ``phase`` says."""
    return Needs(
        np.log(np.array([*docs, *tests])),
        np.zeros(len(docs) + len(tests), dtype=np.bool_),
        np.array(range(len(docs) + len(tests)) if phase is None else phase, dtype=np.intp),
        np.array([0] * len(docs) + [1] * len(tests), dtype=np.intp),
        (DOCS, TESTS),
    )


def _with_cells(kind: str = "fit") -> Coefficients:
    return replace(
        free(),
        cell_margins={
            DOCS: value("margin.docs.low", Fraction("1.5"), kind=kind),
            TESTS: value("margin.tests.low", Fraction("1.5"), kind=kind),
        },
    )


def test_one_margin_covers_the_level_in_every_cell_whose_margin_is_fitted() -> None:
    found = margins_of(_needs([1, 2, 3]), _with_cells(), tuning({}))
    assert found.factors == {MARGIN: 2, DOCS_MARGIN: 2, TESTS_MARGIN: 2}
    assert margins_of(_needs([1, 2, 3]), _with_cells("prior"), tuning({})).factors == {MARGIN: 2}


def test_adaptive_margins_fall_with_the_calls_of_a_cell() -> None:
    at = tuning({}, margins="adaptive", cell_from=5)

    def of_docs(calls: Sequence[float]) -> Fraction:
        return margins_of(_needs(calls, [9] * 4), _with_cells(), at).factors[DOCS_MARGIN]

    assert of_docs([1.1] * 4) == Fraction("1.3")
    assert of_docs([1.1] * 5) == Fraction("1.2")
    assert of_docs([1.1] * 7) == Fraction("1.2")
    # From eight calls on what the level of them needed, where that is lower.
    assert of_docs([1.1] * 8) == Fraction("1.1")
    assert of_docs([0.5] * 8) == 1
    assert of_docs([9] * 8) == Fraction("1.2")


def test_adaptive_margins_scale_nothing_and_leave_the_default_for_cells_without_calls() -> None:
    found = margins_of(_needs([0.5] * 9), _with_cells(), tuning({}, margins="adaptive"))
    assert (found.scale, found.factors[MARGIN]) == (1.0, Fraction("1.3"))
    assert found.factors[TESTS_MARGIN] == Fraction("1.3")


def test_a_moving_average_is_not_scaled() -> None:
    needs = _needs([0.4, 0.5, 0.6])
    assert margins_of(needs, free(), tuning({})).scale == pytest.approx(0.5)
    smoothed = margins_of(needs, free(), tuning({}, ema=Fraction(3, 10)))
    assert smoothed.scale == 1
    assert smoothed.factors[MARGIN] == 1


def test_without_calls_no_margin_can_be_measured() -> None:
    assert margins_of(_needs([]), _with_cells(), tuning({})).factors == {}
    assert _needs([]).factor(Fraction(1, 2)) is None
    assert _needs([4, 4]).factor(Fraction(1, 2)) == pytest.approx(4)
    assert log(4) == pytest.approx(_needs([4]).residual[0])


def test_calls_of_one_phase_measure_no_margin_and_scale_nothing() -> None:
    few = {"one-phase": _needs([0.1, 0.2, 0.3], phase=[7, 7, 7]), "no-calls": _needs([])}
    for why, needs in few.items():
        found = margins_of(needs, _with_cells(), tuning({}))
        assert (found.factors, found.scale, found.unmeasured) == ({}, 1.0, why)
    two = margins_of(_needs([0.1, 0.2, 0.3], phase=[7, 7, 8]), _with_cells(), tuning({}))
    assert two.scale == pytest.approx(0.2)
    assert two.unmeasured is None


def test_a_cell_of_one_phase_does_not_lower_its_adaptive_margin() -> None:
    at = tuning({}, margins="adaptive")
    alone = _needs([1.1] * 8, [9, 9], phase=[1] * 8 + [2, 3])
    found = margins_of(alone, _with_cells(), at)
    assert found.factors[DOCS_MARGIN] == Fraction("1.2")


def test_a_level_that_no_margin_reaches_is_told() -> None:
    beyond = margins_of(_needs([0.1, 1785.714, 1785.714]), free(), tuning({}))
    assert beyond.factors[MARGIN] == 10
    assert beyond.asked == pytest.approx(1785.714)
    assert margins_of(_needs([10, 10]), free(), tuning({})).asked is None


def test_why_a_fitted_margin_stays() -> None:
    needs = _needs([1, 2, 3])
    cut_off = replace(needs, censored=np.ones(3, dtype=np.bool_))
    assert margins_of(cut_off, free(), tuning({})).unmeasured == "cut-off"
    margin = replace(free().default_margin, basis=value("margin.default", 1, kind="prior").basis)
    held = replace(_with_cells(), default_margin=margin)
    assert margins_of(needs, held, tuning({})).unmeasured == "default-held"
    everything = replace(_with_cells("prior"), default_margin=margin)
    assert margins_of(needs, everything, tuning({})).unmeasured is None
