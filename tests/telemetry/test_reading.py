"""What was written comes back as columns."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
import sqlalchemy as sa

from coefgate.core.problems import InvalidDocument
from coefgate.telemetry.call_table import UNKNOWN, CallTable, NameColumn
from coefgate.telemetry.reading import read_calls
from tests.telemetry.stores import add_records
from tests.telemetry.tables import (
    MONDAY,
    OUT_OF_ORDER,
    SECOND,
    WEEK,
    invented,
    records_of,
    table_of,
)


def _said(table: CallTable) -> dict[str, list[object]]:
    """Every column as plain values, texts by what they say."""
    found: dict[str, list[object]] = {}
    for one in fields(table):
        column = getattr(table, one.name)
        if isinstance(column, NameColumn):
            names = [*column.names, None]  # the last is UNKNOWN
            found[one.name] = [names[code] for code in column.codes]
        else:
            found[one.name] = column.tolist()
    return found


def test_columns_come_back_as_they_were_written(connection: sa.Connection) -> None:
    written = invented(
        2500, np.random.default_rng(1), failed=0.1, unfinished=0.1, faulty=0.1, weeks=3
    )
    add_records(connection, records_of(written))
    found = read_calls(connection)
    assert _said(found) == _said(written)
    for one in fields(found):
        column, as_made = getattr(found, one.name), getattr(written, one.name)
        if not isinstance(column, NameColumn):
            assert column.dtype == as_made.dtype, one.name


def test_what_nobody_said_is_unknown(connection: sa.Connection) -> None:
    unknown = dict.fromkeys(("category", "complexity", "model", "phase"))
    numbers = dict.fromkeys(("actual", "limit", "truncated", "success"), UNKNOWN)
    written = table_of({**unknown, **numbers, "finished": False})
    add_records(connection, records_of(written))
    assert _said(read_calls(connection)) == _said(written)


def test_records_stand_by_start_writer_and_sequence(connection: sa.Connection) -> None:
    add_records(connection, records_of(table_of(*OUT_OF_ORDER)))
    found = read_calls(connection)
    assert found.sequence.tolist() == [7, 2, 3, 1]
    assert [found.writer.names[code] for code in found.writer.codes] == ["a", "b", "b", "b"]


def test_a_time_is_from_its_first_moment_to_before_its_last(connection: sa.Connection) -> None:
    times = [MONDAY - 1, MONDAY, MONDAY + WEEK - 1, MONDAY + WEEK]
    add_records(connection, records_of(table_of(*({"started_at": one} for one in times))))
    since, until = MONDAY, MONDAY + WEEK
    columns = read_calls(connection, since=since, until=until)
    assert columns.started_at.tolist() == times[1:3]


def test_a_week_begins_on_monday_in_utc(connection: sa.Connection) -> None:
    times = [MONDAY - 1, MONDAY, MONDAY + WEEK - 1, MONDAY + WEEK, 0]
    found = table_of(*({"started_at": one} for one in times)).week
    # 23 November 2026 is day 20,780; the week of 1 January 1970 began on 29 December.
    assert found.tolist() == [20773, 20780, 20780, 20787, -3]


def test_columns_that_nobody_asks_for_are_unknown(connection: sa.Connection) -> None:
    add_records(connection, records_of(invented(20, np.random.default_rng(2))))
    found = read_calls(connection, columns=("predicted", "category"))
    everything = read_calls(connection)
    assert len(found) == 20
    assert found.predicted.tolist() == everything.predicted.tolist()
    assert found.category.names == everything.category.names
    assert set(found.actual.tolist()) == {UNKNOWN}
    assert (set(found.phase.codes.tolist()), found.phase.names) == ({UNKNOWN}, [])
    assert found.finished.all()


def test_an_empty_store_gives_an_empty_table(connection: sa.Connection) -> None:
    found = read_calls(connection)
    assert len(found) == 0
    assert found.finished.dtype == np.bool_


def test_names_with_sql_in_them_are_names(connection: sa.Connection) -> None:
    name = "tests'; DROP TABLE calls; --"
    record = replace(next(records_of(table_of({}))), category=name, phase_id="a/b")
    add_records(connection, [record])
    found = read_calls(connection)
    assert (found.category.names, found.phase.names) == ([name], ["runner/a/b"])
    assert found.finished_at.tolist() == [MONDAY + SECOND]


def test_what_no_recorder_writes_is_refused(connection: sa.Connection) -> None:
    record = next(records_of(table_of({})))
    add_records(connection, [record, replace(record, sequence=2, category="a\nb")])
    with pytest.raises(InvalidDocument, match="a name with a line end"):
        read_calls(connection)
    assert len(read_calls(connection, columns=("predicted",))) == 2


def test_records_of_several_recorders_stand_in_order_without_their_names(
    connection: sa.Connection,
) -> None:
    rows = [{"started_at": MONDAY + 9 - at, "writer": str(at), "predicted": at} for at in range(9)]
    add_records(connection, records_of(table_of(*rows)))
    assert read_calls(connection, columns=("predicted",)).predicted.tolist() == [*range(8, -1, -1)]
