from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coefgate.core.table import Table
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import compiled
from coefgate.registry.guardrails import PLACES, Guardrails
from coefgate.registry.reading import read_registry
from coefgate.reports.pages.alarm_words import alarm_words
from coefgate.telemetry.alarms.alarm import Alarm, AlarmName
from coefgate.telemetry.alarms.watch import ALARMS, GUARDRAIL, Watch, alarms_of, answer_to, decides
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, HOUR
from tests.frozen_registry import BY_HAND
from tests.telemetry.tables import MONDAY, WEEK, invented, table_of

WEEK_48 = MONDAY // DAY


@pytest.fixture(scope="module")
def registry() -> Table:
    return compiled(read_registry(FolderTree(BY_HAND)), "1.0.0")


def watch_of(registry: Table, table: CallTable, **said: Any) -> Watch:
    known: dict[str, Any] = {
        "records": WatchedRecords(table, registry.canonical_category),
        "arrived": table,
        "recorders": (),
        "waiting": 0,
        "registry": registry,
        "guardrails": Guardrails(),
        "now": MONDAY + WEEK,
        "by": ("category",),
    }
    return Watch(**known | said)


def by_name(watch: Watch, *only: AlarmName) -> Mapping[str, list[Alarm]]:
    found: dict[str, list[Alarm]] = {}
    for one in alarms_of(watch, WEEK_48, only):
        found.setdefault(one.name, []).append(one)
    return found


def test_a_steady_week_is_fine(registry: Table) -> None:
    table = invented(2000, np.random.default_rng(1), weeks=2, start=MONDAY - WEEK, sigma=0.15)
    watch = watch_of(registry, table)
    found = by_name(watch)
    assert list(found) == list(ALARMS)
    assert answer_to(watch, alarms_of(watch, WEEK_48)) == "fine"


def test_only_what_was_asked_for_is_asked(registry: Table) -> None:
    found = by_name(watch_of(registry, table_of({})), "silence", "rollback")
    assert set(found) == {"silence", "rollback"}


def test_no_call_is_never_fine(registry: Table) -> None:
    watch = watch_of(registry, table_of())
    assert answer_to(watch, alarms_of(watch, WEEK_48)) == "cannot-tell"
    assert answer_to(watch, ()) == "cannot-tell"


def test_an_alert_is_graver_than_a_doubt(registry: Table) -> None:
    rows = [{"truncated": 1, "success": 0, "actual": 1000, "limit": 1000}] * 60
    watch = watch_of(registry, table_of(*rows))
    found = list(alarms_of(watch, WEEK_48))
    assert {one.answer for one in found} == {"fine", "alert", "cannot-tell"}
    assert answer_to(watch, found) == "alert"


def test_a_small_stratum_and_a_week_that_begins_leave_nobody_in_doubt(registry: Table) -> None:
    few = Alarm("truncation-rate", "cannot-tell", WEEK_48, why="too-few-calls")
    over = watch_of(registry, table_of())
    goes_on = replace(over, now=MONDAY + HOUR)
    assert decides(over, few)
    assert not decides(goes_on, few)
    assert not decides(over, replace(few, by="category", value="docs"))
    assert decides(goes_on, replace(few, answer="alert", why="", by="category", value="docs"))
    silent = replace(few, name="silence", why="no-calls")
    assert decides(goes_on, silent)
    fine = Alarm("silence", "fine", WEEK_48 - 7)
    assert answer_to(goes_on, [few, fine]) == "fine"
    assert answer_to(goes_on, [few]) == "cannot-tell"


def test_a_week_that_begins_is_not_fine_by_itself(registry: Table) -> None:
    """Nothing is silent yet, and nothing is lost: that says nothing of any call."""
    watch = watch_of(registry, table_of(), now=MONDAY + HOUR)
    assert answer_to(watch, alarms_of(watch, WEEK_48)) == "cannot-tell"


def test_a_runner_that_fell_silent_leaves_the_week_in_doubt(registry: Table) -> None:
    rows = [
        {"runner": runner, "started_at": MONDAY + hour * HOUR}
        for hour in range(-168, 168)
        for runner in ("a", "b")
        if runner == "a" or hour < 100
    ]
    watch = watch_of(registry, table_of(*rows))
    [found] = by_name(watch, "silence")["silence"]
    assert (found.answer, found.why, found.names) == ("cannot-tell", "silent-runners", ("b",))
    assert decides(watch, found)
    assert alarm_words(found) == "no record for 69 hours of b"


def test_records_that_wait_beside_the_store_are_a_doubt(registry: Table) -> None:
    [found] = by_name(watch_of(registry, table_of({}), waiting=3), "spool-waiting")[
        "spool-waiting"
    ]
    assert (found.answer, found.counted) == ("cannot-tell", 3)
    [none] = by_name(watch_of(registry, table_of({})), "spool-waiting")["spool-waiting"]
    assert none.answer == "fine"


def test_every_guardrail_of_an_alarm_is_one() -> None:
    assert set(GUARDRAIL.values()) <= set(PLACES)
    assert set(GUARDRAIL) <= set(ALARMS)


@pytest.mark.parametrize(
    ("calls", "begun", "answer", "headroom"),
    [(200, 210, "fine", 10), (200, 211, "cannot-tell", 10), (40, 41, "cannot-tell", 0)],
    ids=["few", "too-many", "nothing-judged"],
)
def test_lost_calls_leave_a_doubt_where_they_could_bring_a_figure_beyond_its_limit(
    registry: Table, calls: int, begun: int, answer: str, headroom: int
) -> None:
    """10 of 210 are 4.8%, and 11 of 211 are 5.2%, of the 5% that may be cut off."""
    lost = RecorderCount("0" * 32, "host-1", MONDAY, MONDAY + DAY, begun, True, 0, calls)
    watch = watch_of(registry, table_of(*[{}] * calls), recorders=[lost])
    [alarm] = by_name(watch, "lost-calls")["lost-calls"]
    assert (alarm.answer, alarm.counted, alarm.threshold) == (answer, begun - calls, headroom)
    assert alarm.why == ("" if answer == "fine" else "lost-calls")
    assert answer_to(watch, [alarm]) == answer


def test_a_trigger_that_is_stricter_than_the_limit_has_room_for_fewer_lost_calls(
    registry: Table,
) -> None:
    lost = RecorderCount("0" * 32, "host-1", MONDAY, MONDAY + DAY, 203, True, 0, 200)
    strict = Guardrails(rollback_truncation_rate_above=Fraction(1, 100))
    watch = watch_of(registry, table_of(*[{}] * 200), recorders=[lost], guardrails=strict)
    [alarm] = by_name(watch, "lost-calls")["lost-calls"]
    assert (alarm.answer, alarm.threshold) == ("cannot-tell", 2)
