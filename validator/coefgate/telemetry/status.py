"""What a store holds, and whether all of it arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from coefgate.telemetry.recorders import RecorderCount, read_recorders
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.times import DAY, SECOND, WEEK


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """``by_state`` and ``by_fault``: how many records of each.

    ``weeks``: the Monday of each ISO week from the first with a record to the last, in days since
    1970, and how many began in it, of those whose clock is not at fault. ``last_at``: when the
    last record was finished, in microseconds since 1970. ``backwards``: records that began more
    than a second before the one that their recorder began before. ``pruned_lost``: calls that
    were lost before what was around them was taken out.
    """

    by_state: Mapping[str, int]
    by_fault: Mapping[str, int]
    weeks: Mapping[int, int]
    last_at: int | None
    backwards: int
    recorders: Sequence[RecorderCount]
    pruned_lost: int

    @property
    def records(self) -> int:
        return sum(self.by_state.values())

    @property
    def empty_weeks(self) -> list[int]:
        """Weeks between others in which no call began."""
        return [week for week, many in self.weeks.items() if not many]

    @property
    def lost(self) -> int:
        """Calls that will not come any more."""
        return self.pruned_lost + sum(one.missing for one in self.recorders if one.closed)

    @property
    def waited_for(self) -> int:
        """Calls of recorders that have not ended: under way, or lost."""
        return sum(one.missing for one in self.recorders if not one.closed)


def read_status(connection: sa.Connection) -> StoreStatus:
    """Look at every record."""
    right = sa.func.coalesce(calls.c.fault, "") != "clock"
    last = connection.scalar(sa.select(sa.func.max(calls.c.finished_at)).where(right))
    pruned = connection.scalar(sa.select(sa.func.sum(writers.c.pruned_lost)))
    return StoreStatus(
        by_state=_counted(connection, calls.c.state),
        by_fault=_counted(connection, calls.c.fault),
        weeks=_weeks(connection, right),
        last_at=last,
        backwards=_backwards(connection, right),
        recorders=read_recorders(connection, since=-(1 << 63)),
        pruned_lost=int(pruned or 0),
    )


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


def _counted(connection: sa.Connection, column: sa.Column[str]) -> dict[str, int]:
    many = sa.func.count()
    asked = sa.select(column, many).where(column.is_not(None)).group_by(column)
    found = connection.execute(asked.order_by(many.desc(), column))
    return {row[0]: row[1] for row in found}


def _weeks(connection: sa.Connection, right: sa.ColumnElement[bool]) -> dict[int, int]:
    """1970 began on a Thursday, so its first Monday was three days before."""
    week = (calls.c.started_at + 3 * DAY) // WEEK
    asked = sa.select(week, sa.func.count()).where(right).group_by(week)
    found = {int(number) * 7 - 3: many for number, many in connection.execute(asked)}
    if not found:
        return {}
    return {day: found.get(day, 0) for day in range(min(found), max(found) + 7, 7)}


def _backwards(connection: sa.Connection, right: sa.ColumnElement[bool]) -> int:
    before = sa.func.lag(calls.c.started_at).over(
        partition_by=calls.c.writer, order_by=calls.c.sequence
    )
    steps = sa.select((calls.c.started_at - before).label("step")).where(right).subquery()
    asked = sa.select(sa.func.count()).where(steps.c.step < -SECOND)
    return connection.scalar(asked) or 0
