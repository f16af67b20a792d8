"""What limits ask for, what calls show, and the standard deviation of calls some of which end."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm

from coefgate.replay.attainability import COMPARED, attainability, mean_smape, room
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Floats
from coefgate.replay.scores import Unseen, replay
from coefgate.replay.smallest_rise import smallest_rise
from coefgate.replay.tobit import tobit_deviation
from coefgate.reports.pages.attainability import attainability_dict, attainability_lines
from tests.replay.builders import calls, predicted, sample, table

LIMITS = {
    "smape_mean": (Fraction(50),),
    "underestimation_kaplan_meier": (Fraction(1, 10),),
    "waste_median": (Fraction(1), Fraction(3, 2)),
    "waste_p90": (Fraction(3),),
}


def _room(**others: tuple[Fraction, ...]) -> dict[str, float | None]:
    return dict(room(*({**LIMITS, **others}[metric] for metric in COMPARED)))


def test_limits_leave_room_for_so_much() -> None:
    # z(0.9) = 1.281552. The median waste is e^(z × sigma): ln(1.5) / z = 0.405465 / 1.281552. Its
    # P90 is e^(2 × z × sigma): ln(3) / 2.563103 = 1.098612 / 2.563103.
    found = _room()
    assert found["waste_median"] == pytest.approx(0.405465 / 1.281552, abs=2e-6)
    assert found["waste_p90"] == pytest.approx(1.098612 / 2.563103, abs=2e-6)
    assert found["smape_mean"] == pytest.approx(0.3818, abs=5e-5)
    draws = np.random.default_rng(1).normal(-1.281552 * 0.3818, 0.3818, 400_000)
    assert 200 * np.abs(np.tanh(draws / 2)).mean() == pytest.approx(50, abs=0.2)


def test_without_a_deviation_smape_is_that_of_the_margin() -> None:
    # Predicted 1.5 times the need: 200 × 0.5 / 2.5.
    assert mean_smape(log(1.5), 0) == pytest.approx(40)


def test_limits_that_leave_room_for_any_and_for_none() -> None:
    half = (Fraction(1, 2),)  # half of the calls may be underestimated: no margin is asked for
    assert _room(underestimation_kaplan_meier=half)["waste_median"] is None
    assert _room(waste_median=(Fraction(2), Fraction(3)), smape_mean=(Fraction(60),)) == {
        "smape_mean": 0,  # a median of 2 has a SMAPE of 66.7
        "waste_median": pytest.approx(log(3) / 1.281552, abs=2e-6),
        "waste_p90": pytest.approx(log(1.5) / 1.281552, abs=2e-6),
    }


@pytest.mark.parametrize(
    ("rate", "phases", "rise"),
    [
        # From no miss on, one is enough: 1 − (1 − p)^10 = 0.8.
        (0.0, 10, 1 - 0.2**0.1),
        # Two of three come by chance in 10.4 %, three in 0.8 %: p³ = 0.8.
        (0.2, 3, 0.8 ** (1 / 3) - 0.2),
        # One of one comes by chance in 4 %, or in 10 %.
        (0.04, 1, 0.8 - 0.04),
        (0.1, 1, None),
        (1.0, 20, None),
    ],
)
def test_rises_that_show(rate: float, phases: int, rise: float | None) -> None:
    found = smallest_rise(rate, phases)
    assert found == (None if rise is None else pytest.approx(rise, abs=2e-6))


@given(st.integers(1, 80), st.floats(0, 0.9))
@settings(max_examples=50)
def test_a_rise_that_shows_has_its_power(phases: int, rate: float) -> None:
    found = smallest_rise(rate, phases)
    if found is None:
        return

    def at_least(least: int, share: float) -> float:
        ways = ((comb(phases, k), k) for k in range(least, phases + 1))
        return sum(way * share**k * (1 - share) ** (phases - k) for way, k in ways)

    least = next(k for k in range(phases + 2) if at_least(k, rate) <= 0.05)
    assert at_least(least, rate + found) == pytest.approx(0.8, abs=1e-4)


def test_deviations_of_complete_and_cut_off_calls() -> None:
    assert tobit_deviation(np.array([-log(2), log(2)]), np.zeros(2, bool)) == 0.693147
    # What needed at least less than all others says nothing.
    few = np.array([1.0, 1.0, 0.5])
    assert tobit_deviation(few, few == 0.5) == 0
    assert tobit_deviation(few[1:], few[1:] == 0.5) is None


@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=12, unique=True),
    st.lists(st.floats(-3, 3), max_size=6),
)
@settings(max_examples=30, deadline=None)
def test_no_other_deviation_is_likelier(complete: list[float], cut_off: list[float]) -> None:
    whole, ends = np.round(complete, 3), np.round(cut_off, 3)
    if whole.std() < 0.05:
        return

    def against(at: Floats) -> float:
        scale = np.exp(at[1])
        seen = norm.logpdf(whole, at[0], scale).sum()
        return float(-seen - norm.logsf(ends, at[0], scale).sum())

    options = {"xatol": 1e-8, "fatol": 1e-11, "maxiter": 4000}
    start = [whole.mean(), log(whole.std())]
    best = minimize(against, start, method="Nelder-Mead", options=options)
    values = np.concatenate([whole, ends])
    found = tobit_deviation(values, np.arange(len(values)) >= len(whole))
    assert found == pytest.approx(float(np.exp(best.x[1])), rel=1e-3)


def test_calls_that_were_not_seen_are_asked_first() -> None:
    # 1,100 tokens are predicted; needs of 550 and 2,200 are ln 2 away from it on either side.
    stored = [sample(n, 550 if n % 2 else 2200) for n in range(12)]
    scores = replay(predicted(stored, table()))
    found = attainability(scores, LIMITS)
    assert found is not None
    assert (found.measured_on, found.sigma, found.phases) == ("fitted", 0.693147, 12)
    # Of 12 half is missed; the median waste of 1.25 may lie anywhere between 0.5 and 2.
    assert found.undecided == ("waste_median",)
    assert found.strictest == ("waste_median", 0.316386)
    run = Figures.of(calls([(1000, 1000 if n % 2 else 2718) for n in range(12)], phases=range(12)))
    held_out = Unseen(phase=None, run=run, has=np.ones(12, dtype=np.bool_), reasons={})
    unseen = attainability(replace(scores, unseen=held_out), LIMITS)
    assert unseen is not None
    assert unseen.measured_on == "unseen_run"
    assert unseen.sigma == pytest.approx(0.5, abs=1e-4)


def test_what_is_said_of_them() -> None:
    stored = [sample(n, 550 if n % 2 else 2200) for n in range(12)]
    found = attainability(replay(predicted(stored, table())), LIMITS)
    # Half of 12 are missed: ten or more come by chance in 79 of 4,096, nine in 299. Ten come four
    # times in five from 0.869 on.
    assert list(attainability_lines(found)) == [
        (
            "attainability: residual sigma 0.693 on fitted predictions; the limits ask for 0.316 "
            "or less (waste ratio median; SMAPE mean 0.382, waste ratio P90 0.429)"
        ),
        (
            "not decided by these calls: waste ratio median; a rise of underestimation by 36.9 "
            "points would show with 80% power on 12 phases"
        ),
    ]
    document = attainability_dict(found)
    assert document is not None
    assert (document["asked_by"], document["asked_sigma"]) == ("waste_median", 0.316386)


def test_without_a_scored_call_nothing_is_said() -> None:
    cut_off = [sample(1, 700, truncated=True)]
    found = attainability(replay(predicted(cut_off, table())), LIMITS)
    assert found is None
    assert list(attainability_lines(found)) == []
    assert attainability_dict(found) is None
