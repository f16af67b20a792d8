"""A budget: the prediction, kept between what a caller needs at least and can give at most."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.estimate import Breakdown, Estimate, Interval, RetryPart
from coefgate.core.quantiles import Quantile

bounds = st.none() | st.integers(0, 100_000)


def _estimate(tokens: int, *quantiles: tuple[float, float]) -> Estimate:
    return Estimate(
        tokens,
        Interval(tokens, tokens, None),
        1.0,
        "exact",
        Breakdown(tokens, (), 1.0),
        "1.0.0",
        "sha256:0",
        tuple(Quantile(*one) for one in quantiles),
    )


STATED = ((0.1, 0.4), (0.5, 0.8), (0.9, 1.001), (0.95, 1.5))


@pytest.mark.parametrize(
    ("floor", "ceiling", "budget"),
    [
        (None, None, 2270),
        (1000, None, 2270),
        (4096, None, 4096),
        (None, 8192, 2270),
        (None, 2000, 2000),
        (4096, 8192, 4096),
        (3000, 3000, 3000),
        (0, 0, 0),
    ],
)
def test_lies_between_floor_and_ceiling(
    floor: int | None, ceiling: int | None, budget: int
) -> None:
    assert _estimate(2270).budget(floor=floor, ceiling=ceiling) == budget


@given(st.integers(0, 100_000), bounds, bounds)
def test_moves_the_prediction_no_further_than_it_must(
    tokens: int, floor: int | None, ceiling: int | None
) -> None:
    if floor is not None and ceiling is not None and floor > ceiling:
        with pytest.raises(ValueError, match="the floor is at most the ceiling"):
            _estimate(tokens).budget(floor=floor, ceiling=ceiling)
        return
    budget = _estimate(tokens).budget(floor=floor, ceiling=ceiling)
    assert budget >= (floor or 0)
    assert ceiling is None or budget <= ceiling
    assert budget == tokens or budget in {floor, ceiling}


@pytest.mark.parametrize(
    ("floor", "ceiling", "said"),
    [
        (-1, None, "floor is -1; it is a number of tokens from 0"),
        (None, -8, "ceiling is -8; it is a number of tokens from 0"),
        (5000, 4096, "floor is 5,000 and ceiling is 4,096; the floor is at most the ceiling"),
    ],
)
def test_says_what_is_wrong_with_the_bounds(
    floor: int | None, ceiling: int | None, said: str
) -> None:
    with pytest.raises(ValueError, match="; ") as caught:
        _estimate(2270).budget(floor=floor, ceiling=ceiling)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("risk", "budget"),
    [
        (0.5, 800),
        (0.49, 1001),  # one in two is more than was asked for
        (0.1, 1001),
        (1 - 0.9, 1001),  # a little less than 0.1
        (0.05, 1500),
        (0.9, 800),  # lower ends of intervals are no budget
    ],
)
def test_a_budget_leaves_no_more_than_the_risk(risk: float, budget: int) -> None:
    assert _estimate(1000, *STATED).budget(risk) == budget


def test_a_budget_by_risk_is_rounded_up_and_kept_within_bounds() -> None:
    found = _estimate(999, *STATED)
    assert found.budget(risk=0.1) == 1000  # 999 × 1.001 = 999.999
    assert found.budget(risk=0.1, floor=4096) == 4096
    assert found.budget(risk=0.1, ceiling=512) == 512
    assert found.budget() == 999


@pytest.mark.parametrize(("truncated", "budget"), [(True, 901), (False, 800)])
def test_a_budget_is_above_what_an_attempt_was_cut_off_at(truncated: bool, budget: int) -> None:
    breakdown = Breakdown(1000, (), 1.0, 1.0, RetryPart(900, truncated, 1.1))
    found = replace(_estimate(1000, *STATED), breakdown=breakdown)
    assert found.budget(risk=0.5) == budget
    assert found.budget(risk=0.5, ceiling=512) == 512


def test_the_risks_that_can_be_taken() -> None:
    assert _estimate(1000, *STATED).risks == (0.05, 0.1, 0.5)
    assert _estimate(1000).risks == ()


@pytest.mark.parametrize(
    ("risk", "quantiles", "said"),
    [
        (0.04, STATED, "risk is 0.04, less than the registry 1.0.0 states for this call; the "),
        (0.0, STATED, "risk is 0.0; it is a share of calls between 0 and 1, such as 0.05, 0.1, "),
        (1, STATED, "risk is 1; it is a share of calls between 0 and 1, such as 0.05, 0.1, 0.5"),
        (-0.1, (), "risk is -0.1; it is a share of calls between 0 and 1, such as 0.1 for one "),
        (float("nan"), STATED, "risk is nan; it is a share of calls between 0 and 1, such as 0.0"),
        (0.1, (), "risk is 0.1, and the registry 1.0.0 states no intervals for this call; leave "),
    ],
)
def test_says_what_is_wrong_with_a_risk(
    risk: float, quantiles: tuple[tuple[float, float], ...], said: str
) -> None:
    with pytest.raises(ValueError, match="risk") as caught:
        _estimate(1000, *quantiles).budget(risk)
    assert str(caught.value).startswith(said)
