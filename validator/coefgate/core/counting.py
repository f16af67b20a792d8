"""How far long work is, for whoever shows it: silent, and for nothing, where nobody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")
Listener = Callable[[str, int, int | None], None]
"""Is called with the name of what is counted, how many more there are, and of how many in all."""
_EVERY: Final = 256
"""Things between two calls of a listener, so that these take no time; or else all its calls."""


@dataclass(slots=True)
class _Ear:
    """A listener, and whether things are counted at the moment: what is within them is not."""

    listener: Listener
    is_taken: bool = False


_EAR: Final[ContextVar[_Ear | None]] = ContextVar("ear", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of all that is counted while the block runs, in this thread."""
    before = _EAR.set(_Ear(listener))
    try:
        yield
    finally:
        _EAR.reset(before)


def counted(things: Iterable[T], what: str, *, of: int | None = None) -> Iterable[T]:
    """The same things; ``what`` they are, in the plural, and how many there will be, if known."""
    ear = _EAR.get()
    return things if ear is None else _counted(things, what, of, ear)


def count(what: str, more: int, *, of: int) -> None:
    """Tell who listens that so many things, which are done together, are done."""
    ear = _EAR.get()
    if ear is not None and not ear.is_taken:
        ear.listener(what, more, of)


def _counted(things: Iterable[T], what: str, of: int | None, ear: _Ear) -> Iterator[T]:
    if ear.is_taken:
        yield from things
        return
    # The last of few things may take as long as many others.
    every = _EVERY if of is None else of // _EVERY or 1
    more, ear.is_taken = 0, True
    try:
        for thing in things:
            yield thing
            more += 1
            if more == every:
                ear.listener(what, more, of)
                more = 0
    finally:
        ear.is_taken = False
        if more:
            ear.listener(what, more, of)
