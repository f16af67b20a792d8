"""A release: one version of the coefficients, its commit, its snapshot, and what it withdraws."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank


@dataclass(frozen=True, slots=True)
class Published:
    """What an index says of a release."""

    version: Version
    commit: str
    digest: str

    def __str__(self) -> str:
        return f"{self.version} is {self.digest} of the commit {self.commit}"


@dataclass(frozen=True, slots=True)
class Release:
    """One release. ``version`` and ``commit`` are ``None`` where nobody says them.

    ``yanked``: the versions that it knows to be withdrawn.
    """

    version: Version | None
    commit: str | None
    snapshot: Snapshot
    yanked: tuple[Yank, ...] = ()

    @property
    def published(self) -> Published | None:
        """What an index says of it, ``None`` where its version or its commit is not known."""
        if self.version is None or self.commit is None:
            return None
        return Published(self.version, self.commit, self.snapshot.digest)
