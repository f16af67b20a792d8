"""A store is made, opened or refused, alike in both databases."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from coefgate.core.problems import (
    EnvironmentProblem,
    InvalidDocument,
    NewerFormat,
    UsageProblem,
)
from coefgate.telemetry.adding import add_calls
from coefgate.telemetry.schema import calls, version
from coefgate.telemetry.store import Store, make_store, open_store
from coefgate.telemetry.store_address import store_address
from tests.postgres import Server
from tests.telemetry.rows import A, call, calls_of, put


def _set_version(store: Store, found: str) -> None:
    with store.write() as connection:
        connection.execute(sa.update(version).values(version_num=found))


def _count(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(calls)) or 0


def test_a_store_is_made_once(address: str) -> None:
    assert make_store(address) is None
    assert make_store(address) == "0001"
    with open_store(address):
        pass


def test_where_there_is_none_the_command_that_makes_it_is_told(address: str) -> None:
    with pytest.raises(EnvironmentProblem, match="Make it with: coefgate telemetry init --store"):
        open_store(address)
    assert "://" in address or not Path(address).exists()


def test_another_version_is_refused_and_an_older_one_told_how_to_migrate(store: Store) -> None:
    _set_version(store, "0000")
    with pytest.raises(EnvironmentProblem, match=r"version 0000.*Migrate it with: .* init --stor"):
        open_store(store.address)
    _set_version(store, "0999")
    for use in (open_store, make_store):
        with pytest.raises(NewerFormat, match=r"version 0999.*pip install --force-reinstall"):
            use(store.address)
    _set_version(store, "ae1027a6acf")
    for use in (open_store, make_store):
        with pytest.raises(InvalidDocument, match="another program"):
            use(store.address)


def test_what_fails_on_the_way_is_not_kept(store: Store) -> None:
    with pytest.raises(ValueError, match="stop"):
        _insert_and_stop(store)
    assert _count(store) == 0


def _insert_and_stop(store: Store) -> None:
    with store.write() as connection:
        connection.execute(sa.insert(calls), _one())
        raise ValueError("stop")


def _one() -> list[dict[str, object]]:
    return [dict(zip(calls.c.keys(), call(), strict=True))]


def test_who_only_reads_cannot_write_a_file(file_store: Store) -> None:
    with (
        open_store(file_store.address) as reading,
        pytest.raises(EnvironmentProblem, match=r"readonly.*df -h"),
        reading.write() as connection,
    ):
        connection.execute(sa.insert(calls), _one())


def test_a_reader_sees_one_state(store: Store) -> None:
    with open_store(store.address) as reading, reading.read() as connection:
        counted = sa.select(sa.func.count()).select_from(calls)
        assert connection.scalar(counted) == 0
        put(store, [call()])
        assert connection.scalar(counted) == 0
    assert _count(store) == 1


@pytest.mark.parametrize(
    "content", [b"SQLite format 3\0" + b"x" * 4096, b"no database\n" * 500, b"\0" * 4096]
)
def test_a_file_that_is_no_database_is_told_and_left(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    for use in (open_store, make_store):
        with pytest.raises(
            InvalidDocument, match=r"notes\.db is not a whole SQLite database.*with: file"
        ):
            use(str(path))
    assert path.read_bytes() == content


def test_a_file_whose_middle_is_gone_is_told(file_store: Store) -> None:
    put(file_store, [call(number) for number in range(1, 500)])
    path = file_store.address.path
    assert path is not None
    file_store.close()
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    with open_store(str(path)) as store, pytest.raises(InvalidDocument, match="malformed"):
        _count(store)


def test_another_programs_database_is_no_place(tmp_path: Path) -> None:
    path = tmp_path / "music.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(InvalidDocument, match=r"tables of another program \(songs\)"):
        make_store(str(path))
    with pytest.raises(EnvironmentProblem, match="holds no store"):
        open_store(str(path))


def test_a_store_that_lacks_a_table_is_told(store: Store) -> None:
    with store.write() as connection:
        connection.execute(sa.text("DROP TABLE calls"))
    with open_store(store.address) as opened, pytest.raises(InvalidDocument, match="lacks what"):
        _count(opened)


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    path.touch()
    with pytest.raises(EnvironmentProblem, match="holds no store"):
        open_store(str(path))
    assert make_store(str(path)) is None


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="is not a file"):
        open_store(str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="cannot be used"):
        open_store(str(tmp_path / ("x" * 300)))


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"unable to open.*df -h"):
        make_store(str(tmp_path / "missing" / "telemetry.db"))


def test_a_name_with_signs_of_addresses_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "50% of #1?mode=ro;DROP TABLE calls.db"
    make_store(str(path))
    with open_store(str(path)) as store:
        assert _count(store) == 0
    assert path.exists()


def test_what_nobody_may_change_can_be_read(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a backup: nobody may write there, not even what SQLite keeps beside."""
    put(file_store, [call()])
    path = file_store.address.path
    assert path is not None
    file_store.close()
    assert not path.with_name("source.db-wal").exists()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with open_store(str(path)) as store:
        assert _count(store) == 1
        assert not path.with_name("source.db-shm").exists()


def test_another_writer_is_waited_for_and_then_told(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coefgate.telemetry.store.PATIENCE", 0.01)
    with (
        file_store.write(),
        open_store(file_store.address, write=True) as second,
        pytest.raises(EnvironmentProblem, match=r"being written by another.*fuser"),
        second.write(),
    ):
        pass


def test_a_full_disk_is_told_and_nothing_is_half_written(file_store: Store) -> None:
    put(file_store, [call()])
    with pytest.raises(EnvironmentProblem, match="full"):
        _fill_up(file_store)
    with open_store(file_store.address) as store:
        assert _count(store) == 1


def _fill_up(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        add_calls(connection, calls_of(A, range(2, 2000)))


def test_a_file_that_is_deleted_under_way_takes_no_more(file_store: Store) -> None:
    """What is taken in from elsewhere must not go where nobody finds it."""
    put(file_store, [call()])
    path = file_store.address.path
    assert path is not None
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    with pytest.raises(EnvironmentProblem, match=r"deleted or replaced"):
        put(file_store, [call(2)])
    assert not path.exists()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "empty"),
        ("a\0b", "NUL"),
        ("mysql://u:secret@db/x", "is not an address of a store"),
        ("postgresql://u:sec/ret@db:port/x", "is not an address of a store"),
        ("postgresql://u:sec@ret/s@db/x", "%2F for /"),
    ],
)
def test_no_address_and_no_secret_in_what_is_told_of_it(address: str, told: str) -> None:
    with pytest.raises(UsageProblem, match=told) as caught:
        open_store(address)
    assert "sec" not in str(caught.value)


def test_a_server_that_is_away_is_told_without_the_password(tmp_path: Path) -> None:
    address = f"postgres://someone:tell-nobody@/records?host={tmp_path}"
    with pytest.raises(EnvironmentProblem, match="is away") as caught:
        open_store(address)
    assert "tell-nobody" not in str(caught.value) + store_address(address).command(
        "telemetry init"
    )


def test_a_server_that_refuses_is_told_otherwise(postgres: Server) -> None:
    with pytest.raises(EnvironmentProblem, match=r"refuses: .*does not exist"):
        open_store(postgres.url.replace("/postgres?", "/nowhere?"))
