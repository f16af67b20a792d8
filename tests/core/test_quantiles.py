"""Quantiles of several scopes: which of them serves, and the interval that they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.quantiles import interval_factors, serving_quantiles

stated = st.dictionaries(st.integers(1, 999), st.integers(0, 100_000), max_size=8).map(
    lambda drawn: dict(zip(sorted(drawn), sorted(drawn.values()), strict=True))
)


@given(st.lists(stated, max_size=3))
def test_factors_rise_and_the_narrowest_scope_is_left_as_it_is(
    scopes: list[dict[int, int]],
) -> None:
    serving = serving_quantiles(scopes)
    assert set(serving) == {share for scope in scopes for share in scope}
    assert list(serving) == sorted(serving)
    assert list(serving.values()) == sorted(serving.values())
    if scopes:
        assert serving.items() >= scopes[0].items()


def test_what_a_wider_scope_adds_is_kept_between_its_neighbours() -> None:
    narrow = {500: 1000, 900: 1200}
    wide = {100: 1100, 500: 50, 800: 2000, 950: 1150, 990: 3000}
    assert serving_quantiles([narrow, wide]) == {
        100: 1000,  # not above what half of these calls need
        500: 1000,
        800: 1200,
        900: 1200,
        950: 1200,  # not below what nine in ten need
        990: 3000,
    }


@pytest.mark.parametrize(
    ("shares", "interval"),
    [
        ((50, 100, 500, 900, 950), (100, 900, 0.8)),
        ((50, 100, 250, 750, 900, 950), (100, 900, 0.8)),
        ((250, 750, 950), (250, 750, 0.5)),
        ((10, 50, 950, 990), (50, 950, 0.9)),  # none of at most 80 %: the narrowest
        ((100, 500, 950), (1000, 1000, None)),
        ((500,), (1000, 1000, None)),
        ((), (1000, 1000, None)),
    ],
)
def test_an_interval_is_the_widest_of_at_most_four_in_five_calls(
    shares: tuple[int, ...], interval: object
) -> None:
    assert interval_factors({share: share for share in shares}) == interval
