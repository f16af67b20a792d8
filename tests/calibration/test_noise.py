"""The distribution of simulated calls: closed forms, and what is drawn from it."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.noise import Noise

DEVIATIONS = st.floats(0.01, 2)


def test_effects_of_call_phase_and_run_add_up() -> None:
    # sqrt(0.3² + 0.4² + 1.2²) = 1.3; nine in ten of a normal lie below 1.2816 deviations.
    noise = Noise(0.3, phase_effect=0.4, run_effect=1.2)
    assert noise.factor(0.9) == pytest.approx(exp(1.2815515655 * 1.3))
    assert noise.factor(0.5) == pytest.approx(1)


def test_a_heavy_tail_has_the_same_deviation() -> None:
    # Nine in ten of a t with 4 degrees of freedom lie below 1.5332; its deviation is sqrt(2).
    assert Noise(0.4, tail=4).factor(0.9) == pytest.approx(exp(0.4 * 1.5332063 / sqrt(2)))
    # With many degrees of freedom it is a normal, also with what calls share.
    shared = Noise(0.3, tail=1e6, phase_effect=0.4)
    assert shared.factor(0.9) == pytest.approx(exp(1.2815515655 * 0.5), rel=1e-5)


def test_without_any_effect_every_call_is_typical() -> None:
    assert Noise(0).factor(0.9) == pytest.approx(1)
    assert Noise(0, tail=3).factor(0.1) == pytest.approx(1)
    assert Noise(0, tail=3, phase_effect=1).factor(0.9) == pytest.approx(exp(1.2815515655))


@given(DEVIATIONS, st.none() | st.floats(2.1, 30), st.floats(0, 1), st.floats(0.05, 0.95))
def test_the_share_below_a_quantile_is_its_share(
    scatter: float, tail: float | None, shared: float, share: float
) -> None:
    noise = Noise(scatter, tail, phase_effect=shared)
    assert noise.share_below(log(noise.factor(share))) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("noise", [Noise(0.4), Noise(0.4, tail=3, run_effect=0.3)])
def test_what_is_drawn_lies_below_as_often_as_is_said(noise: Noise) -> None:
    random = np.random.RandomState(5)
    drawn = noise.of_calls(random, 40_000) + noise.run_effect * random.standard_normal(40_000)
    for share in (0.1, 0.5, 0.9, 0.99):
        assert (drawn <= log(noise.factor(share))).mean() == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scatter": -0.1}, "scatter is -0.1; a standard deviation is between 0 and 10"),
        ({"scatter": 1, "run_effect": float("nan")}, "run_effect is nan"),
        ({"scatter": 1, "phase_effect": 11.0}, "phase_effect is 11.0"),
        ({"scatter": 1, "tail": 2}, "tail is 2; a Student t has a standard deviation above 2"),
    ],
)
def test_what_is_no_distribution_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Noise(**fields)
