"""Processes that fork lose no record, whoever of them ends first."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from coefgate import RecorderWarning, Registry
from coefgate.runner.record_spool import spool_folder
from tests.runner.recorded import CALL, records, registry_in, spooled, started


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return child


def _tokens(database: Path) -> list[int]:
    return sorted(one.actual_output_tokens or 0 for one in records(database))


def test_a_child_keeps_what_it_records_after_its_parent_has_closed_the_file(
    tmp_path: Path,
) -> None:
    database = tmp_path / "telemetry.db"
    registry = registry_in(tmp_path)
    recorder = registry.record_to(database)
    registry.record_call(output_tokens=0, **CALL)
    said, heard = os.pipe(), os.pipe()

    def record() -> None:
        for number in (1, 2):
            registry.record_call(output_tokens=number, **CALL)
            os.write(said[1], b".")
            os.read(heard[0], 1)
        registry.record_to(database).close()

    child = _forked(record)
    os.read(said[0], 1)
    recorder.close()  # with the last lock that others see, the log would go
    os.write(heard[1], b".")
    os.read(said[0], 1)
    other = started(tmp_path, database, "call(3)")
    assert other.communicate(timeout=30) == ("", "")
    assert _tokens(database) == [0, 1, 2, 3]
    os.write(heard[1], b".")
    os.waitpid(child, 0)
    assert _tokens(database) == [0, 1, 2, 3]
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_child_of_a_process_that_is_in_the_midst_of_a_record_leaves_the_file_alone(
    tmp_path: Path,
) -> None:
    database = tmp_path / "telemetry.db"
    registry = registry_in(tmp_path)
    recorder = registry.record_to(database)

    def record() -> None:
        registry.record_call(output_tokens=5, **CALL)
        recorder.close()

    with recorder._filing:  # as the helper does
        child = _forked(record)
    os.waitpid(child, 0)
    assert [one.actual_output_tokens for one in spooled(database)] == [5]
    registry.record_call(output_tokens=6, **CALL)
    assert _tokens(database) == [6]
    recorder.close()


def test_a_child_that_records_nothing_leaves_nothing(tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    recorder = registry_in(tmp_path).record_to(database)
    os.waitpid(_forked(recorder.close), 0)
    subprocess.run([sys.executable, "-c", ""], check=True, preexec_fn=os.getpid)
    assert len(list(spool_folder(database).iterdir())) == 1
    recorder.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM writers").fetchone() == (1,)


def test_one_that_cannot_be_closed_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    program = """
from pathlib import Path
other = Registry.from_snapshot({snapshot!r}, version="1.4.0")
broken = other.record_to(Path({database!r}).with_name("other.db"))
broken._helper = None
call(1)
"""
    database = tmp_path / "telemetry.db"
    words = program.format(snapshot=str(tmp_path / "snapshot.json"), database=str(database))
    assert started(tmp_path, database, words).communicate(timeout=30) == ("", "")
    assert not spool_folder(database).exists()


def test_a_recorder_that_nobody_holds_any_more_ends(tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    opened = len([*Path("/proc/self/fd").iterdir()])
    for number in range(3):
        registry = registry_in(tmp_path)
        registry.record_to(database)
        registry.record_call(output_tokens=number, **CALL)
        del registry
    assert len([*Path("/proc/self/fd").iterdir()]) == opened
    assert _tokens(database) == [0, 1, 2]
    assert not spool_folder(database).exists()


def test_an_end_after_which_no_thread_starts_any_more_is_one(tmp_path: Path) -> None:
    program = """
import atexit, sqlite3
other = sqlite3.connect({database!r}, isolation_level=None)
atexit.register(lambda: other.execute("ROLLBACK"))
atexit.register(lambda: call(1))
other.execute("BEGIN IMMEDIATE")
"""
    database = tmp_path / "telemetry.db"
    running = started(tmp_path, database, program.format(database=str(database)))
    assert running.communicate(timeout=30) == ("", "")
    assert _tokens(database) == [1]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    found = registry_in(tmp_path)
    found.record_to(tmp_path / "telemetry.db")
    return found


def test_where_no_thread_can_be_started_the_end_takes_in_what_waits(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    database = tmp_path / "telemetry.db"
    monkeypatch.setattr("threading.Thread.start", refuse)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        registry.record_call(output_tokens=4, **CALL)
        other.execute("ROLLBACK")
    registry.record_to(tmp_path / "another.db").close()
    assert _tokens(database) == [4]


def test_words_that_cannot_be_said_lose_no_record(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("no terminal any more")

    database = tmp_path / "telemetry.db"
    database.unlink()
    with pytest.warns(RecorderWarning):
        registry.record_call(output_tokens=1, **CALL)
    registry.record_to(database)
    database.unlink()
    monkeypatch.setattr("warnings.warn", broken)
    registry.record_call(output_tokens=7, **CALL)
    assert _tokens(database) == [7]
    registry.record_to(tmp_path / "another.db").close()
