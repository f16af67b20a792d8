"""Which accepted states stand, where releases were withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from coefgate.core.versions import Version

S = TypeVar("S")
Versions = frozenset[Version]


def standing(
    states: Iterable[S], versions_of: Callable[[S], Versions], withdrawn: Versions
) -> Iterator[S]:
    """The ``states``, the newest first as they come, without those that were withdrawn.

    ``versions_of``: the releases that have a state's values. A state is withdrawn where all of
    them are. One that was never released goes with the release that it went into, and with the one
    that it came after where the values that followed both were older ones: that is what going back
    has replaced.
    """
    waiting: list[S] = []
    newer: Versions = frozenset()
    for state in states:
        versions = versions_of(state)
        if not versions:
            waiting.append(state)
            continue
        gone = versions <= withdrawn
        if not _all_gone(newer, withdrawn) and not (gone and newer and min(newer) < min(versions)):
            yield from waiting
        waiting.clear()
        if not gone:
            yield state
        newer = versions
    if not _all_gone(newer, withdrawn):
        yield from waiting


def _all_gone(versions: Versions, withdrawn: Versions) -> bool:
    return bool(versions) and versions <= withdrawn
