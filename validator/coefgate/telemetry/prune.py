"""Taking old records out of a store, which goes on to know that they were there.

Of each recorder the records up to some number go, so that what is missing above it is still seen
to be lost. Nothing goes that may still be joined by a call that has not ended.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem
from coefgate.telemetry.adding import BATCH, stored_rows
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store


@dataclass(frozen=True, slots=True)
class PrunedRecorder:
    """What goes of one recorder: its records with numbers in (``above``, ``to``].

    ``lost``: numbers among them of which there is no record.
    """

    writer: str
    above: int
    to: int
    records: int

    @property
    def lost(self) -> int:
        return self.to - self.above - self.records

    def holds(self) -> sa.ColumnElement[bool]:
        """Is it a record that goes?"""
        return sa.and_(calls.c.writer == self.writer, calls.c.sequence <= self.to)


def old_records(store: Store, *, before: int) -> list[PrunedRecorder]:
    """What may go of the records that began before a moment, in microseconds since 1970."""
    young = sa.func.min(sa.case((calls.c.started_at >= before, calls.c.sequence)))
    ends = (
        sa.select(
            calls.c.writer, young.label("young"), sa.func.max(calls.c.sequence).label("last")
        )
        .group_by(calls.c.writer)
        .subquery()
    )
    here = writers.c
    asked = sa.select(
        here.writer, here.pruned_to, here.begun, here.closed, ends.c.young, ends.c.last
    )
    found = []
    with store.read() as connection:
        for writer, above, begun, closed, first, last in connection.execute(
            asked.join(ends, ends.c.writer == here.writer).order_by(here.writer)
        ):
            to = first - 1 if first is not None else max(begun, last) if closed else last
            if not closed:
                to = _before_a_gap(connection, writer, above, to)
            own = sa.and_(calls.c.writer == writer, calls.c.sequence <= to)
            many = connection.scalar(sa.select(sa.func.count()).select_from(calls).where(own))
            if many:
                found.append(PrunedRecorder(writer, above, to, many))
    return found


def _before_a_gap(connection: sa.Connection, writer: str, above: int, to: int) -> int:
    """The last number up to ``to`` before the first that is missing: its call may go on."""
    own = sa.and_(calls.c.writer == writer, calls.c.sequence > above, calls.c.sequence <= to)
    asked = sa.select(calls.c.sequence).where(own).order_by(calls.c.sequence)
    reached = above
    for number in connection.scalars(asked):
        if number > reached + 1:
            break
        reached = number
    return reached


def refuse_unless_kept(store: Store, other: Store, old: Sequence[PrunedRecorder]) -> None:
    """Raise ``EnvironmentProblem`` unless ``other`` holds every record that goes, as it is."""
    lacking = different = 0
    for one in old:
        asked = sa.select(calls).where(one.holds()).execution_options(yield_per=BATCH)
        with store.read() as connection, other.read() as there:
            for some in connection.execute(asked).partitions():
                rows = [tuple(row) for row in some]
                kept = stored_rows(there, rows)
                lacking += sum(row[:2] not in kept for row in rows)
                different += sum(kept.get(row[:2], row) != row for row in rows)
    if not lacking + different:
        return
    this, that = (shlex.quote(one.address.shown) for one in (store, other))
    remedy = f"Ship them with: {store.address.command(f'telemetry ship {that}')}"
    if different:
        compare = other.address.command(f"telemetry ingest {this}")
        remedy = f"To see which differ ({different:,}): {compare}"
    raise EnvironmentProblem(
        f"{lacking + different:,} of the {sum(one.records for one in old):,} records are not in "
        f"{other.address.shown}, or differ there; nothing was pruned. {remedy}"
    )


def prune(store: Store, old: Sequence[PrunedRecorder]) -> None:
    """Take these out, one recorder after the other; each goes as a whole or not at all."""
    for one in old:
        with store.write() as connection:
            connection.execute(sa.delete(calls).where(one.holds()))
            connection.execute(
                sa.update(writers)
                .where(writers.c.writer == one.writer)
                .values(pruned_to=one.to, pruned_lost=writers.c.pruned_lost + one.lost)
            )
