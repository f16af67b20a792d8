"""Who is told of what and when; the quiet time is 24 hours."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coefgate.telemetry.alerts import Alert
from coefgate.telemetry.times import HOUR
from coefgate.telemetry.told_alerts import (
    DueAlerts,
    Memory,
    after_telling,
    due_alerts,
    forgotten,
    memory_document,
    memory_of,
)
from tests.telemetry.test_alerts import ALERT

OTHER = replace(ALERT, subject="category tests")
NEXT_WEEK = replace(ALERT, week="2026-W50", message="again too many")
NOW = 1_764_600_000_000_000
WE = "we"


def run(
    memory: Memory,
    *alerts: Alert,
    at: int = NOW,
    taken: bool = True,
    targets: tuple[str, ...] = (WE,),
) -> tuple[DueAlerts, Memory]:
    """One run of a monitor; what the first target was told, and what is remembered."""
    told = []
    for target in targets:
        due = due_alerts(memory, alerts, target, now=at, quiet_hours=24)
        told.append(due)
        if due:
            memory = after_telling(memory, alerts, target, due, now=at if taken else None)
    return told[0], forgotten(memory, alerts, targets)


def test_an_alert_is_told_once_and_again_after_the_quiet_time() -> None:
    told, memory = run({}, ALERT)
    assert told == DueAlerts(new=(ALERT,))
    told, memory = run(memory, ALERT, at=NOW + 24 * HOUR - 1)
    assert not told
    told, memory = run(memory, ALERT, at=NOW + 24 * HOUR)
    assert told == DueAlerts(again=(ALERT,))
    told, memory = run(memory, ALERT, at=NOW + 25 * HOUR)
    assert not told


def test_a_clock_that_goes_back_does_not_silence_an_alert() -> None:
    _, memory = run({}, ALERT)
    told, memory = run(memory, ALERT, at=NOW - HOUR)
    assert told.again == (ALERT,)
    told, _ = run(memory, ALERT, at=NOW - HOUR + 1)
    assert not told


def test_without_a_quiet_time_it_is_told_every_time() -> None:
    _, memory = run({}, ALERT)
    assert due_alerts(memory, [ALERT], WE, now=NOW, quiet_hours=0).again == (ALERT,)


def test_worse_figures_are_no_news_and_another_severity_is() -> None:
    _, memory = run({}, ALERT)
    told, memory = run(memory, replace(ALERT, message="8 of 61"))
    assert not told
    unknown = replace(ALERT, severity="cannot-tell")
    told, memory = run(memory, unknown)
    assert told.new == (unknown,)
    told, _ = run(memory, unknown)
    assert not told


def test_what_is_over_is_told_once() -> None:
    _, memory = run({}, ALERT, OTHER)
    told, memory = run(memory, OTHER)
    assert not told.new
    assert [(one.subject, one.message) for one in told.over] == [(ALERT.subject, ALERT.message)]
    assert [*memory] == [OTHER.key]
    told, memory = run(memory, OTHER)
    assert not told
    told, memory = run(memory)
    assert len(told.over) == 1
    assert memory == {}


def test_what_comes_back_is_told_anew() -> None:
    _, memory = run({}, ALERT)
    _, memory = run(memory)
    told, _ = run(memory, ALERT, at=NOW + 1)
    assert told.new == (ALERT,)


def test_what_goes_on_in_the_next_week_is_not_over() -> None:
    _, memory = run({}, ALERT)
    told, memory = run(memory, NEXT_WEEK)
    assert told == DueAlerts(new=(NEXT_WEEK,))
    assert [*memory] == [NEXT_WEEK.key]
    told, memory = run(memory)
    assert [one.week for one in told.over] == ["2026-W50"]
    assert memory == {}


def test_what_was_not_taken_is_due_again() -> None:
    told, memory = run({}, ALERT, taken=False)
    assert told.new == (ALERT,)
    told, memory = run(memory, ALERT, at=NOW + 1)
    assert told.new == (ALERT,)
    told, memory = run(memory, at=NOW + 2, taken=False)
    assert len(told.over) == 1
    told, memory = run(memory, at=NOW + 3)
    assert len(told.over) == 1
    assert memory == {}


def test_what_ended_before_anybody_took_it_is_told_as_over() -> None:
    _, memory = run({}, ALERT, taken=False)
    told, memory = run(memory)
    assert len(told.over) == 1
    assert memory == {}


def test_a_failed_reminder_keeps_the_time_of_the_last_one() -> None:
    _, memory = run({}, ALERT)
    told, memory = run(memory, ALERT, at=NOW + 30 * HOUR, taken=False)
    assert told.again == (ALERT,)
    told, memory = run(memory, ALERT, at=NOW + 31 * HOUR)
    assert told.again == (ALERT,)
    told, _ = run(memory, ALERT, at=NOW + 32 * HOUR)
    assert not told


def test_each_target_has_its_own_memory() -> None:
    _, memory = run({}, ALERT, targets=("a",))
    told, memory = run(memory, ALERT, targets=("b", "a"))
    assert told.new == (ALERT,)
    told, memory = run(memory, ALERT, targets=("a", "b"))
    assert not told
    # Who is not named any more hears nothing, and neither does who came later and knew nothing.
    told, memory = run(memory, targets=("c",))
    assert not told
    assert memory == {}


def test_the_memory_survives_a_file() -> None:
    _, memory = run({}, ALERT, replace(OTHER, digest=None), taken=False)
    _, memory = run(memory, ALERT)
    assert memory_of(json.loads(json.dumps(memory_document(memory)))) == memory


REMEMBERED: dict[str, Any] = {
    "kind": "smape",
    "subject": "all calls",
    "week": "2026-W48",
    "digest": None,
    "severity": "alert",
    "message": "too much",
    "tellings": {},
}


def test_a_memory_is_read_by_its_facts() -> None:
    (one,) = memory_of({"format": 1, "alerts": {"x": REMEMBERED}}).values()
    assert one.subject == "all calls"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"format": 2, "alerts": {}},
        {"format": 1, "alerts": {"x": {}}},
        {"format": 1, "alerts": {"x": {"tellings": {"t": {"at": "1", "severity": "alert"}}}}},
        {"format": 1, "alerts": {"x": {"tellings": {}, "more": 1}}},
        *(
            {"format": 1, "alerts": {"x": REMEMBERED | {name: value}}}
            for name, value in [
                ("subject", ["a"]),
                ("message", None),
                ("digest", 1),
                ("severity", "grave"),
            ]
        ),
    ],
)
def test_a_memory_of_another_form_is_refused(document: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        memory_of(document)
