"""Rows of ``calls`` as a recorder writes them, for tests of the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, replace
from typing import Any

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.adding import SeenWriters, add_calls, merge_writers
from coefgate.telemetry.record_rows import StoredRow
from coefgate.telemetry.store import Store

A, B = "a" * 32, "b" * 32
"""Two recorders."""
MONDAY = 1_790_553_600_000_000
"""Monday, 2026-09-28, 00:00 UTC, in microseconds."""
SECOND = 1_000_000
DAY = 86_400 * SECOND

_CALL = CallRecord(
    writer=A,
    sequence=1,
    started_at=MONDAY,
    finished_at=MONDAY + SECOND,
    runner="host-1",
    origin="telemetry",
    run_id="run-1",
    phase_id="phase-1",
    attempt=1,
    call_id=None,
    category="backend",
    complexity="low",
    label_origin="declared",
    model="a-model",
    unit="call",
    output_mode=None,
    deliverables='[{"path":"src/a.py","operation":"create","bytes_before":null}]',
    deliverable_count=1,
    redacted=False,
    paths="real",
    deliverables_from="request",
    reply_matches="unknown",
    sizes_unknown=0,
    registry_version="1.4.0",
    registry_commit=None,
    digest="d" * 64,
    basis="measured",
    predicted_tokens=1000,
    interval_low=500,
    interval_high=2000,
    interval_coverage=0.9,
    share_measured=1.0,
    budget=2000,
    budget_risk=0.05,
    previous_output_tokens=None,
    previous_truncated=None,
    max_output_tokens=2000,
    input_tokens=400,
    actual_output_tokens=900,
    reasoning_tokens=None,
    stop_reason="end_turn",
    truncated=False,
    success=True,
    state="finished",
    fault=None,
)


def call(sequence: int = 1, writer: str = A, **facts: Any) -> StoredRow:
    """A record, begun ``sequence`` seconds after the Monday unless said otherwise."""
    started = facts.get("started_at", MONDAY + sequence * SECOND)
    times = {"started_at": started, "finished_at": started + SECOND}
    return astuple(replace(_CALL, writer=writer, sequence=sequence, **{**times, **facts}))


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
