"""The thread of a recorder that moves what waits into the file, so that no caller has to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Protocol


class Helped(Protocol):
    """Whose thread it is."""

    def help_once(self) -> bool:
        """Do what can be done. Is there nothing left to do?"""


class RecordHelper:
    """Runs ``help_once`` of its owner when asked to, and again until nothing is left to do.

    ``ask`` may be called in the midst of anything, by signal handlers and by what collects
    garbage too: none of the locks of ``threading`` could be. ``owner``: a weak reference.
    """

    def __init__(self, owner: Callable[[], Helped | None], *, again: float) -> None:
        self._owner, self._again = owner, again
        self._asked: SimpleQueue[None] = SimpleQueue()
        self._is_asked = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Lock()
        self._ended.acquire()

    def ask(self) -> None:
        """Have it look soon."""
        if not self._is_asked:
            self._is_asked = True
            self._asked.put(None)
        if self._thread is None and self._starting.acquire(blocking=False):
            try:
                self._start()
            finally:
                self._starting.release()

    def end(self, wait: float) -> None:
        """Let it end, and wait so long for that. Not twice."""
        self._ended.release()
        self._asked.put(None)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait)

    def _start(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="coefgate-recorder", daemon=True)
            with suppress(RuntimeError):  # the interpreter ends, or there are too many
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while True:
            self._asked.get()
            self._is_asked = False
            while not self._ended.acquire(blocking=False):
                owner = self._owner()
                if owner is None:
                    return
                is_done = owner.help_once()
                del owner  # while it waits, nobody needs it
                if is_done:
                    break
                if self._ended.acquire(timeout=self._again):
                    return
            else:
                return
