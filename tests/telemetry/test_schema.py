"""Three ways to the same tables: the recorder's own, the migrations, and what is written here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from coefgate.runner.record_file import RecordFile
from coefgate.telemetry.schema import metadata, version
from coefgate.telemetry.store import make_store, open_store

# For each table its columns by position: name, type, may it be empty, default, place in the key.
Tables = dict[str, tuple[bool, list[tuple[object, ...]]]]


def _by_migrations(path: Path) -> None:
    make_store(str(path))


def _by_recorder(path: Path) -> None:
    RecordFile(path, wait=0).close()


def _by_metadata(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    version.create(engine)
    engine.dispose()


def _tables(make: Callable[[Path], None], path: Path) -> Tables:
    make(path)
    with closing(sqlite3.connect(path)) as connection:
        listed = connection.execute("PRAGMA table_list").fetchall()
        return {
            name: (bool(no_rowid), connection.execute(f"PRAGMA table_info({name})").fetchall())
            for _, name, _, _, no_rowid, _ in listed
            if not name.startswith("sqlite_")
        }


@pytest.mark.parametrize("make", [_by_recorder, _by_metadata])
def test_everybody_makes_the_tables_of_the_migrations(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    wanted = _tables(_by_migrations, tmp_path / "migrations.db")
    assert len(wanted["calls"][1]) > 40
    assert _tables(make, tmp_path / "other.db") == wanted


def test_a_server_has_the_same_columns(postgres_url: str) -> None:
    make_store(postgres_url)
    with open_store(postgres_url) as store, store.read() as connection:
        found = sa.inspect(connection)
        for table in metadata.sorted_tables:
            columns = found.get_columns(table.name)
            assert [(one["name"], one["nullable"]) for one in columns] == [
                (one.name, one.nullable) for one in table.columns
            ]
            key = found.get_pk_constraint(table.name)["constrained_columns"]
            assert key == [one.name for one in table.primary_key]


def test_a_recorders_file_is_a_store(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    RecordFile(path, wait=0).close()
    with open_store(str(path), write=True):
        pass
    assert make_store(str(path)) == "0001"
