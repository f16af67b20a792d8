"""How long following waits between looks."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.runner.pauses import LONGEST, SHORTEST, check_every, pauses


@pytest.mark.parametrize(
    ("draw", "seconds"),
    [(0.0, [0.0, 270.0, 270.0]), (0.5, [2.5, 300.0, 300.0]), (1.0, [5.0, 330.0, 330.0])],
)
def test_the_first_look_comes_soon_and_the_others_give_or_take_a_tenth(
    draw: float, seconds: list[float]
) -> None:
    assert list(islice(pauses(300.0, lambda: draw), 3)) == pytest.approx(seconds)


@given(st.floats(SHORTEST, LONGEST), st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_no_pause_is_far_from_the_period(every: float, draws: list[float]) -> None:
    first, *others = islice(pauses(every, iter(draws).__next__), 5)
    assert 0 <= first <= min(5.0, every / 10)
    assert all(0.89 * every <= pause <= 1.11 * every for pause in others)


def test_every_pause_is_drawn_anew() -> None:
    draws = iter([0.1, 0.2, 0.3, 0.4])
    assert len(set(islice(pauses(300.0, lambda: next(draws)), 4))) == 4


@pytest.mark.parametrize("every", [0.0, -1.0, 0.01, float("nan"), float("inf"), LONGEST + 1])
def test_a_period_is_a_number_of_seconds(every: float) -> None:
    with pytest.raises(ValueError, match=r"it is a number of seconds from 0\.05 to 604800"):
        check_every(every)
