"""How far long work is, for whoever shows it: silent, and for nothing, where nobody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

T = TypeVar("T")
Listener = Callable[[str, int, int | None], None]
"""Is called with the name of what is counted, how many more there are, and of how many in all."""
_EVERY: Final = 256
"""Things between two calls of a listener, so that these take no time."""
_LISTENER: Final[ContextVar[Listener | None]] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of all that is counted while the block runs, in this thread."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def counted(things: Iterable[T], what: str, *, of: int | None = None) -> Iterable[T]:
    """The same things; ``what`` they are, in the plural, and how many there will be, if known."""
    listener = _LISTENER.get()
    return things if listener is None else _counted(things, what, of, listener)


def _counted(things: Iterable[T], what: str, of: int | None, listener: Listener) -> Iterator[T]:
    # The last of few things may take as long as many others.
    every = 1 if of is not None and of < _EVERY else _EVERY
    more = 0
    try:
        for thing in things:
            yield thing
            more += 1
            if more == every:
                listener(what, more, of)
                more = 0
    finally:
        if more:
            listener(what, more, of)
