from __future__ import annotations

from typing import Any

import pytest

from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.lost_calls import lost_calls
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, HOUR
from tests.telemetry.tables import MONDAY, WEEK, table_of

WEEK_48 = MONDAY // DAY
WRITER = "0" * 32


def recorder(**said: Any) -> RecorderCount:
    known: dict[str, Any] = {
        "writer": WRITER,
        "runner": "host-1",
        "started_at": MONDAY,
        "seen_at": MONDAY + HOUR,
        "begun": 4,
        "closed": True,
        "pruned_to": 0,
        "arrived": 3,
    }
    return RecorderCount(**known | said)


def found(
    one: RecorderCount, *sequences: int, week: int = WEEK_48, now: int = MONDAY + WEEK
) -> Alarm:
    table = table_of(*({"sequence": number} for number in sequences))
    return lost_calls(table, week, [one], now=now, silent_hours=24)


def test_nothing_is_lost_where_every_number_is_there() -> None:
    alarm = found(recorder(arrived=4), 1, 2, 3, 4)
    assert (alarm.answer, alarm.counted) == ("fine", 0)


@pytest.mark.parametrize("there", [(2, 3, 4), (1, 3, 4), (1, 2, 3)])
def test_a_number_that_is_missing_is_a_lost_call(there: tuple[int, ...]) -> None:
    alarm = found(recorder(), *there)
    assert (alarm.answer, alarm.why, alarm.counted) == ("cannot-tell", "lost-calls", 1)
    assert (alarm.names, alarm.calls) == ((WRITER,), 4)


def test_what_was_taken_out_on_purpose_is_not_lost() -> None:
    assert found(recorder(pruned_to=2, arrived=2), 3, 4).answer == "fine"


def test_a_recorder_of_which_nothing_arrived_has_lost_all() -> None:
    assert found(recorder(arrived=0)).counted == 4


def test_calls_of_a_recorder_that_lives_may_go_on() -> None:
    alive = recorder(closed=False)
    assert found(alive, 1, 2, 3, now=MONDAY + 20 * HOUR).answer == "fine"
    assert found(alive, 1, 2, 3, now=MONDAY + 26 * HOUR).answer == "cannot-tell"


def test_a_recorder_that_lives_on_does_not_hide_what_it_lost_days_ago() -> None:
    alive = recorder(closed=False, seen_at=MONDAY + 40 * HOUR)
    assert found(alive, 1, 2, 4, now=MONDAY + 20 * HOUR).answer == "fine"
    assert found(alive, 1, 2, 4, now=MONDAY + 41 * HOUR).counted == 1


def test_what_was_lost_is_told_of_the_past_as_well() -> None:
    """A receipt says ``--until``: its recorder was seen after that."""
    later = recorder(seen_at=MONDAY + 3 * WEEK)
    assert found(later, 1, 2, 4).counted == 1
    assert found(later, 1, 2, 3).answer == "fine"  # the last one, which began later


def test_each_week_is_told_of_its_own() -> None:
    one = recorder(seen_at=MONDAY + WEEK + HOUR, begun=9, arrived=7)
    table = table_of(
        *({"sequence": number} for number in (1, 2, 4, 5)),
        *({"sequence": number, "started_at": MONDAY + WEEK} for number in (6, 7, 9)),
    )
    counted = [
        lost_calls(table, week, [one], now=MONDAY + 2 * WEEK, silent_hours=24).counted
        for week in (WEEK_48, WEEK_48 + 7, WEEK_48 + 14)
    ]
    assert counted == [1, 1, 0]


def test_the_longest_list_of_losses_comes_first() -> None:
    others = recorder(writer="f" * 32, arrived=0)
    alarm = lost_calls(
        table_of(*({"sequence": number} for number in (1, 2, 3))),
        WEEK_48,
        [recorder(), others],
        now=MONDAY + WEEK,
        silent_hours=24,
    )
    assert (alarm.names, alarm.counted) == (("f" * 32, WRITER), 5)
