"""What a monitor reads of a store: the records of some weeks, and those that a proof replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from coefgate.calibration.residuals import Residuals
from coefgate.core.table import Table
from coefgate.registry.guardrails import Guardrails
from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.own_weeks import OwnWeek, needs_of, own_weeks
from coefgate.telemetry.alarms.proof import Needs
from coefgate.telemetry.alarms.silence import DAY, WEEK
from coefgate.telemetry.alarms.watch import Watch
from coefgate.telemetry.alarms.week import Records
from coefgate.telemetry.reading import read_calls, read_records
from coefgate.telemetry.recorders import read_recorders
from coefgate.telemetry.replayed import keys, replayed_rows

HISTORY: Final = 26
"""Weeks before those that are judged: what releases did before, and when calls usually come."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a proof needs of records.

    ``records``: those that are replayed, their needs known. ``weeks`` and ``needs``: of each
    digest, by its own records.
    """

    records: Sequence[CallRecord]
    weeks: Mapping[str, Sequence[OwnWeek]]
    needs: Mapping[str, Needs]


def read_watch(
    connection: sa.Connection,
    weeks: Sequence[int],
    *,
    registry: Table,
    guardrails: Guardrails,
    now: int,
    waiting: int,
    by: Sequence[str],
    stored: Mapping[str, Residuals],
) -> Watch:
    """The records of these weeks, the oldest first, and of those before; the rest as in it."""
    since, until = (weeks[0] - 7 * HISTORY) * DAY, min(now + 1, weeks[-1] * DAY + WEEK)
    arrived = read_calls(connection, since=since, until=until)
    later = arrived.finished_at > now
    return Watch(
        records=Records(
            arrived.where(~later) if later.any() else arrived, registry.canonical_category
        ),
        arrived=arrived,
        recorders=read_recorders(connection, since=since),
        waiting=waiting,
        registry=registry,
        guardrails=guardrails,
        now=now,
        by=by,
        stored=stored,
    )


def read_window(connection: sa.Connection, watch: Watch, alarm: Alarm) -> Window:
    """What the proof of one trigger needs."""
    records, table = watch.records, watch.records.table
    rows = alarm.rows[records.judged[alarm.rows]]
    chosen = keys(table, replayed_rows(table, rows))
    return Window(
        list(read_records(connection, keys=chosen)),
        own_weeks(records),
        {digest: needs_of(records, digest) for digest in table.digest.names},
    )
