from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.calls import CALL_ALARMS
from coefgate.telemetry.alarms.limits import held
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from tests.telemetry.tables import MONDAY, table_of

WEEK_48 = MONDAY // 86_400_000_000


def asked(name: str, *rows: Mapping[str, Any]) -> Alarm:
    [alarm] = [one for one in CALL_ALARMS if one.name == name]
    week = WatchedWeek(WatchedRecords(table_of(*rows), {}), WEEK_48)
    [found] = held(alarm, week, Guardrails(), by=())
    return found


CUT_OFF = {"truncated": 1, "success": 0}


@pytest.mark.parametrize(
    ("name", "call", "is_counted"),
    [
        ("underestimated", {"actual": 1200}, False),  # exactly 1.2 × predicted
        ("underestimated", {"actual": 1201}, True),
        ("underestimated", {**CUT_OFF, "actual": 1000}, True),  # cut off at its prediction
        ("underestimated", {**CUT_OFF, "actual": 999}, False),
        ("underestimated", {"actual": 5000, "success": 0}, False),  # it failed
        ("overestimated", {"actual": 250}, False),  # exactly 4 × actual
        ("overestimated", {"actual": 249}, True),
        ("overestimated", {**CUT_OFF, "actual": 100}, False),
        ("mispredicted", {"actual": 3000}, False),  # SMAPE 100
        ("mispredicted", {"actual": 3001}, True),
        ("mispredicted", {"actual": 333}, True),
        ("mispredicted", {"actual": 334}, False),
        ("mispredicted", {**CUT_OFF, "actual": 100}, False),
        ("mispredicted", {**CUT_OFF, "actual": 4000}, True),
    ],
)
def test_which_call_is_far_off(name: str, call: Mapping[str, Any], is_counted: bool) -> None:
    found = asked(name, call, *[{}] * 60)
    assert found.counted == int(is_counted)
    assert found.answer == "fine"  # one in sixty may be
    assert found.worst.tolist() == ([0] if is_counted else [])


def test_a_call_that_was_predicted_to_need_nothing_is_far_off() -> None:
    assert asked("underestimated", {"predicted": 0}, *[{}] * 60).worst.tolist() == [0]


def test_a_week_with_too_many_of_them_names_the_worst_and_not_all() -> None:
    calls = [{"actual": 1300 + 100 * at} for at in range(40)]
    found = asked("underestimated", *calls, *[{}] * 60)
    assert (found.answer, found.counted, found.statistic) == ("alert", 40, 0.4)
    assert found.worst.tolist() == [39, 38, 37, 36, 35]
