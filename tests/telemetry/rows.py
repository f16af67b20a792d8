"""Rows of ``calls`` as a recorder writes them, for tests of the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from coefgate.telemetry.adding import SeenWriters, add_calls, merge_writers
from coefgate.telemetry.record_rows import StoredRow
from coefgate.telemetry.store import Store
from coefgate.telemetry.times import DAY, SECOND
from tests.runner.records import record

A, B = "a" * 32, "b" * 32
"""Two recorders."""
MONDAY = 1_790_553_600_000_000
"""Monday, 2026-09-28, 00:00 UTC, in microseconds."""


def call(sequence: int = 1, writer: str = A, **facts: Any) -> StoredRow:
    """A record, begun ``sequence`` seconds after the Monday unless said otherwise."""
    started = facts.get("started_at", MONDAY + sequence * SECOND)
    times = {"started_at": started, "finished_at": started + SECOND}
    return astuple(record(writer=writer, sequence=sequence, **{**times, **facts}))


def calls_of(writer: str, numbers: Iterable[int]) -> list[StoredRow]:
    """A record for each number."""
    return [call(number, writer) for number in numbers]


def recorder(writer: str = A, *, begun: int, closed: bool = True) -> StoredRow:
    """A row of ``writers``."""
    return (writer, "host-1", "0.1.0", MONDAY, MONDAY + 2 * DAY, begun, closed, 0, 0)


def put(store: Store, rows: Iterable[StoredRow], *about: StoredRow) -> None:
    """Add records, with what is known of recorders or what the records say of them."""
    found, seen = [*rows], SeenWriters()
    seen.see(found)
    with store.write() as connection:
        add_calls(connection, found)
        merge_writers(connection, about or seen.rows())
