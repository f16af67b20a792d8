"""What decides how often a phase is drawn, and how often that is."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest

from coefgate.replay.phase_draws import phase_keys, phase_signs, phase_times

KEYS = phase_keys([("run", f"phase-{number}") for number in range(400)])


def test_a_number_depends_on_the_name_alone() -> None:
    assert phase_keys([("a", "b"), ("c", "d"), ("a", "b")]).tolist() == [
        int(phase_keys([name])[0]) for name in (("a", "b"), ("c", "d"), ("a", "b"))
    ]
    assert len(set(KEYS.tolist())) == 400


def test_neither_other_phases_nor_their_order_redraw_one() -> None:
    whole = phase_times(KEYS, 100, seed=1)
    some = np.array([7, 300, 2])
    assert np.array_equal(phase_times(KEYS[some], 100, seed=1), whole[some])
    # More draws begin with the same ones.
    assert np.array_equal(phase_times(KEYS, 102, seed=1)[:, :100], whole)
    assert not np.array_equal(phase_times(KEYS, 100, seed=2), whole)


@pytest.mark.parametrize("mean", [0.05, 1.0, 4.0])
def test_numbers_are_poisson_ones(mean: float) -> None:
    times = phase_times(KEYS, 2000, seed=5, mean=mean)
    assert times.mean() == pytest.approx(mean, rel=0.01)
    assert times.var() == pytest.approx(mean, rel=0.02)
    for number in range(4):
        expected = mean**number * exp(-mean) / factorial(number)
        assert (times == number).mean() == pytest.approx(expected, abs=0.002)


def test_draws_of_phases_have_nothing_to_do_with_each_other() -> None:
    # Small numbers of phases, as tests have them, as well as hashes; four draws share one hash.
    for keys in (KEYS, np.arange(400)):
        times = phase_times(keys, 2000, seed=5).astype(np.float64)
        between = np.corrcoef(times[:100])
        assert np.abs(between - np.eye(100)).max() < 0.12
        assert np.abs(np.corrcoef(times[:, :100].T) - np.eye(100)).max() < 0.25


def test_frozen_numbers() -> None:
    # Intervals in reports of the same calls stay what they were.
    assert phase_times(KEYS[:2], 12, seed=20251229).tolist() == [
        [0, 0, 1, 2, 0, 1, 1, 0, 1, 0, 4, 1],
        [2, 0, 1, 0, 0, 2, 1, 2, 0, 4, 2, 2],
    ]


def test_signs_are_either_as_often_and_depend_on_the_number_of_the_phase_alone() -> None:
    signs = phase_signs(300, 10_000, seed=20_261_130)
    assert set(np.unique(signs).tolist()) == {-1, 1}
    assert abs(signs.mean()) < 0.002
    assert np.array_equal(phase_signs(20, 10_000, seed=20_261_130), signs[:20])
    assert np.abs(np.corrcoef(signs) - np.eye(300)).max() < 0.06
    # The rule unseen says the same of the same calls for good.
    assert signs[0, :12].tolist() == [-1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, 1]
