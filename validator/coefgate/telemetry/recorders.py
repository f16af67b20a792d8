"""What each recorder has begun, how much of it never arrived, and what waits beside the store."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from coefgate.core.problems import explained
from coefgate.runner.record_spool import RECORDS, spool_folder
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store_address import StoreAddress


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


def waiting_records(address: StoreAddress) -> int:
    """How many records wait in the spool beside a store that is a file."""
    if address.path is None:
        return 0
    folder = spool_folder(address.path)
    with explained(f"{folder}: cannot be read", f"Look at it with: ls -l {folder}"):
        return sum(map(_lines, folder.glob(f"*{RECORDS}")))


def _lines(file: Path) -> int:
    with suppress(FileNotFoundError):  # somebody took it in meanwhile
        return file.read_bytes().count(b"\n")
    return 0
