"""What a runner serves estimates from: one version, loaded, and the one place that holds it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from coefgate.core.snapshot import Snapshot
from coefgate.core.table import Table, compile_table
from coefgate.core.yanks import Yank

_warned: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Serving:
    """Which coefficients serve: version, commit (``None`` where nobody says it) and digest."""

    version: str
    commit: str | None
    digest: str

    def __str__(self) -> str:
        return f"{self.version} ({self.digest})"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version, ready to estimate. It is replaced as a whole, so no reader sees a mix."""

    serving: Serving
    snapshot: Snapshot
    table: Table


class ServingSlot:
    """The one reference that is swapped: read once, it gives all of one release."""

    __slots__ = ("loaded",)

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded


def load(snapshot: Snapshot, *, version: str, commit: str | None) -> Loaded:
    """A valid snapshot, compiled under its version."""
    table = compile_table(snapshot.content, registry_version=version, digest=snapshot.digest)
    return Loaded(Serving(version, commit, snapshot.digest), snapshot, table)


class YankedVersionWarning(UserWarning):
    """The coefficients that serve were withdrawn by who released them."""


def yank_words(yank: Yank) -> str:
    """The warning about a pin that was withdrawn."""
    remedy = "Leave it with: coefgate update"
    if yank.replacement:
        remedy = f"Use {yank.replacement} instead: coefgate update --to {yank.replacement}"
    return f"version {yank.version} was withdrawn on {yank.date}: {yank.reason}. {remedy}"


def warn_of_yank(url: str, version: str, words: str, *, stacklevel: int) -> None:
    """Warn that ``version`` of a source was withdrawn, once in a process."""
    key = (url, version)
    if key not in _warned:
        _warned.add(key)
        warnings.warn(f"{url}: {words}", YankedVersionWarning, stacklevel=stacklevel + 1)
