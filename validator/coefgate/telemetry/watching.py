"""What a monitor reads of a store: the records of some weeks, and those that a proof replays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
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
from coefgate.telemetry.reading import COLUMNS, read_calls
from coefgate.telemetry.recorders import read_recorders
from coefgate.telemetry.records_by_key import read_records
from coefgate.telemetry.replayed import replayed_rows
from coefgate.telemetry.store import Store
from coefgate.telemetry.times import DAY, WEEK

_OF_ALARMS: Final = COLUMNS - {"budget"}


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """How one digest did by its own records: its weeks, and what its calls needed."""

    weeks: Sequence[OwnWeek]
    needs: OwnNeeds


@dataclass(frozen=True, slots=True)
class ProofWindow:
    """What a proof may ask of the records, worked out when it is asked, and once.

    ``records``: those that are replayed, their needs known. ``own``: of a digest, from the weeks
    of the history. ``served``: the versions that served calls then, with their digests.
    """

    records: Callable[[], Sequence[CallRecord]]
    own: Callable[[str], OwnRecords]
    served: Callable[[], Collection[tuple[str, str]]]


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
    arrived = read_calls(connection, since=since, until=until, columns=_OF_ALARMS)
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


def proof_window(store: Store, watch: Watch, alarm: Alarm) -> ProofWindow:
    """What the proof of one trigger may ask of a store that stays open as long."""
    records, table = watch.records, watch.records.table
    rows = alarm.rows[records.judged[alarm.rows]]
    chosen = record_ids(table, replayed_rows(table, rows))
    past = watch.week(alarm.week).history

    @cache
    def replayed() -> Sequence[CallRecord]:
        with store.read() as connection:
            return list(read_records(connection, chosen))

    @cache
    def own(digest: str) -> OwnRecords:
        of_digest = np.isin(table.digest.codes, table.digest.codes_of(digest))
        served = np.flatnonzero(past & of_digest)
        return OwnRecords(own_weeks(records, served, digest), needs_of(records, served))

    return ProofWindow(replayed, own, lambda: served_versions(table, np.flatnonzero(past)))
