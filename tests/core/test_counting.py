"""Who listens is told of all things that are counted; who does not, pays nothing."""

from __future__ import annotations

import pytest

from coefgate.core.counting import count, counted, listening


def heard(things: int, of: int | None = None) -> list[tuple[str, int, int | None]]:
    told: list[tuple[str, int, int | None]] = []
    with listening(lambda *one: told.append(one)):
        assert list(counted(range(things), "lines", of=of)) == list(range(things))
    return told


def test_nobody_listens() -> None:
    things = [1, 2]
    assert counted(things, "lines") is things


@pytest.mark.parametrize("things", [0, 1, 255, 256, 257, 1000])
def test_no_thing_is_missed_or_told_twice(things: int) -> None:
    assert sum(more for _, more, _ in heard(things)) == things


def test_many_are_told_together_and_few_one_by_one() -> None:
    assert heard(600) == [("lines", 256, None), ("lines", 256, None), ("lines", 88, None)]
    assert heard(3, of=3) == [("lines", 1, 3)] * 3
    assert heard(5 * 256, of=5 * 256) == [("lines", 5, 1280)] * 256


def test_the_listener_of_a_block_is_forgotten_after_it() -> None:
    heard(1)
    things = [1]
    assert counted(things, "lines") is things


def test_what_is_done_together_is_told_at_once() -> None:
    told: list[tuple[str, int, int | None]] = []
    count("fits", 3, of=9)  # to nobody
    with listening(lambda *one: told.append(one)):
        count("fits", 3, of=9)
    assert told == [("fits", 3, 9)]


def test_what_is_counted_within_another_count_is_not_told() -> None:
    told: list[tuple[str, int, int | None]] = []
    with listening(lambda *one: told.append(one)):
        for _ in counted(range(2), "folds", of=2):
            assert list(counted(range(3), "calls")) == [0, 1, 2]
            count("fits", 3, of=9)
        list(counted(range(3), "calls"))
    assert told == [("folds", 1, 2), ("folds", 1, 2), ("calls", 3, None)]


def test_a_count_that_ends_early_leaves_room_for_the_next() -> None:
    told: list[tuple[str, int, int | None]] = []
    with listening(lambda *one: told.append(one)):
        for one in counted(range(9), "folds", of=9):
            if one == 2:
                break
        list(counted(range(1), "calls"))
    assert told == [("folds", 1, 9), ("folds", 1, 9), ("calls", 1, None)]
