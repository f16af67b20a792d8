"""A budget: the prediction, kept between what a caller needs at least and can give at most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.estimate import Breakdown, Estimate, Interval

bounds = st.none() | st.integers(0, 100_000)


def _estimate(tokens: int) -> Estimate:
    return Estimate(
        tokens,
        Interval(tokens, tokens, None),
        1.0,
        "exact",
        Breakdown(tokens, (), 1.0),
        "1.0.0",
        "sha256:0",
    )


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
