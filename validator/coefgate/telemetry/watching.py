"""What a monitor reads of a store: the records of some weeks, and those that a proof replays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from coefgate.calibration.residuals import Residuals
from coefgate.core.table import Table
from coefgate.registry.guardrails import Guardrails
from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.own_weeks import OwnWeek, needs_of, own_weeks, served_versions
from coefgate.telemetry.alarms.proof import OwnNeeds
from coefgate.telemetry.alarms.watch import Watch
from coefgate.telemetry.alarms.week import HISTORY, WatchedRecords
from coefgate.telemetry.call_table import CallTable, record_ids
from coefgate.telemetry.reading import read_calls, read_records
from coefgate.telemetry.recorders import read_recorders
from coefgate.telemetry.replayed import replayed_rows
from coefgate.telemetry.times import DAY, WEEK

OWN_WEEKS: Final = 26
"""Weeks before that of a trigger in which a release may have done well."""
_OF_NEEDS: Final = (
    *("finished_at", "version", "digest", "unit", "phase", "predicted", "actual", "limit"),
    *("truncated", "success"),
)
"""Columns that say what calls needed of what was predicted."""


@dataclass(frozen=True, slots=True)
class ProofWindow:
    """What a proof needs of records.

    ``records``: those that are replayed, their needs known. ``weeks`` and ``needs``: of each
    digest, by its own records. ``served``: the versions that served calls, with their digests.
    """

    records: Sequence[CallRecord]
    weeks: Mapping[str, Sequence[OwnWeek]]
    needs: Mapping[str, OwnNeeds]
    served: Collection[tuple[str, str]] = ()


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
    return Watch(
        records=WatchedRecords(_ended_by(arrived, now), registry.canonical_category),
        arrived=arrived,
        recorders=read_recorders(connection, since=since),
        waiting=waiting,
        registry=registry,
        guardrails=guardrails,
        now=now,
        by=by,
        stored=stored,
    )


def _ended_by(arrived: CallTable, now: int) -> CallTable:
    later = arrived.finished_at > now
    return arrived.where(~later) if later.any() else arrived


def read_window(connection: sa.Connection, watch: Watch, alarm: Alarm) -> ProofWindow:
    """What the proof of one trigger needs."""
    records, table = watch.records, watch.records.table
    rows = alarm.rows[records.judged[alarm.rows]]
    chosen = record_ids(table, replayed_rows(table, rows))
    since = (alarm.week - 7 * OWN_WEEKS) * DAY
    until = min(watch.now + 1, alarm.week * DAY + WEEK)
    past = read_calls(connection, since=since, until=until, columns=_OF_NEEDS)
    own = WatchedRecords(_ended_by(past, watch.now), {})
    return ProofWindow(
        list(read_records(connection, keys=chosen)),
        own_weeks(own),
        {digest: needs_of(own, digest) for digest in own.table.digest.names},
        served_versions(own),
    )
