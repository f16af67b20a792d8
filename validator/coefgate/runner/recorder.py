"""Keeps a record of every call: in a SQLite file, or in the spool beside it until that can be had.

A caller waits for one insert, and for nothing else: not for a lock, a full disk, or another
process. Why so: docs/decisions/0084-a-record-is-one-insert.md
"""

from __future__ import annotations

import os
import platform
import sqlite3
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from coefgate.core.program_version import program_version
from coefgate.runner import live_recorders
from coefgate.runner.record_file import OtherTables, RecordFile, RecordRow, is_busy, log_is_long
from coefgate.runner.record_helper import RecordHelper
from coefgate.runner.record_spool import BegunCalls, RecordSpool, rows_of, spool_folder
from coefgate.runner.record_values import name, now

if TYPE_CHECKING:
    from coefgate.runner.recorded_call import RecordedCall

MOST_IN_MEMORY: Final = 10_000
"""Records that are kept where not even the spool can be written."""
_AGAIN: Final = 1.0
"""Seconds after which a file that could not be had is tried again."""
_OPENING: Final = 5.0
"""Seconds that the start of a recorder waits for others, and its end altogether."""
_HELPING: Final = 0.2
"""Seconds that its helper and the first record of a child wait for others, and a fork for both."""
_LOOK_EVERY: Final = 256
"""Records after which the length of the write-ahead log is looked at."""
_AT_ONCE: Final = 200
"""Records that are taken in before others may write again."""
_FAILURES: Final = (sqlite3.Error, OSError, OtherTables)
_TWICE: Final = "finished-twice"


@dataclass(frozen=True, slots=True)
class Pause:
    """While a process forks, its recorder holds these locks; ``is_clean``: it has no file open."""

    held: list[Any]
    is_clean: bool

    def end(self) -> None:
        """Go on, in the process that forked."""
        for lock in self.held:
            lock.release()


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
        self.is_closed = False
        self._told: set[str] = set()
        self._may_open = True
        self._begin_anew()
        self._count_begun()
        self._open(wait=_OPENING)
        live_recorders.add(self)

    def _begin_anew(self) -> None:
        """Be the recorder of this process, with a name and numbers of its own."""
        self.writer = os.urandom(16).hex()
        self._started_at = now()
        # Whoever holds it may come again: a signal handler, or what collects garbage.
        self._lock = threading.RLock()
        self._working: int | None = None
        self._filing = threading.Lock()
        self._numbers = count(1)
        self._sequence = 0
        self._inserted = 0
        self._retry_at = 0.0
        self._calls: dict[int, ref[RecordedCall]] = {}
        self._left: deque[RecordRow] = deque()
        self._in_memory: deque[RecordRow] = deque()
        self._lost = 0
        self._has_spooled = False
        self._needs_help = False
        self._helper = RecordHelper(ref(self), again=_AGAIN)
        self._spool = RecordSpool(spool_folder(self.path), self.writer)
        self._begun: BegunCalls | None = None
        self._is_counted = False
        self._file: RecordFile | None = None

    def _count_begun(self) -> None:
        self._is_counted = True
        try:
            self._begun = BegunCalls(spool_folder(self.path), self.writer)
        except OSError as error:
            self._warn("an end of this process would not be noticed", error)

    def begin(self, call: RecordedCall | None) -> int:
        """The number of a call that begins, from 1."""
        with self._lock:
            if not self._is_counted:
                self._count_begun()
            return self._next(call)

    def _next(self, call: RecordedCall | None) -> int:
        number = self._sequence = next(self._numbers)
        if self._begun is not None:
            self._begun.count(number)
        if call is not None:
            self._calls[number] = ref(call)
        return number

    def keep(self, row: RecordRow) -> None:
        """Write a record: into the file, the spool, or memory; the first that takes it.

        It may be called in the midst of anything; where that is a record of the same thread, this
        one is written after it.
        """
        self._left.append(row)
        if self._working != threading.get_ident():
            with self._lock:
                self._write_left()
            if self._needs_help and not self.is_closed:
                self._needs_help = False
                self._helper.ask()

    def _write_left(self) -> None:
        self._working = threading.get_ident()
        try:
            while self._left:
                self._write_one(self._left.popleft())
        finally:
            self._working = None

    def _write_one(self, row: RecordRow) -> None:
        try:
            self._write(row)
        except Exception as error:  # noqa: BLE001 (whatever it is, no caller is stopped by it)
            self._lost += 1
            self._warn("a record is lost", error)
        except BaseException:  # as a signal handler raises it: whoever is next writes it again
            self._left.appendleft(row)
            raise

    def leave(self, row: RecordRow) -> None:
        """Take a record of a call that nobody holds any more; it is written with the next one."""
        self._left.append(row)

    def close(self, *, wait: float = _OPENING) -> None:
        """Write what waits, and say that nothing more will come. A second time does nothing.

        ``wait``: seconds for all of that; what is not in the file by then stays in the spool.
        """
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
        until = time.monotonic() + wait
        self._helper.end(wait)
        for call in [found() for found in [*self._calls.values()]]:
            if call is not None:
                call.leave()
        with self._lock:
            self._write_left()
        self._take_in(wait=max(0.0, until - time.monotonic()))
        with self._lock:
            if self._file is None and self._is_counted:
                self._open(wait=max(0.0, until - time.monotonic()))
            settled = self._has_arrived(max(0.0, until - time.monotonic()))
            if self._begun is not None:
                self._begun.close(settled=settled)
                self._begun = None
            self._spool.close()
            self._close_file()
            if self._in_memory:
                self._lost += len(self._in_memory)
            if self._lost:
                self._warn(f"{self._lost:,} records are lost", None)

    def __del__(self) -> None:
        try:  # noqa: SIM105 (what suppresses may be gone by then)
            self.close(wait=0)
        except Exception:  # noqa: BLE001, S110 (half-made, or the interpreter is half gone)
            pass

    def _has_arrived(self, wait: float) -> bool:
        """Say in the file how many calls there were. Is every record there?"""
        if self._file is None:
            return False
        try:
            self._file.wait(wait)
            self._see(self._file, closed=True)
        except _FAILURES:
            return False
        return not (self._has_spooled or self._in_memory or self._lost)

    def _open(self, *, wait: float) -> None:
        if not self._may_open:
            return
        try:
            self._file = RecordFile(self.path, wait=wait)
            self._see(self._file, closed=False)
        except _FAILURES as error:
            self._fail(error)

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(*_FAILURES):
                file.close()

    def _see(self, file: RecordFile, *, closed: bool) -> None:
        who = (self.writer, self.runner, program_version(), self._started_at, now())
        file.see((*who, self._sequence, closed, 0, 0))

    def _write(self, row: RecordRow) -> None:
        if row[0] == self.writer:
            self._calls.pop(row[1], None)
        if self._may_open and (self._file is not None or time.monotonic() >= self._retry_at):
            try:
                self._insert(row)
            except sqlite3.IntegrityError:  # a call begun before a fork ended in both processes
                if self._file is not None and self._file.holds(row):
                    return
                if row[-1] == _TWICE:
                    raise
                self._write((self.writer, self._next(None), *row[2:-1], _TWICE))
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
        self._needs_help = self._may_open

    def _insert(self, row: RecordRow) -> None:
        if self._file is None or self._file.is_gone():
            if self._file is not None:
                self._close_file()
                self._warn("the file was deleted, and is made again", None)
            is_first = self._inserted == 0 and self._retry_at == 0.0
            self._file = RecordFile(self.path, wait=_HELPING if is_first else 0)
            self._see(self._file, closed=False)
        self._file.insert(row)
        self._inserted += 1
        if self._inserted % _LOOK_EVERY == 0 and log_is_long(self.path):
            self._needs_help = True

    def _fail(self, error: Exception) -> None:
        """The file could not be written: leave it alone for a while, unless it was only busy."""
        if is_busy(error) and self._file is not None:
            return
        self._warn("records go to the spool beside it", error)
        self._close_file()
        self._retry_at = time.monotonic() + _AGAIN

    def _take_in(self, *, wait: float) -> bool:
        """Move what waits into the file. Is there nothing left to do?"""
        while self._in_memory:
            if not self._spool_memory():
                break
        with self._lock:
            if not (self._has_spooled or self._in_memory):
                return True
            with suppress(OSError):
                self._spool.set_aside()
        if not self._may_open:
            return False
        try:
            with self._filing:
                file = RecordFile(self.path, wait=wait)
                try:
                    file.wait(wait)
                    for path in self._spool.whole_files():
                        for rows in batched(rows_of(path.read_bytes()), _AT_ONCE):
                            file.insert_new(rows)
                        path.unlink()
                finally:
                    file.close()
        except Exception:  # noqa: BLE001 (a damaged file stays, to be looked at)
            return False
        with self._lock:
            self._has_spooled = self._spool.has_open or bool(self._spool.whole_files())
            return not (self._has_spooled or self._in_memory)

    def _spool_memory(self) -> bool:
        """Move some records from memory to the spool; a caller waits for no more than these."""
        with self._lock:
            try:
                for _ in range(min(len(self._in_memory), _AT_ONCE)):
                    self._spool.append(self._in_memory[0])
                    self._in_memory.popleft()
                    self._has_spooled = True
            except OSError:
                return False
        return True

    def help_once(self) -> bool:
        """What the helper does beside the callers. Is there nothing left to do?"""
        done = self._take_in(wait=_HELPING)
        if log_is_long(self.path):
            with suppress(*_FAILURES), self._filing:
                file = RecordFile(self.path, wait=_HELPING)
                try:
                    file.carry_over()
                finally:
                    file.close()
        return done

    def pause(self) -> Pause:
        """Before ``fork``: hold still, without an open file. The helper is waited for briefly."""
        locks = (self._filing, self._lock)
        held = [lock for lock in locks if lock.acquire(timeout=_HELPING)]
        is_clean = self._may_open and len(held) == len(locks) and self._working is None
        if is_clean:
            self._close_file()
        return Pause(held, is_clean)

    def go_on_in_child(self, *, may_open: bool) -> None:
        """After ``fork``: leave what is the parent's, and begin anew.

        ``may_open``: the parent had no file open. Else this process never opens it, and its
        records wait in the spool for whoever takes them in.
        """
        _of_parents.extend((self._file, self._spool))  # closing it here would disturb the parent
        if self._begun is not None:
            self._begun.leave()
        self._may_open = may_open
        if not self.is_closed:
            self._begin_anew()

    def _warn(self, what: str, error: Exception | None) -> None:
        """Say what becomes of records, once; in no way that could stop a caller."""
        if what in self._told:
            return
        self._told.add(what)
        why = "" if error is None else f" ({_reason(error)})"
        words = f"{self.path}{why}: {what}. Look with: coefgate telemetry status"
        with suppress(Exception):  # for some callers warnings are errors
            warnings.warn(words, RecorderWarning, stacklevel=2)


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
