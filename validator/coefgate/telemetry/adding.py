"""Adding rows to a store: those that are there already change nothing and are never changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from coefgate.samples.foreign.skipped import Skipped
from coefgate.telemetry.record_rows import (
    CALL_NAMES,
    WRITER_NAMES,
    Refusal,
    StoredRow,
)
from coefgate.telemetry.schema import calls, writers

BATCH: Final = 1000
"""Rows that are added in one transaction: what another process has to wait for."""
UNKNOWN_VERSION: Final = "unknown"
"""The ``program_version`` of a recorder that is known by its records alone."""
_NEW: Final = (False, 0, 0)


@dataclass(slots=True)
class AddedRecords:
    """What became of rows: ``added`` to the store, ``known`` to it, or refused by a name.

    ``disputed``: recorders with a record that differs from that of the store.
    """

    added: int = 0
    known: int = 0
    refused: defaultdict[Refusal, Skipped] = field(default_factory=lambda: defaultdict(Skipped))
    disputed: set[Any] = field(default_factory=set)

    def refuse(self, name: Refusal, place: str) -> None:
        """Count one that is not taken in."""
        self.refused[name].note(place)

    def compare(self, row: StoredRow, stored: StoredRow, place: str) -> None:
        """Count one whose identity the store has: the stored one stands, also where it differs."""
        if row == stored:
            self.known += 1
        else:
            self.disputed.add(row[0])
            self.refuse("conflict", place)

    def add(self, other: AddedRecords) -> None:
        """Count those of ``other`` as well."""
        self.added += other.added
        self.known += other.known
        self.disputed |= other.disputed
        for name, some in other.refused.items():
            self.refused[name].add(some)


def insert_into(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that may say what to do with a row that is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def add_calls(
    connection: sa.Connection, rows: Iterable[StoredRow], places: Iterable[str] | None = None
) -> AddedRecords:
    """Add records; ``places``: where each was found, for those that are refused."""
    done, new = AddedRecords(), dict[tuple[Any, ...], StoredRow]()
    wanted, place_of = [*rows], dict[tuple[Any, ...], str]()
    said = [*places] if places is not None else [f"{row[0]}:{row[1]}" for row in wanted]
    stored, pruned = stored_rows(connection, wanted), _pruned(connection, wanted)
    for row, place in zip(wanted, said, strict=True):
        key = row[:2]
        before = stored.get(key) or new.get(key)
        if before is not None:
            done.compare(row, before, place)
        elif cast("int", row[1]) <= pruned.get(row[0], 0):
            done.refuse("pruned", place)
        else:
            new[key], place_of[key] = row, place
    if new:
        statement = insert_into(connection, calls).on_conflict_do_nothing()
        inserted = connection.execute(
            statement,
            [dict(zip(CALL_NAMES, row, strict=True)) for row in new.values()],
            execution_options={"preserve_rowcount": True},
        )
        done.added = inserted.rowcount
        if done.added < len(new):  # another process was first with some of them
            stored = stored_rows(connection, [*new.values()])
            others = AddedRecords()
            for key, row in new.items():
                others.compare(row, stored[key], place_of[key])
            others.known -= done.added
            done.add(others)
        # Who comes with a record after its end had not ended; what is shipped relies on it.
        late = sa.and_(writers.c.closed, writers.c.writer.in_({row[0] for row in new.values()}))
        connection.execute(sa.update(writers).where(late).values(closed=False))
    return done


def stored_rows(
    connection: sa.Connection, rows: Sequence[StoredRow]
) -> dict[tuple[Any, ...], StoredRow]:
    """The records in the store that have the identity of one of ``rows``, by that."""
    by_writer = defaultdict(list)
    for row in rows:
        by_writer[row[0]].append(row[1])
    found = {}
    for writer, sequences in by_writer.items():
        asked = sa.select(calls).where(calls.c.writer == writer, calls.c.sequence.in_(sequences))
        for one in connection.execute(asked):
            found[tuple(one[:2])] = tuple(one)
    return found


def _pruned(connection: sa.Connection, rows: Iterable[StoredRow]) -> dict[Any, int]:
    names = {row[0] for row in rows}
    asked = sa.select(writers.c.writer, writers.c.pruned_to).where(
        writers.c.writer.in_(names), writers.c.pruned_to > 0
    )
    return dict(map(tuple, connection.execute(asked)))


def merge_writers(connection: sa.Connection, rows: Iterable[StoredRow]) -> None:
    """Bring what is known of recorders together: of each the latest, and what was pruned."""
    found = [dict(zip(WRITER_NAMES, row, strict=True)) for row in rows]
    if not found:
        return
    insert = insert_into(connection, writers)
    here, new = writers.c, insert.excluded
    guessed = here.program_version == UNKNOWN_VERSION
    further = new.pruned_to > here.pruned_to
    merged = {
        "runner": sa.case((guessed, new.runner), else_=here.runner),
        "program_version": sa.case((guessed, new.program_version), else_=here.program_version),
        "started_at": sa.case(
            (new.started_at < here.started_at, new.started_at), else_=here.started_at
        ),
        "seen_at": sa.case((new.seen_at > here.seen_at, new.seen_at), else_=here.seen_at),
        "begun": sa.case((new.begun > here.begun, new.begun), else_=here.begun),
        "closed": sa.or_(here.closed, new.closed),
        "pruned_to": sa.case((further, new.pruned_to), else_=here.pruned_to),
        "pruned_lost": sa.case((further, new.pruned_lost), else_=here.pruned_lost),
    }
    statement = insert.on_conflict_do_update(index_elements=[here.writer], set_=merged)
    connection.execute(statement, found)


class SeenWriters:
    """What records say of their recorders, for those that nothing else is known of."""

    def __init__(self) -> None:
        self._runners: dict[Any, Any] = {}
        self._begun = Counter[Any]()
        self._times: dict[Any, tuple[Any, Any]] = {}

    def see(self, rows: Iterable[StoredRow]) -> None:
        """Look at some records."""
        for writer, sequence, started, finished, runner, *_ in rows:
            self._runners.setdefault(writer, runner)
            self._begun[writer] = max(self._begun[writer], cast("int", sequence))
            first, last = self._times.get(writer, (started, finished))
            self._times[writer] = min(first, started), max(last, finished)

    def rows(self) -> list[StoredRow]:
        """A row of ``writers`` for each."""
        return [
            (writer, runner, UNKNOWN_VERSION, *self._times[writer], self._begun[writer], *_NEW)
            for writer, runner in self._runners.items()
        ]
