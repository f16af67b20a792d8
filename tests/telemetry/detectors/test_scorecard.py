"""The scorecard of docs/reference/detectors.md: what it says is what is measured."""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import pytest

from benchmarks.detectors import (
    ALL_OF_OURS,
    OURS,
    PAGE,
    RESULTS,
    SHIFTED,
    STEADY,
    Outcomes,
    Plan,
    drawn,
    first_alarm,
    page_with,
)

OUTCOMES: Final[Outcomes] = json.loads(RESULTS.read_text("utf-8"))
"""By plan and detector the first alarm of each year."""


def test_the_page_has_the_figures_of_the_last_measurement() -> None:
    page = PAGE.read_text("utf-8")
    assert page_with(OUTCOMES, page) == page
    assert {*OUTCOMES} == {plan.name for plan in (*STEADY, *SHIFTED)}


@pytest.mark.parametrize("heavy", [False, True])
def test_of_a_hundred_steady_years_five_at_most_have_a_false_alarm_of_ours(heavy: bool) -> None:
    firsts = OUTCOMES[Plan(heavy=heavy).name][ALL_OF_OURS]
    assert len(firsts) >= 100
    assert sum(one is not None for one in firsts) <= 0.05 * len(firsts)


@pytest.mark.parametrize(
    ("plan", "name", "seed"),
    [
        (Plan(factor=2.0), "drift", 0),
        (Plan(factor=1.5, heavy=True), "drift", 1),
        (Plan(factor=2.0), "release, missed", 0),
        (Plan(factor=1.5, heavy=True), "release, missed", 2),
        (Plan(factor=2.0), "release, cut off", 1),
        (Plan(), "release, missed", 0),
        (Plan(heavy=True), "release, cut off", 1),
    ],
)
def test_a_year_measured_again_has_the_same_first_alarm(plan: Plan, name: str, seed: int) -> None:
    assert first_alarm(OURS[name], plan, seed) == OUTCOMES[plan.name][name][seed]


@pytest.mark.parametrize("heavy", [False, True])
def test_what_is_planted_is_what_the_page_says(heavy: bool) -> None:
    years = [drawn(seed, Plan(heavy=heavy)) for seed in range(40)]
    missed = np.mean([(year.residual > 0).mean() for year in years])
    cut_off = np.mean([year.cut_off.mean() for year in years])
    if not heavy:
        assert missed == pytest.approx(0.1, abs=0.02)
        assert cut_off == pytest.approx(0.02, abs=0.01)
    assert all(len(year.week) == 2000 for year in years)
    before, after = (
        np.concatenate([year.residual[year.week >= 12] for year in several])
        for several in (years, [drawn(seed, Plan(heavy=heavy, factor=1.2)) for seed in range(40)])
    )
    # Needs are 1.2 times as large, as far as no reply is cut off.
    assert np.median(after) - np.median(before) == pytest.approx(np.log(1.2))
