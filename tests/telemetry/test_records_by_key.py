"""What was written comes back, record by record."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from coefgate.telemetry.records_by_key import read_records
from coefgate.telemetry.schema import metadata
from tests.telemetry.stores import add_records, records_in
from tests.telemetry.tables import OUT_OF_ORDER, invented, records_of, table_of


def test_records_stand_by_start_writer_and_sequence(connection: sa.Connection) -> None:
    add_records(connection, records_of(table_of(*OUT_OF_ORDER)))
    assert [one.sequence for one in records_in(connection)] == [7, 2, 3, 1]


def test_records_come_back_as_they_were_written(connection: sa.Connection) -> None:
    written = list(records_of(invented(1500, np.random.default_rng(3), unfinished=0.2)))
    add_records(connection, written)
    assert records_in(connection) == written


def test_records_are_found_by_their_keys(connection: sa.Connection) -> None:
    written = list(records_of(invented(900, np.random.default_rng(4))))
    add_records(connection, written)
    wanted = [(one.writer, one.sequence) for one in written if one.sequence % 3 == 0]
    given = [*reversed(wanted), wanted[0], ("nobody", 1)]
    assert list(read_records(connection, given)) == written[2::3]
    assert list(read_records(connection, ())) == []


@pytest.mark.parametrize(
    ("keys", "statements"),
    [
        ([("a" * 32, 1), ("a" * 32, 2), ("b" * 32, 1)], 2),
        ([("a" * 32, number) for number in range(300)], 2),
        ([(f"{writer:032x}", 1) for writer in range(300)], 2),  # each call in a process of its own
    ],
)
def test_records_are_found_by_their_keys_without_a_look_at_all_others(
    keys: list[tuple[str, int]], statements: int
) -> None:
    """Of a million records some thousands are replayed, a few hundred at once."""
    with sa.create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        asked: list[tuple[str, Any]] = []
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda _conn, _cursor, statement, given, *_: asked.append((statement, given)),
        )
        list(read_records(connection, keys))
        plans = [
            str(step)
            for statement, given in tuple(asked)
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    assert [one for one in plans if "SCAN" in one] == []
    assert len([one for one in plans if "SEARCH calls USING PRIMARY KEY" in one]) == statements
