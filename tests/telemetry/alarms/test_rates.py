from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, t

from coefgate.telemetry.alarms.rates import chance_of_mean, chance_of_share, holm
from coefgate.telemetry.phase_intervals import PhaseSizes


def test_of_calls_that_are_alone_it_is_nearly_the_binomial_tail() -> None:
    hits = np.arange(2000) < 130
    phases = PhaseSizes.of_calls(np.arange(2000))
    found = chance_of_share(0.065, 0.05, hits, phases)
    assert found == pytest.approx(binom.sf(129, 2000, 0.05), rel=0.1)


def test_calls_of_one_phase_say_less() -> None:
    hits = np.arange(400) < 40
    alone = chance_of_share(0.1, 0.05, hits, PhaseSizes.of_calls(np.arange(400)))
    in_tens = chance_of_share(0.1, 0.05, hits, PhaseSizes.of_calls(np.arange(400) // 10))
    assert alone < 0.001
    assert in_tens > 0.02


def test_few_large_phases_do_not_say_much_however_many_small_ones_there_are() -> None:
    """Three of sixty calls, two thirds of one missed, beside thirty of a call each."""
    phases = PhaseSizes.of_calls(np.r_[np.repeat([0, 1, 2], 60), np.arange(3, 33)])
    hits = np.zeros(210, dtype=np.bool_)
    hits[:40] = hits[60:75] = hits[120:135] = True
    assert phases.effective == pytest.approx(210**2 / (3 * 3600 + 30))
    assert chance_of_share(float(hits.mean()), 0.1, hits, phases) > 0.05
    one_large = PhaseSizes.of_calls(np.r_[np.zeros(10**5, dtype=np.intp), 1])
    missed = np.r_[np.zeros(10**5 - 1, dtype=np.bool_), True, True]
    assert 0 < chance_of_share(float(missed.mean()), 0.05, missed, one_large) <= 1
    assert 0 < chance_of_mean(np.where(missed, 90.0, 49.0), 48, one_large) <= 1


def test_nothing_speaks_against_no_hit_or_a_limit_of_all() -> None:
    phases = PhaseSizes.of_calls(np.arange(100))
    assert chance_of_share(0.0, 0.05, np.zeros(100, dtype=np.bool_), phases) == 1
    assert chance_of_share(1.0, 1.0, np.ones(100, dtype=np.bool_), phases) == 1


def test_one_phase_says_as_much_as_one_call() -> None:
    phases = PhaseSizes.of_calls(np.zeros(100, dtype=np.intp))
    assert chance_of_share(1.0, 0.05, np.ones(100, dtype=np.bool_), phases) == pytest.approx(0.05)
    assert chance_of_mean(np.full(100, 60.0), 50, phases) == 1


def test_a_mean_is_held_against_its_error_over_phases() -> None:
    values = np.tile([40.0, 80.0], 50)  # mean 60, deviation 20: its error is 20 / √99
    phases = PhaseSizes.of_calls(np.arange(100))
    assert chance_of_mean(values, 57, phases) == pytest.approx(t.cdf(-3 / (20 / 99**0.5), 99))
    assert chance_of_mean(np.full(100, 60.0), 57, phases) == 0
    assert chance_of_mean(np.full(100, 60.0), 60, phases) == 1


def test_several_questions_are_corrected_as_holm_does() -> None:
    # Sorted 0.01, 0.02, 0.03: times 3, 2, 1, and never less than the one before.
    assert holm([0.02, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
