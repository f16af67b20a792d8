"""Records come from other stores, spools and files; twice adds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.telemetry.ingest import ingest
from coefgate.telemetry.recorders import read_recorders
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store
from tests.telemetry.rows import A, B, call, calls_of, put, recorder
from tests.telemetry.spools import leave, line, spool_of


def _content(store: Store) -> list[list[tuple[object, ...]]]:
    with store.read() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.c[:2]))]
            for table in (calls, writers)
        ]


def test_another_store_is_brought_in_once(store: Store, file_store: Store) -> None:
    put(file_store, calls_of(A, range(1, 1502)), recorder(begun=1502))
    put(file_store, calls_of(B, (2,)))
    source = str(file_store.address.path)
    first, again = ingest(source, store), ingest(source, store)
    assert (first.added, first.known) == (1502, 0)
    assert (again.added, again.known, dict(again.refused)) == (0, 1502, {})
    assert _content(store) == _content(file_store)


def test_two_stores_with_the_same_calls_are_one(
    store: Store, file_store: Store, tmp_path: Path
) -> None:
    put(file_store, [call(1), call(2)])
    export = tmp_path / "calls.jsonl"
    export.write_bytes(line(call(2)) + line(call(3)) + line(call(1, success=False)))
    ingest(str(file_store.address.path), store)
    done = ingest(str(export), store)
    assert (done.added, done.known) == (1, 1)
    assert done.refused["conflict"].places == [f"{export}:3"]


def test_a_file_of_sqlite_may_hold_anything_and_a_store_does_not(
    store: Store, file_store: Store
) -> None:
    put(file_store, calls_of(A, range(1, 6)))
    with file_store.write() as connection:
        for change in (
            "UPDATE calls SET model = char(97, 0, 98) WHERE sequence = 1",
            "UPDATE calls SET predicted_tokens = 'many' WHERE sequence = 2",
            "UPDATE calls SET success = 7 WHERE sequence = 3",
            "UPDATE calls SET model = CAST(x'ff' AS TEXT) WHERE sequence = 4",
        ):
            connection.exec_driver_sql(change)
    done = ingest(str(file_store.address.path), store)
    assert done.added == 1
    assert {name: (one.count, one.places) for name, one in done.refused.items()} == {
        "control-character": (2, [f"{A}:1", f"{A}:4"]),
        "not-a-record": (2, [f"{A}:2", f"{A}:3"]),
    }


def test_a_folder_of_a_spool_stays_as_it_is(store: Store, file_store: Store) -> None:
    folder = spool_of(file_store)
    file = leave(folder, calls_of(A, (1, 3)), begun=4)
    before = file.read_bytes()
    assert ingest(str(folder), store).added == 2
    assert ingest(str(folder), store).known == 2
    assert file.read_bytes() == before
    with store.read() as connection:
        assert [one.missing for one in read_recorders(connection, since=0)] == [2]


def test_a_line_that_never_ends_is_one_refusal(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(line(call(1)) + b"{" * (9 << 20) + b"\n\n" + line(call(2)))
    done = ingest(str(path), store)
    assert (done.added, sum(one.count for one in done.refused.values())) == (2, 1)


def test_what_is_no_source_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="is not there"):
        ingest(str(tmp_path / "missing.db"), store)
    with pytest.raises(UsageProblem, match="is the store itself"):
        ingest(_spelt(store), store)
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"\x89PNG and more")
    with pytest.raises(InvalidDocument, match="is not a whole SQLite database"):
        ingest(str(notes), store)


def _spelt(store: Store) -> str:
    path = store.address.path
    return str(path) if path else store.address.url.render_as_string(hide_password=False)


def test_a_server_is_a_source_as_well(store: Store, file_store: Store) -> None:
    put(store, calls_of(A, range(1, 5)), recorder(begun=6))
    assert ingest(_spelt(store), file_store).added == 4
    assert _content(file_store) == _content(store)
