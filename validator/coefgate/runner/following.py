"""Following a channel: a thread that looks now and then, in this process and in forked ones.

Why so: docs/decisions/0033-following-lives-as-long-as-its-registry.md
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import SystemRandom
from typing import Final, Self
from weakref import WeakSet

from coefgate.runner.serving import YankedVersionWarning, warn_of_yank
from coefgate.runner.updater import FollowEvent, Updater

Callback = Callable[[FollowEvent], object]
Wait = Callable[[float], bool]
"""Wait so many seconds, or until following is stopped; says whether it was."""

_log = logging.getLogger("coefgate.follow")
_MOST_LOGGED: Final = 50
SHORTEST: Final = 0.05
LONGEST: Final = 7 * 24 * 3600.0
_PART: Final = 10
"""A pause differs from the period by at most one part of so many."""
_FIRST: Final = 5.0


class Following:
    """A registry that follows a channel, by ``Registry.follow``; ``with`` stops it at its end."""

    def __init__(
        self,
        updater: Updater,
        *,
        owner: Callable[[], object],
        every: float,
        callback: Callback | None = None,
        wait: Wait | None = None,
    ) -> None:
        """``owner`` gives the registry that is served, ``None`` when nobody holds it any more."""
        self._every = check_every(every)
        self._owner = owner
        self._updater = updater
        self._callback = callback
        self._wait = wait
        self._problem: str | None = None
        self._logged: set[str] = set()
        self._stopped = threading.Event()
        self._looking = threading.Lock()
        _everybody.add(self)
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def problem(self) -> str | None:
        """Why the last look failed, or left something undone; ``None`` when all was well."""
        return self._problem

    @property
    def stopped(self) -> bool:
        """Was it stopped, or is its registry gone? Then nothing is swapped any more."""
        # Asked, not told: a finalizer may run where a thread holds the lock of the event.
        return self._stopped.is_set() or self._owner() is None

    def stop(self, *, timeout: float = 5.0) -> None:
        """Follow no longer. What serves now goes on serving.

        ``timeout``: seconds to wait for a look under way; one that takes longer swaps nothing.
        """
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def check(self) -> tuple[FollowEvent, ...]:
        """Look now, in this thread, and say what came of it: nothing, where nothing has changed.

        What the source does wrong ``problem`` says. Raises ``ValueError`` after ``stop``.
        """
        if self.stopped:
            gone = "this following was stopped, or its registry is gone"
            raise ValueError(f"{gone}; start another one: registry.follow()")
        return self._look()

    def _look(self) -> tuple[FollowEvent, ...]:
        with self._looking:
            events = self._updater.look(stopped=lambda: self.stopped)
            wrong = [event.message for event in events if event.kind in {"refused", "failed"}]
            self._problem = " ".join(wrong) or None
            self._log(events)
        for event in events:
            self._tell(event)
        return tuple(events)

    def _log(self, events: list[FollowEvent]) -> None:
        """Each distinct failure once, until all is well again."""
        if self._problem is None or len(self._logged) > _MOST_LOGGED:
            self._logged.clear()
        for event in events:
            if event.kind == "swapped":
                how = "%s serves instead of %s: %s"
                _log.info(how, event.current, event.previous, event.message)
            elif event.kind == "yanked":  # told once, and its message names the version
                _log.warning("%s", event.message)
            elif event.message not in self._logged:
                self._logged.add(event.message)
                _log.warning("%s still serves: %s", event.current, event.message)

    def _tell(self, event: FollowEvent) -> None:
        if event.kind == "yanked":
            # Where warnings are errors nobody would catch it in here.
            with suppress(YankedVersionWarning):
                url = self._updater.source.url
                warn_of_yank(url, event.current.version, event.message, stacklevel=1)
        try:
            if self._callback is not None:
                self._callback(event)
        except Exception:  # noqa: BLE001 (a callback never ends following)
            _log.exception("the callback of registry.follow() failed on %s", event)

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="coefgate-follow", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        wait = self._wait or self._stopped.wait
        for pause in pauses(self._every, SystemRandom().random):
            if wait(pause) or self.stopped:
                return
            self._look()

    def _go_on_in_child(self) -> None:
        """After a fork: no thread came along, and any lock may be held by one that is gone."""
        stopped = self.stopped
        self._looking = threading.Lock()
        self._stopped = threading.Event()
        if stopped:
            self._stopped.set()
        else:
            self._start()


def check_every(every: float) -> float:
    """``every`` if it is a period in seconds. Raises ``ValueError``."""
    if not SHORTEST <= every <= LONGEST:
        allowed = f"it is a number of seconds from {SHORTEST} to {LONGEST:.0f}"
        raise ValueError(f"every is {every}; {allowed}")
    return every


def pauses(every: float, draw: Callable[[], float]) -> Iterator[float]:
    """Seconds before each look: the first one soon, then ``every`` give or take a tenth.

    ``draw``: a number from 0 to 1, another one each time.
    """
    yield draw() * min(every / _PART, _FIRST)
    while True:
        yield every * (1 + (2 * draw() - 1) / _PART)


_everybody: WeakSet[Following] = WeakSet()


def _go_on_in_child() -> None:
    for following in tuple(_everybody):
        following._go_on_in_child()  # noqa: SLF001 (the other half of the class)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_go_on_in_child)
