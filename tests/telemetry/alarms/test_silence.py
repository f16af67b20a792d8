from __future__ import annotations

from typing import Any

import pytest

from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.silence import silence
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.times import DAY, HOUR
from tests.telemetry.tables import MONDAY, WEEK, table_of

WEEK_48 = MONDAY // DAY
END = MONDAY + WEEK


def hourly(*spans: tuple[int, int]) -> CallTable:
    """A record in every hour of these spans, in hours since Monday of week 48."""
    hours = [hour for begin, end in spans for hour in range(begin, end)]
    rows: list[dict[str, Any]] = [{"started_at": MONDAY + hour * HOUR} for hour in hours]
    return table_of(*rows)


def heard(table: CallTable, *, week: int = WEEK_48, now: int = END) -> Alarm:
    return silence(table, week, now=now, silent_hours=24)


def test_a_week_that_is_heard_of_is_fine() -> None:
    found = heard(hourly((0, 168)))
    assert (found.answer, found.calls, found.statistic) == ("fine", 168, 0)


def test_a_week_of_no_record_is_silent() -> None:
    found = heard(hourly((-168, -100)))
    assert (found.answer, found.why) == ("cannot-tell", "no-calls")
    assert heard(table_of()).answer == "cannot-tell"


def test_a_recorder_that_fell_silent_is_told_with_the_hours() -> None:
    found = heard(hourly((0, 100)), now=MONDAY + 130 * HOUR)
    assert (found.answer, found.why) == ("cannot-tell", "silent")
    assert found.statistic == 31  # since the record at 99


def test_a_day_without_a_record_is_a_gap_though_others_came_after() -> None:
    found = heard(hourly((-168, 50), (80, 168)))
    assert (found.answer, found.statistic) == ("cannot-tell", 31)


def test_silence_of_just_the_hours_is_fine() -> None:
    assert heard(hourly((0, 50), (73, 168))).answer == "fine"  # 24 hours from 49 to 73


def test_a_weekend_as_every_weekend_is_fine() -> None:
    weekdays = [(-168, -168 + 114), (0, 114)]
    assert heard(hourly(*weekdays)).answer == "fine"
    assert heard(hourly((-168, 0), (0, 114))).why == "silent"


def test_a_weekend_that_begins_an_hour_sooner_is_a_weekend() -> None:
    """Nobody makes the last call of a Friday at the same second each week."""
    assert heard(hourly((-168, -168 + 116), (2, 114), (167, 168))).answer == "fine"
    # Thursday noon to Sunday night, of which two days are usual.
    found = heard(hourly((-168, -168 + 114), (0, 84), (167, 168)))
    assert (found.why, found.statistic) == ("silent", 84)


def test_in_the_first_week_of_all_nobody_knows_what_is_usual() -> None:
    assert heard(hourly((0, 114))).why == "silent"


def test_a_week_that_begins_is_not_silent_yet() -> None:
    found = heard(hourly((-168, 0)), now=MONDAY + 3 * HOUR)
    assert (found.answer, found.calls) == ("fine", 0)


def test_silence_since_the_week_before_counts_from_its_last_record() -> None:
    found = heard(hourly((-336, -40)), now=MONDAY + HOUR)
    assert (found.answer, found.why) == ("cannot-tell", "no-calls")
    assert found.statistic == pytest.approx(42)
