"""A release against the one before: what it tells, from when on, and when nobody can."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pytest

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.e_value import rise
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.detectors.releases import release
from tests.telemetry.tables import MONDAY, SECOND, WEEK, table_of

RAILS: Final = replace(Guardrails(), release_e_value_from=Fraction(100))
DAY: Final = 86_400 * SECOND
OLD: Final[dict[str, Any]] = {"digest": "a" * 64, "version": "1.0.0"}
NEW: Final[dict[str, Any]] = {"digest": "b" * 64, "version": "1.1.0"}


def answers(table: CallTable, week: int = -1) -> dict[str, Alarm]:
    """By what is compared."""
    at = int(np.unique(table.week)[week])
    return {
        one.names[0]: one for one in release(WatchedWeek(WatchedRecords(table, {}), at), RAILS)
    }


def calls(
    count: int, every: int, *, start: int = MONDAY, apart: int = WEEK // 200, **all_rows: Any
) -> list[dict[str, Any]]:
    """So many calls, each in a phase of its own; one in ``every`` is missed."""
    return [
        {
            "started_at": start + at * apart,
            "actual": 1100 if at % every == every - 1 else 900,
            **all_rows,
        }
        for at in range(count)
    ]


def test_a_release_that_misses_more_is_told_and_accused() -> None:
    table = table_of(*calls(200, 20, **OLD), *calls(200, 2, start=MONDAY + WEEK, **NEW))
    found = answers(table)
    assert (found["missed"].answer, found["truncated"].answer) == ("alert", "fine")
    assert found["missed"].digest == found["missed"].value == NEW["digest"]
    assert found["missed"].names == ("missed", "1.0.0")
    assert (found["missed"].calls, found["missed"].counted) == (200, 100)
    assert {*found["missed"].worst.tolist()} <= {*found["missed"].rows.tolist()}
    assert found["missed"].rests_on.tolist() == [*range(400)]
    # Those of the last day, from 171 × 7 ÷ 200 days on, are not over.
    of_twenty = np.arange(200) % 20 == 19
    e_values = rise(of_twenty.astype(float), (np.arange(171) % 2).astype(float))
    assert found["missed"].statistic == pytest.approx(e_values.max())


def test_before_the_week_is_over_there_is_an_answer() -> None:
    old = calls(200, 20, **OLD)
    two_days = calls(60, 2, start=MONDAY + WEEK, apart=2 * DAY // 60, **NEW)
    assert answers(table_of(*old, *two_days))["missed"].answer == "alert"
    # A phase counts a day after its last call.
    assert answers(table_of(*old, *two_days[:30]))["missed"].why == "too-few-calls"


def test_a_release_that_misses_as_many_is_fine() -> None:
    table = table_of(*calls(200, 10, **OLD), *calls(200, 10, start=MONDAY + WEEK, **NEW))
    assert answers(table)["missed"].answer == "fine"


def test_cut_off_calls_count_by_what_is_certain() -> None:
    # Below the prediction nobody knows: before they count as missed, after as not.
    open_ones = {"actual": 900, "truncated": 1, "success": 0}
    old, new = calls(200, 20, **OLD), calls(200, 20, start=MONDAY + WEEK, **NEW)
    after = answers(table_of(*old, *({**one, **open_ones} for one in new)))
    assert (after["missed"].answer, after["truncated"].answer) == ("fine", "alert")
    at_it = {**open_ones, "actual": 1000}
    assert answers(table_of(*old, *({**one, **at_it} for one in new)))["missed"].counted == 200
    before = answers(
        table_of(
            *({**one, **open_ones} for one in old), *calls(200, 2, start=MONDAY + WEEK, **NEW)
        )
    )
    assert before["missed"].answer != "alert"


def test_the_first_release_is_compared_with_none() -> None:
    found = answers(table_of(*calls(200, 2, **OLD)))["missed"]
    assert (found.answer, found.why) == ("fine", "nothing-to-compare")


def test_a_way_back_is_a_release_of_its_own() -> None:
    back = {**OLD, "version": "1.1.1"}
    table = table_of(
        *calls(200, 20, **OLD),
        *calls(200, 2, start=MONDAY + WEEK, **NEW),
        *calls(200, 20, start=MONDAY + 2 * WEEK, **back),
    )
    found = answers(table)["missed"]
    assert (found.answer, found.names, found.digest) == (
        "fine",
        ("missed", "1.1.0"),
        OLD["digest"],
    )
    assert answers(table, 1)["missed"].answer == "alert"


def test_it_is_an_alert_no_longer_than_the_evidence_lasts() -> None:
    worse_at_first = [
        *calls(60, 2, start=MONDAY + WEEK, apart=WEEK // 60, **NEW),
        *calls(900, 50, start=MONDAY + 2 * WEEK, apart=WEEK // 900, **NEW),
        *calls(900, 50, start=MONDAY + 3 * WEEK, apart=WEEK // 900, **NEW),
    ]
    table = table_of(*calls(200, 20, **OLD), *worse_at_first)
    assert [answers(table, week)["missed"].answer for week in (1, 2, 3)] == [
        "alert",
        "alert",
        "fine",
    ]


def test_few_calls_cannot_tell_whatever_they_are() -> None:
    table = table_of(*calls(200, 20, **OLD), *calls(3, 1, start=MONDAY + WEEK, apart=1, **NEW))
    found = answers(table)["missed"]
    assert (found.answer, found.why) == ("cannot-tell", "too-few-calls")
    nobody = table_of(*calls(3, 1, finished=False, truncated=-1, **OLD))
    assert answers(nobody)["missed"].why == "no-calls"
