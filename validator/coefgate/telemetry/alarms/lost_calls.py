"""Calls that began and of which no record came: what a week's figures lack.

A few of many could not bring any figure beyond its limit, whatever they were: these are reported,
and leave nobody in doubt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, HOUR, WEEK


def lost_calls(
    table: CallTable, week: int, recorders: Sequence[RecorderCount], *, now: int, silent_hours: int
) -> Alarm:
    """How many calls of a week were lost, and by which recorders.

    ``table``: with all that has arrived, whenever it did. A number that is missing between two
    others belongs to the week of the next one; those at the end to the week in which its recorder
    was last seen. While a recorder is not closed, what is missing may go on for ``silent_hours``
    after that: it is not lost yet.
    """
    start, end = week * DAY, week * DAY + WEEK
    lost: dict[str, int] = {}
    for one in recorders:
        last = now if one.closed else now - silent_hours * HOUR - 1
        gaps = _gaps(table, one) if one.missing else ()
        many = sum(count for moment, count in gaps if start <= moment < end and moment <= last)
        if many:
            lost[one.writer] = many
    many = sum(lost.values())
    here = table.week == week
    return Alarm(
        "lost-calls",
        "cannot-tell" if many else "fine",
        week,
        calls=int(np.count_nonzero(here)) + many,
        counted=many,
        statistic=float(many),
        threshold=0.0,
        why="lost-calls" if many else "",
        names=tuple(sorted(lost, key=lambda writer: -lost[writer])),
    )


def within_headroom(found: Alarm, headroom: float) -> Alarm:
    """``found``, fine where every figure of the week has room for so many lost calls."""
    if (found.counted or 0) > headroom:
        return replace(found, threshold=headroom)
    limit = headroom if math.isfinite(headroom) else None
    return replace(found, answer="fine", threshold=limit, why="")


def _gaps(table: CallTable, one: RecorderCount) -> Iterator[tuple[int, int]]:
    """When so many calls of a recorder are missing: the moments of those that came next."""
    rows = np.flatnonzero(np.isin(table.writer.codes, table.writer.codes_of(one.writer)))
    rows = rows[np.argsort(table.sequence[rows])]
    numbers = np.concatenate(([one.pruned_to], table.sequence[rows], [one.begun + 1]))
    moments = np.concatenate((table.started_at[rows], [one.seen_at]))
    lacks = np.diff(numbers) - 1
    for at in np.flatnonzero(lacks > 0).tolist():
        yield int(moments[at]), int(lacks[at])
