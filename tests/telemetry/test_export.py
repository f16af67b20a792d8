"""What is taken away is what the store holds, whole or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.telemetry.export import SCHEMA, export
from coefgate.telemetry.ingest import ingest
from coefgate.telemetry.record_rows import CALL_NAMES
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store
from coefgate.telemetry.times import DAY
from tests.telemetry.rows import MONDAY, B, call, put, recorder

ROWS = [
    call(1, model='="quoted",and-more', truncated=None, success=None),
    call(2, interval_coverage=None, fault="clock", started_at=MONDAY + DAY),
    call(1, B, redacted=True, run_id="';DROP/**/TABLE/**/calls;--"),
]


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, ROWS, recorder(begun=3), recorder(B, begun=1, closed=False))
    return store


def test_parquet_holds_every_column(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "exports" / "calls.parquet"
    assert export(filled, path) == 3
    table = pq.read_table(path)
    assert table.schema.equals(SCHEMA)
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    assert table.schema.metadata[b"coefgate_store_version"] == b"0001"
    assert [one.name for one in path.parent.iterdir()] == ["calls.parquet"]


def test_csv_holds_every_column(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    assert export(filled, path) == 3
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == CALL_NAMES
    told = [["" if one is None else str(one).lower() for one in row] for row in ROWS]
    assert [[one.lower() for one in row] for row in rows] == [
        [one.removesuffix(".0") if one == "1.0" else one for one in row] for row in told
    ]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_table_is_taken_in_again(
    filled: Store, file_store: Store, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"calls{suffix}"
    assert export(filled, path) == 3
    assert ingest(str(path), file_store).added == 3
    again = ingest(str(path), file_store)
    assert (again.added, again.known, dict(again.refused)) == (0, 3, {})
    with file_store.read() as connection, filled.read() as before:
        asked = sa.select(calls).order_by(*calls.c[:2])
        assert connection.execute(asked).all() == before.execute(asked).all()
        assert connection.scalars(sa.select(writers.c.begun)).all() == [2, 1]


def test_a_row_of_a_table_that_is_no_record_is_counted(
    filled: Store, file_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    export(filled, path)
    head, first, second, third = path.read_text("utf-8").splitlines()
    perhaps = first.replace(",false,", ",perhaps,")
    assert perhaps != first
    path.write_text("\n".join([head, perhaps, second, f"{third},more", ""]), "utf-8")
    done = ingest(str(path), file_store)
    assert done.added == 1
    [(name, found)] = done.refused.items()
    assert (name, found.count, found.places[0]) == ("not-a-record", 2, f"{path}:4")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("calls.csv", "a,b\n1,2\n", "has other columns than records do"),
        ("calls.csv", "", "is not a whole table of its format"),
        ("calls.parquet", "PAR1", "is not a whole table of its format"),
    ],
)
def test_a_file_that_is_no_table_of_records_is_refused(
    file_store: Store, tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InvalidDocument, match=said):
        ingest(str(path), file_store)


def test_lines_are_taken_in_again(filled: Store, file_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    assert export(filled, path) == 3
    assert ingest(str(path), file_store).added == 3
    for table in (calls, writers):
        asked = sa.select(table).order_by(*table.c[:2])
        with filled.read() as one, file_store.read() as other:
            assert one.execute(asked).all() == other.execute(asked).all()


def test_only_what_began_then(filled: Store, tmp_path: Path) -> None:
    assert export(filled, tmp_path / "a.csv", since=MONDAY + DAY) == 1
    assert export(filled, tmp_path / "b.csv", until=MONDAY + DAY) == 2
    assert export(filled, tmp_path / "c.parquet", since=MONDAY + 2 * DAY) == 0
    assert pq.read_table(tmp_path / "c.parquet").schema.equals(SCHEMA)


def test_nothing_is_written_over_and_the_format_is_said(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("mine")
    with pytest.raises(EnvironmentProblem, match="nothing is written over"):
        export(filled, path)
    assert path.read_text() == "mine"
    with pytest.raises(UsageProblem, match=r"End its name with \.parquet"):
        export(filled, tmp_path / "calls.xlsx")


@pytest.mark.parametrize("name", ["calls.parquet", "calls.csv"])
def test_what_fails_half_way_leaves_nothing(name: str, file_store: Store, tmp_path: Path) -> None:
    put(file_store, [call(1), call(2)])
    with file_store.write() as connection:
        connection.exec_driver_sql("UPDATE calls SET budget = 'many' WHERE sequence = 2")
    folder = tmp_path / "exports"
    with pytest.raises(InvalidDocument, match="which no recorder writes"):
        export(file_store, folder / name)
    assert not folder.exists()
