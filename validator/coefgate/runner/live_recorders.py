"""The recorders of this process: closed when it ends, and without an open file while it forks.

A child that inherits an open file of SQLite, and opens it itself, holds no lock that others see:
who closes it last then takes the log away under the child's records. See "carrying an open
database across a fork" in https://www.sqlite.org/howtocorrupt.html.
"""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from coefgate.runner.recorder import Pause, Recorder

_everybody: Final[WeakSet[Recorder]] = WeakSet()
_paused: Final[dict[int, list[tuple[Recorder, Pause]]]] = {}
"""By the thread that forks, since several may."""


def add(recorder: Recorder) -> None:
    """Look after one more."""
    _everybody.add(recorder)


def _close_all() -> None:
    for recorder in list(_everybody):
        with suppress(Exception):  # the others are to be closed as well
            recorder.close()


def _before_fork() -> None:
    _paused[get_ident()] = [(recorder, recorder.pause()) for recorder in list(_everybody)]


def _go_on_in_parent() -> None:
    for _, pause in _paused.pop(get_ident(), ()):
        pause.end()


def _go_on_in_child() -> None:
    paused = {id(recorder): pause for recorder, pause in _paused.get(get_ident(), ())}
    _paused.clear()
    for recorder in list(_everybody):
        pause = paused.get(id(recorder))
        recorder.go_on_in_child(may_open=pause is not None and pause.is_clean)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_go_on_in_parent,
        after_in_child=_go_on_in_child,
    )
