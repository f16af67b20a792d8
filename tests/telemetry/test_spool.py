"""What waits in a spool is taken in once; a dead recorder's losses are known from then on."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.runner.record_spool import BegunCalls, RecordSpool
from coefgate.telemetry.ingest import ingest
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.spool import SpoolState, spool_state, take_in
from coefgate.telemetry.store import Store, make_store, open_store
from tests.telemetry.rows import A, B, call, calls_of, put, recorder
from tests.telemetry.spools import alive, leave, line, spool_of


def _keys(store: Store) -> list[tuple[str, int]]:
    with store.read() as connection:
        found = sa.select(calls.c.writer, calls.c.sequence).order_by(*calls.c[:2])
        return [(row[0], row[1]) for row in connection.execute(found)]


def _recorder(store: Store, writer: str = A) -> dict[str, Any]:
    with store.read() as connection:
        found = connection.execute(sa.select(writers).where(writers.c.writer == writer))
        return dict(found.mappings().one())


def test_there_may_be_nothing_to_take_in(store: Store) -> None:
    assert take_in(store).added == 0


def test_records_of_the_dead_are_taken_in_and_nothing_is_left(file_store: Store) -> None:
    put(file_store, [call(1)], recorder(begun=1, closed=False))
    folder = spool_of(file_store)
    leave(folder, calls_of(A, (1, 2, 4)), begun=5)
    leave(folder, calls_of(B, (1,)), name=f"{B}-1")
    done = take_in(file_store)
    assert (done.added, done.known, dict(done.refused)) == (3, 1, {})
    assert _keys(file_store) == [(A, 1), (A, 2), (A, 4), (B, 1)]
    found = _recorder(file_store)
    assert (found["begun"], found["closed"], found["program_version"]) == (5, True, "0.1.0")
    assert not folder.exists()
    assert take_in(file_store).added == 0


def test_of_the_living_only_whole_lines_are_taken_in_and_all_stays(file_store: Store) -> None:
    folder = spool_of(file_store)
    file = leave(folder, calls_of(A, (1, 2)), begun=3)
    whole = leave(folder, calls_of(A, (3,)), name=f"{A}-1")
    with file.open("ab") as opened:
        opened.write(line(call(4))[:-30])
    with alive(folder):
        first, again = take_in(file_store), take_in(file_store)
    assert (first.added, dict(first.refused), again.added) == (3, {}, 0)
    assert file.exists()
    assert not whole.exists()
    assert not _recorder(file_store)["closed"]
    with file.open("ab") as opened:
        opened.write(line(call(4))[-30:])
    assert take_in(file_store).added == 1
    assert _recorder(file_store)["closed"]


def test_a_line_cut_off_is_counted_and_kept(file_store: Store) -> None:
    folder = spool_of(file_store)
    file = leave(folder, [], begun=4)
    half = line(call(3))[:200]
    bad = line(call(2)).replace(b"claude", b"a\\u0000b")
    file.write_bytes(line(call(1)) + b"\0\0\n" + bad + half)
    done = take_in(file_store)
    assert done.added == 1
    assert {name: (one.count, one.places) for name, one in done.refused.items()} == {
        "not-json": (1, [f"{file}:2"]),
        "control-character": (1, [f"{file}:3"]),
        "cut-off": (1, [f"{file}:4"]),
    }
    kept = folder / f"{A}.refused"
    assert kept.read_bytes() == b"\0\0\n" + bad + half
    assert sorted(folder.iterdir()) == [kept]
    assert spool_state(file_store.address) == SpoolState(0, (str(kept),))
    assert take_in(file_store).refused == {}


def test_a_recorder_that_died_before_its_first_record_has_lost_them(file_store: Store) -> None:
    folder = spool_of(file_store)
    (folder / f"{A}.begun").write_bytes((2).to_bytes(8, "little"))
    (folder / f"{B}.begun").write_bytes(b"")
    (folder / "notes.begun").write_bytes(b"mine")
    take_in(file_store)
    found = _recorder(file_store)
    assert (found["runner"], found["begun"], found["closed"]) == ("unknown", 2, True)
    assert [one.name for one in folder.iterdir()] == ["notes.begun"]
    leave(folder, [call(1)], name="notes")
    assert take_in(file_store).added == 0


def test_a_file_without_a_lock_waits_until_nobody_writes_it(file_store: Store) -> None:
    folder = spool_of(file_store)
    file = leave(folder, [call(1)])
    assert take_in(file_store).added == 1
    assert file.exists()
    os.utime(file, (0, 0))
    assert take_in(file_store).known == 1
    assert not folder.exists()


def test_what_waits_is_counted(file_store: Store) -> None:
    assert spool_state(file_store.address) == SpoolState()
    leave(spool_of(file_store), calls_of(A, (1, 2)), begun=2)
    assert spool_state(file_store.address) == SpoolState(2)


def test_a_spool_that_cannot_be_written_is_told(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = spool_of(file_store)
    leave(folder, [call(1)], begun=1)

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(EnvironmentProblem, match="ls -la"):
            take_in(file_store)
    assert take_in(file_store).known == 1


def test_a_spool_outlives_the_store_that_was_to_take_it_in(file_store: Store) -> None:
    folder = spool_of(file_store)
    file = leave(folder, [call(1)], begun=1)
    path = file_store.address.path
    assert path is not None
    put(file_store, [call(2)])
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    with pytest.raises(EnvironmentProblem, match="deleted or replaced"):
        take_in(file_store)
    assert file.exists()
    make_store(str(path))
    with open_store(str(path), write=True) as anew:
        assert take_in(anew).added == 1


def test_two_that_take_in_at_once_take_in_all_once(file_store: Store) -> None:
    for number in range(6):
        leave(spool_of(file_store), calls_of(A, range(1, 200)), name=f"{A}-{number}")
    with open_store(file_store.address, write=True) as other, ThreadPoolExecutor(2) as pool:
        done = list(pool.map(take_in, [file_store, other]))
    assert sum(one.added for one in done) == 199
    assert _keys(file_store) == [(A, number) for number in range(1, 200)]


def test_what_a_recorder_leaves_is_taken_in(file_store: Store) -> None:
    """As the runner itself writes it."""
    folder = spool_of(file_store)
    counted, spool = BegunCalls(folder, A), RecordSpool(folder, A)
    counted.count(4)
    for number in (1, 2):
        spool.append(call(number))
        spool.set_aside()
    spool.append(call(3))
    assert take_in(file_store).added == 3
    assert [one.name for one in sorted(folder.iterdir())] == [f"{A}.begun", f"{A}.jsonl"]
    counted.close(settled=False)
    assert take_in(file_store).known == 1
    assert not folder.exists()
    found = _recorder(file_store)
    assert (found["begun"], found["closed"]) == (4, True)


def test_lines_that_are_refused_later_do_not_take_the_place_of_others(file_store: Store) -> None:
    folder = spool_of(file_store)
    for word in (b"one\n", b"two\n"):
        leave(folder, [], begun=1).write_bytes(word)
        take_in(file_store)
    assert (folder / f"{A}.refused").read_bytes() == b"one\ntwo\n"


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
        made.bind(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


NO_FILES: list[Callable[[Path], None]] = [_pipe, Path.mkdir, _socket, _device]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
@pytest.mark.parametrize("make", NO_FILES, ids=["pipe", "folder", "socket", "device"])
def test_what_is_no_file_is_told_and_left_alone(
    file_store: Store, make: Callable[[Path], None]
) -> None:
    folder = spool_of(file_store)
    names = (f"{A}.jsonl", f"{A}.begun", f"{B}-1.jsonl")
    others = [folder / one for one in names]
    for one in others:
        make(one)
    leave(folder, calls_of(B, (1, 2)), name=B, begun=2)
    places = sorted(map(str, others))
    assert ingest(str(folder), file_store).refused["not-a-file"].count == 3
    state = spool_state(file_store.address)
    assert (state.lines, sorted(state.not_files)) == (2, places)
    done = take_in(file_store)
    assert (done.known, sorted(done.refused["not-a-file"].places)) == (2, places)
    assert sorted(folder.iterdir()) == sorted(others)
    assert _recorder(file_store, B)["closed"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
@pytest.mark.parametrize("make", NO_FILES[:3], ids=["pipe", "folder", "socket"])
def test_a_place_of_a_store_that_is_no_file_is_refused(
    store: Store, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    place = tmp_path / "calls.jsonl"
    make(place)
    for ask in (open_store, make_store):
        with pytest.raises(UsageProblem, match="is not a file; a store is one"):
            ask(str(place))
    if not place.is_dir():
        with pytest.raises(UsageProblem, match="is not a file"):
            ingest(str(place), store)
