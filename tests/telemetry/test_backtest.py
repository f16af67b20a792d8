"""The backtest: each week as it was when it was over, and no later knowledge."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import table_of as compiled_table
from coefgate.registry.guardrails import Guardrails
from coefgate.registry.reading import read_registry
from coefgate.telemetry.alarms.alarm import AlarmName
from coefgate.telemetry.alarms.watch import Watch
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.backtest import (
    NOT_REPLAYED,
    REPLAYED,
    AlarmHistory,
    Backtest,
    backtest,
)
from coefgate.telemetry.call_table import UNKNOWN, CallTable
from coefgate.telemetry.times import DAY, WEEK
from tests.frozen_registry import BY_HAND
from tests.telemetry.detectors.test_drift import residuals
from tests.telemetry.tables import MONDAY, invented, table_of

FIRST: Final = MONDAY // DAY
REGISTRY: Final = compiled_table(read_registry(FolderTree(BY_HAND)))


def watch(table: CallTable, *, weeks: int, **said: Any) -> Watch:
    """What a monitor has before it after so many weeks."""
    return Watch(
        records=WatchedRecords(table, REGISTRY.canonical_category),
        arrived=table,
        recorders=(),
        waiting=3,
        registry=REGISTRY,
        guardrails=Guardrails(),
        now=MONDAY + weeks * WEEK,
        by=("category",),
        **said,
    )


def history(found: Backtest, name: AlarmName) -> AlarmHistory:
    [one] = [one for one in found.alarms if one.name == name]
    return one


def test_every_alarm_is_replayed_but_those_of_which_nobody_knows() -> None:
    table = invented(600, np.random.default_rng(1), weeks=3)
    found = backtest(watch(table, weeks=3), history=26)
    assert found.weeks == (FIRST, FIRST + 7, FIRST + 14)
    assert tuple(one.name for one in found.alarms) == REPLAYED
    assert not {*REPLAYED} & {*NOT_REPLAYED}
    # A week that goes on is not judged.
    assert backtest(watch(table, weeks=2), history=26).weeks == (FIRST, FIRST + 7)
    later = backtest(watch(table, weeks=3), history=26, since=FIRST + 7, only=["drift"])
    assert later.weeks == (FIRST + 7, FIRST + 14)
    assert [one.name for one in later.alarms] == ["drift"]


def test_a_week_knows_nothing_of_those_after_it() -> None:
    rng = np.random.default_rng(2)
    table = invented(1600, rng, weeks=8, shift=1.8, shifted_from=6 / 8)
    found = backtest(watch(table, weeks=8), history=26, only=["drift"])
    assert history(found, "drift").fired == (FIRST + 42, FIRST + 49)
    # In the first week there was nothing to compare with.
    assert history(found, "drift").unknown == (FIRST,)
    # Up to the sixth it is as if the rest had never been.
    early = table.where(table.week < FIRST + 42)
    before = backtest(watch(early, weeks=6), history=26)
    whole = backtest(watch(table, weeks=8), history=26)
    for name in REPLAYED:
        was, now = history(before, name), history(whole, name)
        assert was.fired == tuple(one for one in now.fired if one < FIRST + 42)
        assert was.unknown == tuple(one for one in now.unknown if one < FIRST + 42)


def test_a_call_that_ended_later_was_not_known_yet() -> None:
    # All calls that are cut off end in the week after.
    rows = [{"started_at": MONDAY + at * WEEK // 200, "phase": f"p/{at}"} for at in range(200)]
    late = {"truncated": 1, "success": 0, "finished_at": MONDAY + WEEK + 1}
    table = table_of(*({**row, **late} if at % 2 else row for at, row in enumerate(rows)))
    assert history(backtest(watch(table, weeks=1), history=26), "rollback").fired == ()
    in_time = table_of(
        *(
            {**row, **late, "finished_at": MONDAY + WEEK} if at % 2 else row
            for at, row in enumerate(rows)
        )
    )
    assert history(backtest(watch(in_time, weeks=1), history=26), "rollback").fired == (FIRST,)


def test_stored_samples_count_from_when_they_were_known() -> None:
    table = invented(
        800, np.random.default_rng(3), weeks=2, categories=("tests",), complexities=("low",)
    )
    seen = watch(table, weeks=2, stored=residuals(40, mean=0.5))

    def fired(stored_from: int | None) -> tuple[int, ...]:
        found = backtest(seen, history=26, stored_from=stored_from, only=["drift"])
        return history(found, "drift").fired

    assert fired(MONDAY) == (FIRST, FIRST + 7)
    assert fired(MONDAY + WEEK + 1) == (FIRST + 7,)
    assert fired(None) == ()


def test_silence_and_gaps_are_told_and_never_fine() -> None:
    rows = [{"started_at": MONDAY + at * WEEK // 200, "phase": f"p/{at}"} for at in range(200)]
    again = [
        {"started_at": MONDAY + 2 * WEEK + at * WEEK // 200, "phase": f"q/{at}"}
        for at in range(200)
    ]
    found = backtest(watch(table_of(*rows, *again), weeks=3), history=26)
    for name in ("rollback", "silence", "drift", "release", "waste-median"):
        assert FIRST + 7 in history(found, name).unknown
    nothing = table_of({"truncated": UNKNOWN}).where(np.zeros(1, dtype=np.bool_))
    assert backtest(watch(nothing, weeks=3), history=26) == Backtest((), ())


def test_a_monitor_reads_no_further_back() -> None:
    rng = np.random.default_rng(4)
    table = invented(1600, rng, weeks=8)
    short = backtest(watch(table, weeks=8), history=0, only=["drift"])
    assert history(short, "drift").unknown == short.weeks
