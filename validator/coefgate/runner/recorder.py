"""Keeps a record of every call: in a SQLite file, or in the spool beside it until that can be had.

A caller waits for one insert, and for nothing else: not for a lock, a full disk, or another
process. Why so: docs/decisions/0084-a-record-is-one-insert.md
"""

from __future__ import annotations

import atexit
import os
import platform
import sqlite3
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakSet, ref

from coefgate.core.program_version import program_version
from coefgate.runner.record_file import OtherTables, RecordFile, RecordRow, is_busy, log_is_long
from coefgate.runner.record_spool import BegunCalls, RecordSpool, rows_of, spool_folder
from coefgate.runner.record_values import name

if TYPE_CHECKING:
    from coefgate.runner.recorded_call import RecordedCall

MOST_IN_MEMORY: Final = 10_000
"""Records that are kept where not even the spool can be written."""
_AGAIN: Final = 1.0
"""Seconds after which a file that could not be had is tried again."""
_OPENING: Final = 5.0
"""Seconds that the start of a recorder, its helper and its end wait for others."""
_LOOK_EVERY: Final = 256
"""Records after which the length of the write-ahead log is looked at."""
_AT_ONCE: Final = 200
"""Records that are taken in before others may write again."""
_FAILURES: Final = (sqlite3.Error, OSError, OtherTables)


class RecorderWarning(RuntimeWarning):
    """Records do not get where they belong; what becomes of them stands in the words."""


class Recorder:
    """Writes the records of one process. Safe to share between threads, and across ``fork``.

    ``path``: the SQLite file, made where there is none. ``runner``: who calls, a host or a
    service. ``origin``: the folder of samples that its calls belong to. Nothing that it meets is
    raised: records go to the spool, and a ``RecorderWarning`` says why, once.
    """

    def __init__(
        self, path: Path, *, runner: str | None = None, origin: str = "telemetry"
    ) -> None:
        self.path = path.absolute()
        self.runner = name(runner or platform.node()) or "unknown"
        self.origin = origin
        self._told: set[str] = set()
        self._started_at = time.time_ns() // 1000
        self._begin_anew(wait=_OPENING)
        _everybody.add(self)

    def _begin_anew(self, *, wait: float) -> None:
        """Be the recorder of this process, with a name and numbers of its own."""
        self.writer = os.urandom(16).hex()
        self._lock = threading.Lock()
        self._sequence = 0
        self._inserted = 0
        self._ending = threading.Event()
        self._retry_at = 0.0
        self._calls: dict[int, ref[RecordedCall]] = {}
        self._left: deque[RecordRow] = deque()
        self._in_memory: deque[RecordRow] = deque()
        self._lost = 0
        self._has_spooled = False
        self._wake = threading.Event()
        self._helper: threading.Thread | None = None
        folder = spool_folder(self.path)
        self._spool = RecordSpool(folder, self.writer)
        self._begun: BegunCalls | None = None
        try:
            self._begun = BegunCalls(folder, self.writer)
        except OSError as error:
            self._warn("an end of this process would not be noticed", error)
        self._file: RecordFile | None = None
        self._open(wait=wait)

    def begin(self, call: RecordedCall | None) -> int:
        """The number of a call that begins, from 1."""
        with self._lock:
            self._sequence += 1
            if self._begun is not None:
                self._begun.count(self._sequence)
            if call is not None:
                self._calls[self._sequence] = ref(call)
            return self._sequence

    def keep(self, row: RecordRow) -> None:
        """Write a record: into the file, the spool, or memory; the first that takes it."""
        with self._lock:
            try:
                self._write_left()
                self._write(row)
            except Exception as error:  # noqa: BLE001 (whatever it is, no caller is stopped by it)
                self._lost += 1
                self._warn("a record is lost", error)

    def _write_left(self) -> None:
        while self._left:
            self._write(self._left.popleft())

    def leave(self, row: RecordRow) -> None:
        """Take a record of a call that nobody holds any more; it is written with the next one.

        It may be called in the midst of anything, also where this thread holds the lock.
        """
        self._left.append(row)

    def close(self) -> None:
        """Write what waits, and say that nothing more will come. A second time does nothing."""
        with self._lock:
            if self.is_closed:
                return
            self._ending.set()
        self._wake.set()
        helper = self._helper
        if helper is not None and helper is not threading.current_thread():
            helper.join(_OPENING)
        for call in [found() for found in [*self._calls.values()]]:
            if call is not None:
                call.leave()
        with self._lock:
            self._write_left()
        self._take_in(wait=_OPENING)
        with self._lock:
            if self._file is None:
                self._open(wait=_AGAIN)
            settled = self._has_arrived()
            if self._begun is not None:
                self._begun.close(settled=settled)
                self._begun = None
            if self._file is not None:
                self._file.close()
                self._file = None
            if self._in_memory:
                self._lost += len(self._in_memory)
            if self._lost:
                self._warn(f"{self._lost:,} records are lost", None)

    def _has_arrived(self) -> bool:
        """Say in the file how many calls there were. Is every record there?"""
        if self._file is None:
            return False
        try:
            self._file.wait(_OPENING)
            self._see(self._file, closed=True)
        except _FAILURES:
            return False
        return not (self._has_spooled or self._in_memory or self._lost)

    def _open(self, *, wait: float) -> None:
        try:
            self._file = RecordFile(self.path, wait=wait)
            self._see(self._file, closed=False)
        except _FAILURES as error:
            self._fail(error)

    def _see(self, file: RecordFile, *, closed: bool) -> None:
        now = time.time_ns() // 1000
        who = (self.writer, self.runner, program_version(), self._started_at, now)
        file.see((*who, self._sequence, closed, 0, 0))

    def _write(self, row: RecordRow) -> None:
        self._calls.pop(row[1], None)
        if self._file is not None or time.monotonic() >= self._retry_at:
            try:
                self._insert(row)
            except sqlite3.IntegrityError:  # a call begun before a fork ended in both processes
                self._sequence += 1
                self._write((self.writer, self._sequence, *row[2:-1], "finished-twice"))
                return
            except _FAILURES as error:
                self._fail(error)
            else:
                return
        try:
            self._spool.append(row)
            self._has_spooled = True
        except OSError as error:
            if len(self._in_memory) < MOST_IN_MEMORY:
                self._in_memory.append(row)
                self._warn("records are kept in memory", error)
            else:
                self._lost += 1
                self._warn("records are lost: memory holds no more", error)
        self._ask_for_help()

    def _insert(self, row: RecordRow) -> None:
        if self._file is None or self._file.is_gone():
            if self._file is not None:
                self._file.close()
                self._file = None
                self._warn("the file was deleted, and is made again", None)
            self._file = RecordFile(self.path, wait=0)
            self._see(self._file, closed=False)
        self._file.insert(row)
        self._inserted += 1
        if self._inserted % _LOOK_EVERY == 0 and log_is_long(self.path):
            self._ask_for_help()

    def _fail(self, error: Exception) -> None:
        """The file could not be written: leave it alone for a while, unless it was only busy."""
        if is_busy(error) and self._file is not None:
            return
        self._warn("records go to the spool beside it", error)
        if self._file is not None:
            with suppress(*_FAILURES):
                self._file.close()
            self._file = None
        self._retry_at = time.monotonic() + _AGAIN

    def _ask_for_help(self) -> None:
        if self._helper is None and not self.is_closed:
            self._helper = threading.Thread(
                target=_help,
                args=(ref(self), self._wake, self._ending),
                name="coefgate-recorder",
                daemon=True,
            )
            with suppress(RuntimeError):  # the interpreter ends
                self._helper.start()
        self._wake.set()

    def _take_in(self, *, wait: float) -> bool:
        """Move what waits into the file. Is there nothing left to do?"""
        with self._lock:
            if not (self._has_spooled or self._in_memory):
                return True
            with suppress(OSError):
                while self._in_memory:
                    self._spool.append(self._in_memory[0])
                    self._in_memory.popleft()
                    self._has_spooled = True
            with suppress(OSError):
                self._spool.set_aside()
        try:
            file = RecordFile(self.path, wait=wait)
        except _FAILURES:
            return False
        try:
            file.wait(wait)
            for path in self._spool.whole_files():
                for rows in batched(rows_of(path.read_bytes()), _AT_ONCE):
                    file.insert_new(rows)
                path.unlink()
        except (*_FAILURES, ValueError, KeyError):  # a damaged file stays, to be looked at
            return False
        finally:
            file.close()
        with self._lock:
            self._has_spooled = self._spool.has_open or bool(self._spool.whole_files())
            return not (self._has_spooled or self._in_memory)

    def help_once(self) -> bool:
        """What the helper does beside the callers. Is there nothing left to do?"""
        done = self._take_in(wait=_OPENING)
        if log_is_long(self.path):
            with suppress(*_FAILURES):
                file = RecordFile(self.path, wait=_AGAIN)
                try:
                    file.carry_over()
                finally:
                    file.close()
        return done

    @property
    def is_closed(self) -> bool:
        """Does it take no more records?"""
        return self._ending.is_set()

    def go_on_in_child(self) -> None:
        """After ``fork``: leave what is the parent's, and begin anew."""
        _of_parents.extend((self._file, self._spool))  # closing it here would disturb the parent
        if self._begun is not None:
            self._begun.leave()
        if not self.is_closed:
            self._begin_anew(wait=0)

    def _warn(self, what: str, error: Exception | None) -> None:
        """Say what becomes of records, once; in no way that could stop a caller."""
        if what in self._told:
            return
        self._told.add(what)
        why = "" if error is None else f" ({_reason(error)})"
        words = f"{self.path}{why}: {what}. Look with: coefgate telemetry status"
        with suppress(Warning):  # for some callers warnings are errors
            warnings.warn(words, RecorderWarning, stacklevel=2)


_everybody: Final[WeakSet[Recorder]] = WeakSet()
_of_parents: Final[list[object]] = []


def _reason(error: Exception) -> str:
    """Why, without a word of what was to be written."""
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else str(error)
    known = isinstance(error, sqlite3.Error | OtherTables)
    return str(error) if known else type(error).__name__


def batched(rows: Iterator[RecordRow], size: int) -> Iterator[list[RecordRow]]:
    """The rows, so many at once."""
    while some := [*islice(rows, size)]:
        yield some


def _help(
    owner: Callable[[], Recorder | None], wake: threading.Event, ending: threading.Event
) -> None:
    """The thread of a recorder: it waits until there is something to do, or nobody to help."""
    while True:
        wake.wait()
        wake.clear()
        recorder = owner()
        if recorder is None or ending.is_set():
            return
        while not recorder.help_once():
            if ending.wait(_AGAIN):
                return
        del recorder


def _close_all() -> None:
    for recorder in list(_everybody):
        recorder.close()


def _go_on_in_child() -> None:
    for recorder in list(_everybody):
        recorder.go_on_in_child()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_go_on_in_child)
