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
from tests.telemetry.tables import invented, records_of, table_of

QUERY = """
SELECT writer, sequence, digest, predicted_tokens, actual_output_tokens, truncated
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
    table = table_of({}, {"actual": UNKNOWN, "truncated": UNKNOWN}, {})
    found = record_range(table, np.array([0, 1]))
    assert found is not None
    assert (str(found.first), str(found.last)) == (f"{'0' * 32}:1", f"{'0' * 32}:2")
    assert str(record_ids(table, np.array([2]))[0]) == f"{'0' * 32}:3"
    lines = f"{'0' * 32}|1|{'a' * 64}|1000|800|0\n{'0' * 32}|2|{'a' * 64}|1000||\n"
    assert found.sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_of_no_record_there_is_no_receipt() -> None:
    assert record_range(table_of(), np.arange(0)) is None
