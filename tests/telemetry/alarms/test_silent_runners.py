from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from coefgate.telemetry.alarms.silent_runners import SilentRunner, silent_runners
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, HOUR
from tests.telemetry.tables import MONDAY, WEEK, table_of

WEEK_48 = MONDAY // DAY
found = partial(silent_runners, silent_hours=24, min_calls=50)


def hourly(spans: Mapping[str, Sequence[tuple[int, int]]]) -> CallTable:
    """A record of each runner in every hour of its spans, in hours since Monday of week 48."""
    rows: list[dict[str, Any]] = [
        {"runner": runner, "started_at": MONDAY + hour * HOUR}
        for runner, several in spans.items()
        for span in several
        for hour in range(*span)
    ]
    return table_of(*sorted(rows, key=lambda row: row["started_at"]))


def recorder(runner: str, *, closed: bool, seen_at: int) -> RecorderCount:
    return RecorderCount("0" * 32, runner, MONDAY, seen_at, 1, closed, 0, 1)


OF_THREE = hourly({"a": [(-168, 168)], "b": [(-168, 100)], "c": [(-168, 168)]})


def test_one_of_three_that_falls_silent_is_told_though_others_go_on() -> None:
    assert found(OF_THREE, WEEK_48, (), now=MONDAY + WEEK) == [
        SilentRunner("b", 69, MONDAY + 99 * HOUR)
    ]
    assert found(OF_THREE, WEEK_48, (), now=MONDAY + 140 * HOUR) == []  # 40 calls are missed
    assert found(OF_THREE, WEEK_48 - 7, (), now=MONDAY) == []


def test_it_is_told_in_the_next_week_too_and_then_is_gone() -> None:
    table = hourly({"a": [(-168, 600)], "b": [(-168, 100)]})
    of = partial(found, table, recorders=(), now=MONDAY + 3 * WEEK)
    assert [len(of(WEEK_48 + 7 * at)) for at in range(3)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("closed", "seen_at", "told"),
    [(True, 100, 0), (False, 100, 1), (True, 400, 1)],  # the last was closed after the week
)
def test_a_recorder_that_was_closed_has_stopped(closed: bool, seen_at: int, told: int) -> None:
    one = recorder("b", closed=closed, seen_at=MONDAY + seen_at * HOUR)
    assert len(found(OF_THREE, WEEK_48, [one], now=MONDAY + WEEK)) == told


def test_a_runner_under_a_new_name_has_taken_over() -> None:
    table = hourly({"a": [(-168, 168)], "b": [(-168, 100)], "d": [(101, 168)]})
    assert found(table, WEEK_48, (), now=MONDAY + WEEK) == []


def test_a_weekend_as_every_weekend_and_a_runner_of_few_calls_are_fine() -> None:
    spans = {"a": [(-168, 168)], "weekdays": [(-168, -54), (0, 114)], "few": [(-168, -120)]}
    assert found(hourly(spans), WEEK_48, (), now=MONDAY + WEEK) == []
    more = {**spans, "few": [(-168, -118)]}  # 50 calls
    assert [one.runner for one in found(hourly(more), WEEK_48, (), now=MONDAY + WEEK)] == ["few"]
