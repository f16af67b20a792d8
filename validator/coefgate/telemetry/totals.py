"""What a store holds as a whole: how many records, and how old the newest is."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from coefgate.telemetry.schema import calls


@dataclass(frozen=True, slots=True)
class StoreTotals:
    """``records``; ``last_finished_at``: of the newest one, in microseconds; ``None`` of none."""

    records: int
    last_finished_at: int | None


def store_totals(connection: sa.Connection, *, until: int) -> StoreTotals:
    """The totals of the records that had ended at the moment ``until``."""
    asked = sa.select(sa.func.count(), sa.func.max(calls.c.finished_at)).where(
        calls.c.finished_at <= until
    )
    records, last = connection.execute(asked).one()
    return StoreTotals(records, last)
