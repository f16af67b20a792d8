"""Runners that record no longer while others do: figures of the rest say nothing of theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from coefgate.replay.metrics import Integers
from coefgate.telemetry.alarms.silence import spans
from coefgate.telemetry.call_table import UNKNOWN, CallTable
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, HOUR, WEEK


class SilentRunner(NamedTuple):
    """A runner with no record for so many ``hours``, from ``since`` on."""

    runner: str
    hours: float
    since: int


def silent_runners(
    table: CallTable,
    week: int,
    recorders: Collection[RecorderCount],
    *,
    now: int,
    silent_hours: int,
    min_calls: int,
) -> Sequence[SilentRunner]:
    """Which runners fell silent in a week, the longest silence first.

    It is one with no record for more than ``silent_hours``, though it had ``min_calls`` in the
    same hours of the week before. One whose last recorder was closed has stopped as it should;
    and where as many runners are new as fell silent, these have taken over.
    """
    start = week * DAY
    end = min(start + WEEK, now)
    first, last = np.searchsorted(table.started_at, (start - WEEK, end)).tolist()
    if first == last:
        return []
    codes, moments = table.runner.codes[first:last], table.started_at[first:last]
    order = np.argsort(codes, kind="stable")
    known, starts = np.unique(codes[order], return_index=True)
    stopped = _stopped(recorders, now)
    found = []
    for code, own in zip(known.tolist(), np.split(moments[order], starts[1:]), strict=True):
        if code == UNKNOWN or (name := table.runner.names[code]) in stopped:
            continue
        longest = max(
            (
                (until - since, since)
                for since, until in spans(own, start, end)
                if until - since > silent_hours * HOUR
                and _count(own, max(since, start) - WEEK, until - WEEK) >= min_calls
            ),
            default=None,
        )
        if longest:
            found.append(SilentRunner(name, longest[0] / HOUR, longest[1]))
    if found and _new(table, min(one.since for one in found), end) >= len(found):
        return []
    return sorted(found, key=lambda one: -one.hours)


def _stopped(recorders: Collection[RecorderCount], now: int) -> set[str]:
    seen = sorted((one for one in recorders if one.seen_at <= now), key=lambda one: one.seen_at)
    last = {one.runner: one.closed for one in seen}
    return {runner for runner, closed in last.items() if closed}


def _count(moments: Integers, since: int, until: int) -> int:
    first, last = np.searchsorted(moments, (since, until)).tolist()
    return int(last - first)


def _new(table: CallTable, since: int, until: int) -> int:
    """How many runners have their first record then."""
    _, rows = np.unique(table.runner.codes, return_index=True)
    began = table.started_at[rows]
    return int(np.count_nonzero((began > since) & (began <= until)))
