from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from coefgate.telemetry.alarms.receipt import record_range
from coefgate.telemetry.call_table import UNKNOWN, record_ids
from coefgate.telemetry.reading import read_calls
from coefgate.telemetry.store import open_store
from tests.telemetry.stores import store_with
from tests.telemetry.tables import MONDAY, SECOND, invented, records_of, table_of

QUERY = """
SELECT writer, sequence, started_at, runner, origin || '/' || phase_id, category, complexity,
  model, registry_version, digest, basis, unit, deliverable_count, sizes_unknown,
  predicted_tokens, max_output_tokens, actual_output_tokens, truncated, success,
  state = 'finished', fault IS NOT NULL
FROM calls ORDER BY started_at, writer, sequence
"""


def test_anybody_gets_the_hash_from_the_database_alone(tmp_path: Path) -> None:
    table = invented(400, np.random.default_rng(3), unfinished=0.1, faulty=0.1)
    place = store_with(tmp_path / "calls.db", records_of(table))
    with open_store(place) as store, store.read() as connection:
        read = read_calls(connection)
    found = record_range(read, np.arange(len(read)))
    with closing(sqlite3.connect(place)) as plain:
        rows = plain.execute(QUERY).fetchall()
    lines = ["|".join("" if one is None else str(one) for one in row) for row in rows]
    assert found is not None
    assert found.count == 400
    assert (
        found.sha256 == hashlib.sha256("".join(f"{one}\n" for one in lines).encode()).hexdigest()
    )


def test_a_receipt_names_the_first_and_the_last_record() -> None:
    table = table_of({}, {"actual": UNKNOWN, "truncated": UNKNOWN, "phase": None}, {})
    found = record_range(table, np.array([0, 1]))
    assert found is not None
    assert (str(found.first), str(found.last)) == (f"{'0' * 32}:1", f"{'0' * 32}:2")
    assert str(record_ids(table, np.array([2]))[0]) == f"{'0' * 32}:3"
    named = f"tests|low|claude-sonnet-4-5|1.0.0|{'a' * 64}|exact|call"
    lines = (
        f"{'0' * 32}|1|{MONDAY}|host-1|runner/phase-0|{named}|1|0|1000||800|0|1|1|0\n"
        f"{'0' * 32}|2|{MONDAY + SECOND}|host-1||{named}|1|0|1000||||1|1|0\n"
    )
    assert found.sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_of_no_record_there_is_no_receipt() -> None:
    assert record_range(table_of(), np.arange(0)) is None
