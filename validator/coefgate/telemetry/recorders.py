"""What each recorder has begun, and how much of it never arrived."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from coefgate.telemetry.schema import calls, writers


@dataclass(frozen=True, slots=True)
class RecorderCount:
    """One recorder: a row of ``writers``, with how many of its calls ``arrived``.

    ``missing``: calls that it had begun and that nobody took out; they were lost, or had not ended
    when it was last seen.
    """

    writer: str
    runner: str
    started_at: int
    seen_at: int
    begun: int
    closed: bool
    pruned_to: int
    arrived: int

    @property
    def missing(self) -> int:
        return max(0, self.begun - self.pruned_to - self.arrived)


def read_recorders(connection: sa.Connection, *, since: int) -> tuple[RecorderCount, ...]:
    """The recorders that were seen from ``since`` on, in microseconds since 1970."""
    own = sa.and_(calls.c.writer == writers.c.writer, calls.c.sequence > writers.c.pruned_to)
    arrived = sa.select(sa.func.count()).select_from(calls).where(own).scalar_subquery()
    known = (
        *(writers.c.writer, writers.c.runner, writers.c.started_at, writers.c.seen_at),
        *(writers.c.begun, writers.c.closed, writers.c.pruned_to),
    )
    asked = sa.select(*known, arrived).where(writers.c.seen_at >= since).order_by(known[0])
    return tuple(RecorderCount(*row) for row in connection.execute(asked))
