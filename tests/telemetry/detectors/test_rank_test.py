"""The rank test: by hand, against all permutations, against scipy, and how often it errs."""

from __future__ import annotations

from itertools import combinations
from math import exp

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from coefgate.telemetry.detectors.phase_needs import PhaseNeeds
from coefgate.telemetry.detectors.rank_test import rank_test
from tests.telemetry.detectors.needs import needs


def test_by_hand() -> None:
    # The two that needed most, of five: one of the ten pairs, from either end.
    found = rank_test(needs([4, 5]), needs([1, 2, 3]))
    assert found.p == found.least == pytest.approx(0.2)
    # 4 − 1, 4 − 2, 4 − 3, 5 − 1, 5 − 2, 5 − 3: the middle is 2.5.
    assert found.factor == pytest.approx(exp(2.5))


def test_what_was_cut_off_needed_at_least_as_much() -> None:
    # The one that was cut off at 0 is certainly below none and above none, so it says nothing.
    assert rank_test(needs([0], at_least=[0]), needs([1, 2, 3])).p == 1.0
    # At 3 it lies above all that was complete, as it would with 4.
    at_three = rank_test(needs([3], at_least=[0]), needs([1, 2, 3]))
    assert at_three.p == pytest.approx(rank_test(needs([4]), needs([1, 2, 3])).p) == 0.5
    # Complete at 3 it is equal to the last.
    assert rank_test(needs([3]), needs([1, 2, 3])).p == 1.0


def test_only_phases_of_one_cell_are_held_against_each_other() -> None:
    found = rank_test(needs([9, 9], cell=[0, 0]), needs([1, 2], cell=[1, 1]))
    assert (found.p, found.least, found.factor) == (1.0, 1.0, None)
    # 1 of 2 in either cell is the largest: one of four ways, two-sided a half.
    apart = rank_test(needs([2, 20], cell=[0, 1]), needs([1, 10], cell=[0, 1]))
    assert apart.p == pytest.approx(0.5)


@pytest.mark.parametrize("cut_off", [False, True])
def test_the_chance_is_that_of_all_ways_to_hand_out_the_same_phases(cut_off: bool) -> None:
    random = np.random.default_rng(4)
    every = np.round(random.normal(size=10), 1)
    at_least = np.flatnonzero(random.random(10) < 0.3) if cut_off else np.zeros(0, int)

    def test_of(chosen: tuple[int, ...]) -> tuple[PhaseNeeds, PhaseNeeds]:
        others = [one for one in range(10) if one not in chosen]
        sides = list(chosen), others
        now, before = (
            needs(every[one].tolist(), at_least=np.flatnonzero(np.isin(one, at_least)).tolist())
            for one in sides
        )
        return now, before

    found = np.array([rank_test(*test_of(one)).p for one in combinations(range(10), 4)])
    for level in np.unique(found):
        assert (found <= level + 1e-9).mean() <= level + 1e-9
    assert found.min() <= 4 / 210


def test_as_scipy_without_ties() -> None:
    random = np.random.default_rng(7)
    # 31 phases: weighted scores are whole steps.
    now, before = random.normal(0.5, 1, 9), random.normal(0, 1, 22)
    found = rank_test(needs(now.tolist()), needs(before.tolist()))
    assert found.p == pytest.approx(mannwhitneyu(now, before, method="exact").pvalue)


def test_where_ways_are_too_many_to_count_their_sum_is_normal() -> None:
    random = np.random.default_rng(8)
    now, before = random.normal(0.2, 1, 150), random.normal(0, 1, 300)
    found = rank_test(needs(now.tolist()), needs(before.tolist()))
    normal = mannwhitneyu(now, before, method="asymptotic").pvalue
    assert found.p == pytest.approx(normal, rel=0.1)
    # However far apart they are, it is above nothing.
    apart = rank_test(needs((now + 50).tolist()), needs(before.tolist()))
    assert 0 < apart.p < 1e-15
    few = rank_test(needs(before.tolist()), needs((now - 50).tolist()))
    assert few.p < 1e-15
    assert few.factor is not None
    assert few.factor > 1
