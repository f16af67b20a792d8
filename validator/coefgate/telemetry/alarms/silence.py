"""Silence: nothing recorded for long, when a week earlier there was. It is never good news."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from coefgate.replay.metrics import Integers
from coefgate.telemetry.alarms.alarm import Alarm, Why
from coefgate.telemetry.call_table import CallTable

DAY: Final = 86_400_000_000
WEEK: Final = 7 * DAY
HOUR: Final = DAY // 24
"""Microseconds."""


def silence(table: CallTable, week: int, *, now: int, silent_hours: float) -> Alarm:
    """Was there no record for so many hours of a week, or until ``now``?

    ``now``: microseconds since 1970, UTC. Hours in which the week before was as silent, such as
    those of a weekend, count for nothing, if that week had any record. The longest silence is
    told; its hours are the statistic.
    """
    start = week * DAY
    end = min(start + WEEK, now)
    here = table.week == week
    calls = int(np.count_nonzero(here))
    found = [
        (until - since) / HOUR
        for since, until in _spans(table.started_at, start, end)
        if until - since > silent_hours * HOUR and not _as_usual(table, since, until, week)
    ]
    why: Why = "" if not found else "silent" if calls else "no-calls"
    return Alarm(
        "silence",
        "cannot-tell" if found or not calls else "fine",
        week,
        calls=calls,
        statistic=max(found, default=0.0),
        threshold=float(silent_hours),
        why=why if calls else "no-calls",
        rows=np.flatnonzero(here),
    )


def _spans(moments: Integers, start: int, end: int) -> Iterator[tuple[int, int]]:
    """From each record to the next, as far as that is between ``start`` and ``end``."""
    first, last = np.searchsorted(moments, (start, end)).tolist()
    inside = np.concatenate(([start], moments[first:last], [max(end, start)]))
    long_first = np.argsort(-np.diff(inside), kind="stable")
    for at in long_first.tolist():
        yield int(inside[at]), int(inside[at + 1])


def _as_usual(table: CallTable, since: int, until: int, week: int) -> bool:
    """Was the week before silent in the same hours, though it had records?"""
    first, last = np.searchsorted(table.started_at, (since - WEEK + 1, until - WEEK)).tolist()
    return first == last and bool((table.week == week - 7).any())
