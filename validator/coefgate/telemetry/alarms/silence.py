"""Silence: nothing recorded for long, when a week earlier there was. It is never good news."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coefgate.replay.metrics import Integers
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.times import DAY, HOUR, WEEK


def silence(table: CallTable, week: int, *, now: int, silent_hours: int) -> Alarm:
    """Was there no record for so many hours of a week, or until ``now``?

    ``now``: microseconds since 1970, UTC. The longest silence of the week before in the same
    hours, such as that of a weekend, counts for nothing, if that week had any record. The
    longest silence is told; its hours are the statistic. A week that is over and has no record
    is silent, too.
    """
    start = week * DAY
    over = start + WEEK <= now
    calls = int(np.count_nonzero(table.week == week))
    found = max(
        (
            (until - since) / HOUR
            for since, until in spans(table.started_at, start, min(start + WEEK, now))
            if until - since > silent_hours * HOUR
            and _unusual(table, since, until, week) > silent_hours * HOUR
        ),
        default=0.0,
    )
    silent = found > 0 or (over and not calls)
    return Alarm(
        "silence",
        "cannot-tell" if silent else "fine",
        week,
        calls=calls,
        statistic=found,
        threshold=float(silent_hours),
        why="" if not silent else "silent" if calls else "no-calls",
        rows=np.flatnonzero(table.week == week),
        basis=np.flatnonzero((table.week == week) | (table.week == week - 7)),
    )


def spans(moments: Integers, start: int, end: int) -> Iterator[tuple[int, int]]:
    """From each record to the next, as far as that ends between ``start`` and ``end``."""
    first, last = np.searchsorted(moments, (start, end)).tolist()
    before = moments[first - 1 : first] if first else np.array([start])
    inside = np.concatenate((before, moments[first:last], [max(end, start)]))
    for at in np.flatnonzero(np.diff(inside) > HOUR).tolist():
        yield int(inside[at]), int(inside[at + 1])


def _unusual(table: CallTable, since: int, until: int, week: int) -> int:
    """For how long of a silence the week before was not silent, if it had records."""
    if not (table.week == week - 7).any():
        return until - since
    start, end = since - WEEK, until - WEEK
    first, last = np.searchsorted(table.started_at, (start, end)).tolist()
    then = np.concatenate(([start], table.started_at[first:last], [end]))
    return until - since - int(np.diff(then).max())
