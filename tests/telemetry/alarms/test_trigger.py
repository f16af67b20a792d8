from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.own_weeks import is_known_good, needs_of, own_weeks
from coefgate.telemetry.alarms.trigger import trigger
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from tests.telemetry.tables import MONDAY, WEEK, table_of

WEEK_48 = MONDAY // 86_400_000_000
CUT_OFF = {"truncated": 1, "success": 0, "actual": 1000, "limit": 1000}
OLD, NEW = "a" * 64, "b" * 64
TENTH = Fraction(1, 10)


def records_of(*rows: Mapping[str, Any], **all_rows: Any) -> WatchedRecords:
    return WatchedRecords(table_of(*rows, **all_rows), {})


def every(*rows: Mapping[str, Any]) -> list[Alarm]:
    return trigger(WatchedWeek(records_of(*rows), WEEK_48), min_calls=50, above=TENTH)


def fired(*rows: Mapping[str, Any]) -> Alarm:
    [found] = every(*rows)
    return found


def by(digest: str, cut_off: int, calls: int) -> list[dict[str, Any]]:
    rest = [{"digest": digest}] * (calls - cut_off)
    return [*[{**CUT_OFF, "digest": digest}] * cut_off, *rest]


def test_a_tenth_is_no_trigger_and_more_is() -> None:
    assert fired(*by(NEW, 10, 100)).answer == "fine"
    found = fired(*by(NEW, 11, 100))
    assert (found.answer, found.digest, found.statistic) == ("alert", NEW, 0.11)
    assert (found.calls, found.counted, found.threshold) == (100, 11, 0.1)


@pytest.mark.parametrize(("calls", "why"), [(0, "no-calls"), (49, "too-few-calls")])
def test_too_few_calls_pull_no_trigger(calls: int, why: str) -> None:
    found = fired(*by(NEW, calls, calls))
    assert (found.answer, found.why) == ("cannot-tell", why)


def test_a_release_of_two_days_is_not_hidden_by_the_others() -> None:
    found = fired(*by(OLD, 0, 300), *by(NEW, 15, 60))  # 4.2% of all
    assert (found.answer, found.digest, found.calls, found.counted) == ("alert", NEW, 60, 15)


def test_a_release_is_not_blamed_for_the_one_before() -> None:
    found = fired(*by(OLD, 60, 100), *by(NEW, 5, 100))
    assert (found.digest, found.calls) == (OLD, 100)


def test_of_two_releases_in_trouble_both_are_accused() -> None:
    """Or the answer to one would hide the other."""
    found = every(*by(OLD, 20, 100), *by(NEW, 60, 100))
    assert [(one.digest, one.answer) for one in found] == [(NEW, "alert"), (OLD, "alert")]


def test_where_only_the_whole_week_is_above_who_cut_off_most_is_accused() -> None:
    found = fired(*by(OLD, 8, 40), *by(NEW, 3, 40))
    assert (found.answer, found.digest, found.by, found.calls) == ("alert", OLD, "", 80)


def test_weeks_of_a_digest() -> None:
    later = {"started_at": MONDAY + WEEK}
    records = records_of(
        *by(OLD, 2, 5),
        *({**row, **later} for row in by(OLD, 0, 3)),
        {"digest": OLD, "truncated": -1},
        {"digest": NEW, "truncated": 1},
    )
    found = own_weeks(records, np.flatnonzero(records.table.digest.codes == 0), OLD)
    assert [(one.week, one.digest, one.calls, one.cut_off) for one in found] == [
        (WEEK_48, OLD, 5, 2),
        (WEEK_48 + 7, OLD, 3, 0),
    ]
    assert own_weeks(records_of({"truncated": -1}), np.array([0]), OLD) == []


@pytest.mark.parametrize(
    ("cut_off", "calls", "is_good"), [(2, 50, True), (3, 50, False), (0, 49, False)]
)
def test_known_good_is_who_did_well_with_enough_calls(
    cut_off: int, calls: int, is_good: bool
) -> None:
    weeks = own_weeks(records_of(*by(OLD, cut_off, calls)), np.arange(calls), OLD)
    assert is_known_good(weeks, min_calls=50, limit=Fraction(5, 100)) == is_good


def test_needs_of_calls_that_were_cut_off_are_at_least() -> None:
    records = records_of(
        {"actual": 500}, {**CUT_OFF, "actual": 2000}, {"success": 0}, {"actual": 900}
    )
    found = needs_of(records, np.arange(3))
    assert found.ratio.tolist() == [0.5, 2.0]
    assert found.cut_off.tolist() == [False, True]
