"""Where a number turns the rules: exactly, for every turn that the grid sees."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.whatif.ranges import Range, Statuses, StatusesAt, Stretch, Turn, grid, turning


def _steps(*turns: int) -> StatusesAt:
    """A rule that fails below the first number, passes below the second, and so on."""

    def judge(number: int) -> Statuses:
        return {"smape": "pass" if sum(number >= turn for turn in turns) % 2 else "fail"}

    return judge


def _range(
    judge: StatusesAt,
    low: int,
    high: int,
    start: int,
    *,
    points: int = 50,
    also: tuple[int, ...] = (),
) -> Range:
    return turning(judge, Stretch(low, high), start=start, points=points, also=also)


def test_a_turn_is_found_to_the_token() -> None:
    found = _range(_steps(1234, 56789), 0, 1_000_000, 4000)
    assert found.green == (Stretch(1234, 56788),)
    assert found.turns == (
        Turn("smape", 1234, "fail", "pass"),
        Turn("smape", 56789, "pass", "fail"),
    )
    assert found.looked_at == Stretch(0, 1_000_000)


def test_each_rule_turns_by_itself_and_green_is_where_all_pass() -> None:
    def judge(number: int) -> Statuses:
        return {
            "smape": "pass" if number >= 100 else "fail",
            "underestimation": "fail"
            if number < 150
            else "not-measurable"
            if number < 300
            else "pass",
            "swing": "pass",
        }

    found = _range(judge, 0, 10_000, 200)
    assert found.green == (Stretch(300, 10_000),)
    assert [(turn.rule, turn.at, turn.before, turn.after) for turn in found.turns] == [
        ("smape", 100, "fail", "pass"),
        ("underestimation", 150, "fail", "not-measurable"),
        ("underestimation", 300, "not-measurable", "pass"),
    ]


def test_two_turns_at_one_number_are_both_told() -> None:
    def judge(number: int) -> Statuses:
        return {
            "smape": "pass" if number < 77 else "fail",
            "swing": "fail" if number < 77 else "pass",
        }

    turns = _range(judge, 0, 1000, 50).turns
    assert {(turn.rule, turn.at) for turn in turns} == {("smape", 77), ("swing", 77)}


def test_a_single_number_is_found_where_one_says_to_look() -> None:
    def judge(number: int) -> Statuses:
        return {"unmeasured": "pass" if number == 15_491 else "not-measurable"}

    assert _range(judge, 0, 1_000_000, 4000).green == ()
    assert _range(judge, 0, 1_000_000, 4000, also=(15_491,)).green == (Stretch(15_491, 15_491),)
    assert _range(judge, 0, 10_000, 4000, also=(15_491,)).green == ()


def test_the_present_number_is_always_asked() -> None:
    def judge(number: int) -> Statuses:
        return {"unmeasured": "pass" if number == 4321 else "not-measurable"}

    assert _range(judge, 0, 1_000_000, 4321).green == (Stretch(4321, 4321),)


def test_a_value_with_one_possible_number_has_no_turns() -> None:
    found = _range(_steps(7), 7, 7, 7)
    assert (found.green, found.turns, found.asked, found.widest) == ((Stretch(7, 7),), (), 1, 0.0)


def test_small_ranges_are_asked_at_every_number() -> None:
    asked: list[int] = []

    def judge(number: int) -> Statuses:
        asked.append(number)
        return {"smape": "pass" if number in (3, 5, 20) else "fail"}

    found = _range(judge, 0, 20, 5)
    assert found.green == (Stretch(3, 3), Stretch(5, 5), Stretch(20, 20))
    assert sorted(asked) == list(range(21))


@pytest.mark.parametrize(
    ("low", "high", "start"), [(0, 1_000_000, 4000), (1000, 10_000, 1300), (0, 1_000_000, 0)]
)
def test_the_grid_is_no_wider_than_it_says(low: int, high: int, start: int) -> None:
    numbers = grid(low, high, start, 200)
    found = _range(_steps(), low, high, start, points=200)
    assert len(numbers) <= 203
    assert (numbers[0], numbers[-1], start in numbers) == (low, high, True)
    gaps = [
        (right - left) / max(right, start) for left, right in pairwise(numbers) if right - left > 1
    ]
    assert found.widest == max(gaps)
    assert found.widest < 0.12
    assert found.asked == len(numbers)


@given(
    low=st.integers(0, 5000),
    width=st.integers(0, 200_000),
    start=st.integers(0, 200_000),
    turns=st.lists(st.integers(0, 300_000), max_size=6, unique=True),
    also=st.lists(st.integers(0, 300_000), max_size=3),
)
def test_what_is_told_is_true(
    low: int, width: int, start: int, turns: list[int], also: list[int]
) -> None:
    judge = _steps(*turns)
    found = _range(judge, low, low + width, start, points=40, also=tuple(also))
    for turn in found.turns:
        assert turn.at in turns
        assert (judge(turn.at - 1)["smape"], judge(turn.at)["smape"]) == (turn.before, turn.after)
    for span in found.green:
        for end in (span.low, span.high):
            assert judge(end)["smape"] == "pass"
        for beyond in (span.low - 1, span.high + 1):
            assert beyond < low or beyond > low + width or judge(beyond)["smape"] == "fail"
    numbers = sorted({*grid(low, low + width, start, 40)})
    for left, right in pairwise(numbers):
        seen = [turn for turn in found.turns if left < turn.at <= right]
        assert len(seen) % 2 == sum(left < turn <= right for turn in turns) % 2
    if len(turns) == 1 and low < turns[0] <= low + width:
        assert [one.at for one in found.turns] == turns
