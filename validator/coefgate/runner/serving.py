"""What a runner serves estimates from: one registry version, loaded; and the one place that holds it."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.snapshot import Snapshot
from coefgate.core.table import Table, compile_table


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
    """A registry version, ready to estimate. All of it is replaced together, so no reader sees a mix."""

    serving: Serving
    snapshot: Snapshot
    table: Table


class ServingSlot:
    """The one reference that is swapped: read once, it gives version, digest and table of one release."""

    __slots__ = ("loaded",)

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded


def load(snapshot: Snapshot, *, version: str, commit: str | None) -> Loaded:
    """A valid snapshot, compiled under its version."""
    table = compile_table(snapshot.content, registry_version=version, digest=snapshot.digest)
    return Loaded(Serving(version, commit, snapshot.digest), snapshot, table)
