"""How predictions get better with the phases, or runs, that are fitted on."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from coefgate.calibration.fit_figures import columns
from coefgate.calibration.learning_curve import expected_ahead, learning_curve
from coefgate.calibration.leave_out import Unit
from coefgate.calibration.procedure import Procedure
from coefgate.replay.phase_draws import phase_keys, phase_orders
from coefgate.samples.model import Sample
from tests.calibration.builders import procedure
from tests.replay.builders import sample


def _calls() -> list[Sample]:
    random = np.random.RandomState(7)
    needs = np.exp(random.standard_normal(48) * 0.4)
    return [
        sample(
            n,
            round(need * 300 * (1 + n % 3)),
            category=("tests", "docs")[n % 2],
            complexity=("low", "medium", "high")[n % 3],
            phase_id=f"p{n // 2}",
            run_id=f"r{n // 6}",
        )
        for n, need in enumerate(needs.tolist())
    ]


def _found(calls: list[Sample]) -> Procedure:
    return procedure(calls, {"all": 1, "complexity": 1, "category": 1}, cell_from=4)


@pytest.mark.parametrize(("unit", "groups"), [("phase", 24), ("run", 8)])
def test_a_curve_ends_at_the_figures_that_are_told_elsewhere(unit: Unit, groups: int) -> None:
    found = _found(_calls())
    curve = learning_curve(found, unit, 0.4)
    sizes = [one.groups for one in curve]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == groups - 1
    (column,) = (
        one
        for one in columns(found.registry, found)
        if (one.predictor, one.seen) == ("procedure", f"unseen-{unit}")
    )
    assert curve[-1].spread == column.spread
    assert curve[-1].sigmas is None
    for one in curve[:-1]:
        assert one.sigmas is not None
        assert one.spreads is not None
        assert one.sigmas[0] <= one.sigmas[1]
    assert curve[0].sigma > curve[-1].sigma
    assert curve[0].expected > curve[-1].expected


def test_a_curve_depends_on_no_order_of_calls() -> None:
    calls = _calls()
    mixed = [calls[at] for at in np.random.RandomState(1).permutation(len(calls))]
    one, other = (learning_curve(_found(each), "phase", 0.4) for each in (calls, mixed))
    for left, right in zip(one, other, strict=True):
        assert left.sigma == pytest.approx(right.sigma, abs=1e-5)
        assert left.spread == pytest.approx(right.spread, abs=1e-5)


def test_calls_of_one_phase_have_no_curve() -> None:
    assert learning_curve(_found([sample(1, 300, phase_id="a")]), "phase", 0.4) == ()
    assert learning_curve(_found([]), "run", 0.4) == ()
    two = [sample(n, 300 + n, phase_id=str(n)) for n in range(2)]
    assert [one.groups for one in learning_curve(_found(two), "phase", 0.4)] == [1]


def test_of_the_same_calls_again_half_of_the_error_is_left() -> None:
    found = procedure([sample(n, 300, phase_id=str(n)) for n in range(5)], {"all": 10})
    expected = [sqrt(0.09 + 1 / (5 * times / 0.16 + 0.01)) for times in (1, 2, 4)]
    phases, deviations = zip(*expected_ahead(found, 0.3), strict=True)
    assert phases == (5, 10, 20)
    assert deviations == pytest.approx(expected, abs=1e-6)
    assert expected_ahead(_found([]), 0.3) == ()


def test_a_further_phase_changes_no_order_of_two_others() -> None:
    keys = phase_keys([("a", str(n)) for n in range(40)])
    whole, few = phase_orders(keys, 30, seed=3), phase_orders(keys[:39], 30, seed=3)
    for one, other in zip(whole.tolist(), few.tolist(), strict=True):
        assert [at for at in one if at != 39] == other
    # Each is first about as often.
    many = phase_orders(keys[:4], 4000, seed=3)
    assert np.bincount(many[:, 0]) == pytest.approx([1000] * 4, rel=0.1)
