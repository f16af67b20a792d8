"""Taking in the spool that lies beside a file, as ``runner/record_spool`` leaves it.

Lines that are no record are kept in a file whose name ends in ``.refused``. What has the name of
a file and is none (a folder, a pipe, a device) is reported, and not opened: that might never end.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import sqlalchemy as sa

from coefgate.core import file_lock
from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import explained
from coefgate.runner.record_spool import BEGUN, RECORDS, begun_in, spool_folder
from coefgate.runner.record_values import now
from coefgate.telemetry.adding import UNKNOWN_VERSION, AddedRecords, merge_writers
from coefgate.telemetry.record_lines import add_lines
from coefgate.telemetry.record_rows import StoredRow, is_writer
from coefgate.telemetry.schema import calls
from coefgate.telemetry.store import Store
from coefgate.telemetry.store_address import StoreAddress

_Life = Literal["alive", "dead", "missing"]

REFUSED: Final = ".refused"
_LONGEST: Final = 64
"""Bytes of a counter that are looked at: more than it has."""
_QUIET: Final = 86_400.0
"""Seconds after which nobody goes on writing a file whose recorder left no lock."""


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What lies in a spool: lines that wait, files of lines that were refused, and no files."""

    lines: int = 0
    refused_files: tuple[str, ...] = ()
    not_files: tuple[str, ...] = ()


def spool_state(address: StoreAddress) -> SpoolState:
    """What lies in the spool beside a store that is a file."""
    if address.path is None:
        return SpoolState()
    folder = spool_folder(address.path)
    kept = sorted(map(str, folder.glob(f"*{REFUSED}")))
    others = tuple(map(str, _not_files(folder)))
    return SpoolState(waiting_records(address), tuple(kept), others)


def waiting_records(address: StoreAddress) -> int:
    """How many records wait in the spool beside a store that is a file."""
    if address.path is None:
        return 0
    folder = spool_folder(address.path)
    look = f"Look at it with: ls -l {shlex.quote(str(folder))}"
    with explained(f"{folder}: cannot be read", look):
        return sum(map(_lines, _files(folder, RECORDS)))


def _files(folder: Path, end: str) -> list[Path]:
    """The files whose names end so; what is no file might keep whoever opens it."""
    return [one for one in sorted(folder.glob(f"*{end}")) if one.is_file()]


def _not_files(folder: Path) -> list[Path]:
    found = (one for end in (BEGUN, RECORDS) for one in sorted(folder.glob(f"*{end}")))
    return [one for one in found if one.exists() and not one.is_file()]


def _refuse_others(folder: Path, done: AddedRecords) -> None:
    for one in _not_files(folder):
        done.refuse("not-a-file", str(one))


def _lines(file: Path) -> int:
    with suppress(FileNotFoundError):  # somebody took it in meanwhile
        return file.read_bytes().count(b"\n")
    return 0


def take_in(store: Store) -> AddedRecords:
    """Take in the spool beside a store that is a SQLite file; what is taken in goes from it.

    A recorder that is dead will write no more: what it has not written by then is lost, and its
    row says so.
    """
    path = store.address.path
    done = AddedRecords()
    if path is None or not (folder := spool_folder(path)).is_dir():
        return done
    look = f"Look at it with: ls -la {shlex.quote(str(folder))}"
    with explained(f"the spool {folder} cannot be taken in", look):
        _refuse_others(folder, done)
        dead = {file for file in _files(folder, BEGUN) if _state_of(file) == "dead"}
        # Who died before the files were listed has left no others.
        for writer, files in _by_writer(folder).items():
            counter = folder / f"{writer}{BEGUN}"
            done.add(_taken_in(store, counter, files, is_known=counter in dead))
        with suppress(OSError):
            folder.rmdir()  # where it is empty
    return done


def _by_writer(folder: Path) -> dict[str, list[Path]]:
    """The recorders that left something, each with its files of records."""
    found: dict[str, list[Path]] = {}
    for file in sorted([*_files(folder, BEGUN), *_files(folder, RECORDS)]):
        writer, _, _ = file.stem.partition("-")
        if is_writer(writer):
            found.setdefault(writer, []).extend([file] if file.suffix == RECORDS else [])
    return found


def _state_of(counter: Path) -> _Life:
    with _counted(counter) as (_, state):
        return state


def _taken_in(
    store: Store, counter: Path, files: Sequence[Path], *, is_known: bool
) -> AddedRecords:
    """Take in what one recorder left; ``is_known``: to be dead, so that these are all files."""
    done = AddedRecords()
    with _counted(counter) as (count, found):
        state = "alive" if found == "dead" and not is_known else found
        for file in files:
            growing = file.stem == counter.stem and (
                state == "alive" or (state == "missing" and not _is_quiet(file))
            )
            done.add(_file_taken_in(store, file, growing=growing))
        if count:
            with store.write() as connection:
                row = _writer_row(connection, counter, count, closed=state == "dead")
                merge_writers(connection, [row])
        if state == "dead":
            _unlink(counter)
    return done


def add_folder(store: Store, folder: Path) -> AddedRecords:
    """Add what a spool holds that was left elsewhere; it stays as it is."""
    done = AddedRecords()
    _refuse_others(folder, done)
    for file in _files(folder, RECORDS):
        done.add(add_lines(store, file)[0])
    for file in _files(folder, BEGUN):
        if is_writer(file.stem) and (count := begun_in(file.read_bytes())):
            with store.write() as connection:
                row = _writer_row(connection, file, count, closed=False)
                merge_writers(connection, [row])
    return done


def _file_taken_in(store: Store, file: Path, *, growing: bool) -> AddedRecords:
    try:
        done, refused = add_lines(store, file, growing=growing)
    except FileNotFoundError:  # another process was first
        return AddedRecords()
    if not growing:
        if refused:
            kept = file.with_suffix(REFUSED)
            before = kept.read_bytes() if kept.is_file() else b""
            write_whole(kept, before + b"".join(refused))
        _unlink(file)
    return done


def _unlink(file: Path) -> None:
    with suppress(FileNotFoundError):
        file.unlink()


def _is_quiet(file: Path) -> bool:
    with suppress(FileNotFoundError):
        return time.time() - file.stat().st_mtime > _QUIET
    return False


@contextmanager
def _counted(counter: Path) -> Iterator[tuple[int, _Life]]:
    """How many calls a recorder has begun, and whether it lives; if not, it is locked here."""
    try:
        descriptor = os.open(counter, os.O_RDWR) if counter.is_file() else None
    except FileNotFoundError:
        descriptor = None
    if descriptor is None:  # it has ended and said so in the store, or could not make one
        yield 0, "missing"
        return
    try:
        state: _Life = "dead" if file_lock.take(descriptor) else "alive"
        yield begun_in(os.read(descriptor, _LONGEST)), state
    finally:
        os.close(descriptor)


def _writer_row(connection: sa.Connection, file: Path, count: int, *, closed: bool) -> StoredRow:
    """The row of a recorder by its counter and its records, for what is not known of it yet."""
    asked = sa.select(
        sa.func.min(calls.c.runner),
        sa.func.min(calls.c.started_at),
        sa.func.max(calls.c.finished_at),
        sa.func.max(calls.c.sequence),
    ).where(calls.c.writer == file.stem)
    runner, started, finished, sequence = connection.execute(asked).one()
    moment = now()
    seen = file.stat().st_mtime_ns // 1000 if closed and file.exists() else moment
    return (
        *(file.stem, runner or "unknown", UNKNOWN_VERSION, started or seen),
        *(max(seen, finished or 0), max(count, sequence or 0), closed, 0, 0),
    )
