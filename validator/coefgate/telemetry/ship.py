"""Shipping a store to another one: what is missing there, in batches that may be sent again.

A recorder that has ended, and of which both stores say the same, was shipped as a whole: its row
goes after its records. Of the others parts are compared by checksums, and of parts that differ
every record: what the other store lacks is added, and what differs there is reported. Of one that
has ended meanwhile every record is compared, once.
"""

from __future__ import annotations

import operator
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem
from coefgate.telemetry.adding import BATCH, AddedRecords, SeenWriters, add_calls
from coefgate.telemetry.ingest import add_writers, good_rows, raw_batches
from coefgate.telemetry.record_rows import StoredRow
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store, open_store
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.store_errors import StoreAway

PATIENCE: Final = 60.0
"""Seconds without an answer after which the rest is left for another time."""
_LONGEST_PAUSE: Final = 10.0
_NAMES_AT_ONCE: Final = 200


@dataclass(slots=True)
class Shipped:
    """What became of records; ``left``: how many the other store still lacks, where known.

    ``away``: how often it did not answer.
    """

    records: AddedRecords = field(default_factory=AddedRecords)
    left: int | None = None
    away: int = 0


@dataclass(frozen=True, slots=True)
class _OtherPart:
    """Numbers of one recorder that differ, of which the other store lacks ``lacking`` or more."""

    writer: str
    first: int
    lacking: int

    def holds(self) -> sa.ColumnElement[bool]:
        last = self.first + BATCH - 1
        return sa.and_(calls.c.writer == self.writer, calls.c.sequence.between(self.first, last))


class _Patience:
    """How long to wait for a server that is away; an answer begins it anew."""

    def __init__(self, seconds: float, wait: Callable[[float], None]) -> None:
        self._seconds, self._wait = seconds, wait
        self.answered()

    def answered(self) -> None:
        self._left, self._pause = self._seconds, 1.0

    def has_ended(self) -> bool:
        """Wait a little longer than last time; ``True``: it has been long enough."""
        if self._left <= 0:
            return True
        pause = min(self._pause, self._left)
        self._wait(pause)
        self._left, self._pause = self._left - pause, min(2 * self._pause, _LONGEST_PAUSE)
        return False


def ship(
    source: Store,
    target: StoreAddress,
    *,
    patience: float = PATIENCE,
    wait: Callable[[float], None] = time.sleep,
) -> Shipped:
    """Bring to ``target`` what it lacks of ``source``. Whatever ends it, nothing is lost.

    Raises ``EnvironmentProblem`` with the number of records that are left where the server is
    away for longer than ``patience`` seconds.
    """
    done, waiting = Shipped(), _Patience(patience, wait)
    while True:
        try:
            _ship_once(source, target, done, waiting)
        except StoreAway as error:
            done.away += 1
            if waiting.has_ended():
                raise _given_up(source, target, done, error) from error
        else:
            return done


def _ship_once(source: Store, target: StoreAddress, done: Shipped, waiting: _Patience) -> None:
    with open_store(target, write=True) as store:
        waiting.answered()
        names = _unfinished(source, store)
        parts = [*_other_parts(source, store, names)]
        done.left = sum(part.lacking for part in parts)
        seen = SeenWriters()
        lacking = _rows_of(source, store, parts, done.records)
        while rows := [*islice(lacking, BATCH)]:
            seen.see(rows)
            with store.write() as connection:
                added = add_calls(connection, rows)
            done.records.add(added)
            done.left = max(0, done.left - added.added)
            waiting.answered()
        add_writers(source, store, seen.rows(), done.records)


def _given_up(
    source: Store, target: StoreAddress, done: Shipped, error: StoreAway
) -> EnvironmentProblem:
    with source.read() as connection:
        held = connection.scalar(sa.select(sa.func.count()).select_from(calls)) or 0
    left = f"up to {held:,}" if done.left is None else f"{done.left:,}"
    again = source.address.command(f"telemetry ship {shlex.quote(target.shown)}")
    return EnvironmentProblem(
        f"{error.fact}. {done.records.added:,} records were shipped, and {left} are left, which "
        f"stay in {source.address.shown}. Ship them with: {again}"
    )


def _unfinished(source: Store, store: Store) -> list[str]:
    """Recorders of which the other store may lack something."""
    with source.read() as connection:
        here = {row.writer: row for row in connection.execute(sa.select(writers))}
        named = here.keys() | set(_names(connection))
    with store.read() as connection:
        there = {row.writer: row for row in connection.execute(sa.select(writers))}
    shipped = {name for name, row in here.items() if row.closed and _same(row, there.get(name))}
    return sorted(named - shipped)


def _same(row: sa.Row[Any], other: sa.Row[Any] | None) -> bool:
    return other is not None and all(
        getattr(row, name) == getattr(other, name) for name in ("closed", "begun", "pruned_to")
    )


def _names(connection: sa.Connection) -> Iterator[str]:
    """The recorders that have records: a step through the key for each of them."""
    name = ""
    while found := connection.scalar(
        sa.select(sa.func.min(calls.c.writer)).where(calls.c.writer > name)
    ):
        yield found
        name = found


def _other_parts(source: Store, store: Store, names: Sequence[str]) -> Iterator[_OtherPart]:
    for start in range(0, len(names), _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        with source.read() as connection:
            here = _counted(connection, some)
            about = writers.c
            asked = sa.select(about.writer, about.pruned_to, about.closed)
            asked = asked.where(about.writer.in_(some))
            known = {writer: said for writer, *said in connection.execute(asked)}
        with store.read() as connection:
            there = _counted(connection, some)
        for (writer, part), sums in sorted(here.items()):
            others = there.get((writer, part), (0, 0, 0))
            pruned_to, closed = known.get(writer, (0, False))
            if sums != others or closed:
                # Of a part that was pruned here in part, the other store may have more.
                is_pruned = pruned_to >= max(1, part * BATCH)
                lacking = 0 if is_pruned else max(sums[0] - others[0], 0)
                yield _OtherPart(writer, part * BATCH, lacking)


def _counted(
    connection: sa.Connection, names: Sequence[str]
) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Of each part how many numbers there are, their sum, and a checksum of their records."""
    part = calls.c.sequence // BATCH
    said = sa.func.sum(_CHECKSUM)
    asked = (
        sa.select(calls.c.writer, part, sa.func.count(), sa.func.sum(calls.c.sequence), said)
        .where(calls.c.writer.in_(names))
        .group_by(calls.c.writer, part)
    )
    return {
        (writer, int(at)): (number, int(total), int(checked))
        for writer, at, number, total, checked in connection.execute(asked)
    }


def _number(column: sa.Column[Any]) -> sa.ColumnElement[int]:
    """What a value adds to the checksum, the same in both databases; of a text its length."""
    match column.type:
        case sa.Boolean():
            return sa.case((column.is_(True), 2), (column.is_(False), 1), else_=0)
        case sa.Text():
            return sa.func.coalesce(sa.func.length(column), -1)
        case _:
            return sa.func.coalesce(column % _MODULUS, -1)


_MODULUS: Final = 1_000_003
_CHECKED_COLUMNS: Final = (
    *("finished_at", "predicted_tokens", "actual_output_tokens", "truncated", "success"),
    "category",
)
_CHECKSUM: Final = reduce(
    operator.add,
    (weight * _number(calls.c[one]) for weight, one in enumerate(_CHECKED_COLUMNS, 1)),
)
"""A cheap checksum of a record, in which most differences show."""


def _rows_of(
    source: Store, store: Store, parts: Iterable[_OtherPart], done: AddedRecords
) -> Iterator[StoredRow]:
    """The records of these parts that differ in the other store, or that it lacks."""
    for part in parts:
        asked = sa.select(calls).where(part.holds())
        there = {tuple(row) for some in raw_batches(store, asked) for row in some}
        for some in raw_batches(source, asked):
            others = [row for row in some if tuple(row) not in there]
            yield from good_rows("calls", others, done)
