"""Fits to calls whose truth is known find it again, unless calls that were cut off are ignored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coefgate.calibration.noise import Noise
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.recovery import Recovery, procedure_on, recovery
from coefgate.calibration.simulation import CallModel, draw, drawn_samples
from coefgate.registry.compilation import table_of
from coefgate.replay.counts import predict
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import missed
from tests.calibration.hindsight import moved_to_hit
from tests.calibration.simulations import CELLS, far_tuning, model

A_CELL = 2_000
CUT_OFF = model(Noise(0.4), ceiling=400)


def fitted(of: CallModel, calls: int = A_CELL * len(CELLS)) -> Procedure:
    samples = drawn_samples(of, draw(of, calls, 11), seed=11, paths="real")
    return procedure_on(of, samples, far_tuning())


def without_cut_off(found: Procedure) -> Procedure:
    """The same without the calls that were cut off."""
    return replace(found, evidence=Evidence(found.evidence.given, {"eligible"}))


def recovered(of: CallModel, found: Procedure) -> Recovery:
    unseen = replace(of, calls_per_phase=1, phases_per_run=1)
    return recovery(of, found, draw(unseen, 20_000, 11, stream=1))


def assert_is_the_truth(found: Recovery) -> None:
    assert len(found.cells) == len(CELLS)
    assert [one.fitted for one in found.cells] == pytest.approx(
        [one.true for one in found.cells], rel=0.05
    )
    assert found.interval_80 == pytest.approx(0.8, abs=0.02)
    assert found.interval_90 == pytest.approx(0.9, abs=0.02)
    assert found.budget_90 == pytest.approx(0.9, abs=0.02)
    assert float(found.figures.underestimation_rate) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(model(Noise(0.4)), id="normal"),
        pytest.param(CUT_OFF, id="ceiling"),
        pytest.param(model(Noise(0.4, tail=3), ceiling=400), id="heavy-tail-and-ceiling"),
        pytest.param(
            model(Noise(0.3, phase_effect=0.2, run_effect=0.1), calls_per_phase=2), id="phases"
        ),
    ],
)
def test_two_thousand_calls_a_cell_find_the_truth_again(of: CallModel) -> None:
    found = fitted(of)
    if of.ceiling:
        assert 0.1 < found.evidence.censored.mean() < 0.3
    assert_is_the_truth(recovered(of, found))


@pytest.mark.parametrize("noise", [Noise(0.4), Noise(0.4, tail=3)])
def test_without_the_calls_that_were_cut_off_it_is_not_found(noise: Noise) -> None:
    of = replace(CUT_OFF, noise=noise)
    found = recovered(of, without_cut_off(fitted(of)))
    with pytest.raises(AssertionError):
        assert_is_the_truth(found)
    assert all(one.fitted is not None and one.fitted < 0.95 * one.true for one in found.cells)
    assert found.interval_90 is not None
    assert found.interval_90 < 0.86
    assert found.figures.underestimation_rate > 0.14


def test_of_a_phase_one_call_that_was_cut_off_counts_and_with_many_a_phase_that_misleads() -> None:
    of = replace(CUT_OFF, calls_per_phase=4)
    found = fitted(of)
    assert sum(one.status == "duplicate" for one in found.evidence.given) > 400
    told = recovered(of, found)
    assert min((one.fitted or 0) / one.true for one in told.cells) < 0.95
    assert 0.11 < told.figures.underestimation_rate < 0.15


def test_overheads_that_were_moved_to_hit_stored_calls_miss_others() -> None:
    of = model(Noise(0.4))
    known = fitted(of, 8).evidence  # two a cell
    moved = table_of(moved_to_hit(of.truth, known))
    assert not missed(known.calls(moved)).any()
    fresh = draw(of, 20_000, 11, stream=1)
    assert (fresh.need > predict(of.counts, moved)[fresh.asked]).mean() > 0.2


def test_few_calls_state_no_interval_of_nine_in_ten() -> None:
    of = model(Noise(0.4))
    found = recovered(of, fitted(of, 8))  # 8 of 9 are less than 0.9
    assert (found.interval_80, found.interval_90, found.budget_90) == (None, None, None)
    assert all(one.fitted for one in found.cells)


def test_where_too_many_were_cut_off_no_quantile_is_found() -> None:
    of = model(Noise(0.4), ceiling=60)
    found = recovered(of, fitted(of, 60))
    assert [one.fitted for one in found.cells] == [None] * len(CELLS)
    assert found.budget_90 is None


def test_a_fit_is_held_against_at_least_one_call() -> None:
    of = model(Noise(0.4))
    with pytest.raises(ValueError, match="no fresh call"):
        recovery(of, fitted(of, 8), draw(of, 0, 1))
