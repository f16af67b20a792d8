"""What a runner asks of a source of releases, whatever it is: a git repository or files on a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from coefgate.core.problems import UsageProblem
from coefgate.core.release_index import Published
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank


class NoSuchRelease(UsageProblem):
    """The source has no such release."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a source gave, verified as far as its trust says.

    ``version`` and ``commit`` are ``None`` for a snapshot of which nobody says what release it is.
    ``yanked``: the versions that this release knows to be withdrawn.
    """

    version: Version | None
    commit: str | None
    snapshot: Snapshot
    yanked: tuple[Yank, ...]

    @property
    def published(self) -> Published | None:
        """What an index says of it, ``None`` for a snapshot of which nobody says what release it is."""
        if self.version is None or self.commit is None:
            return None
        return Published(self.version, self.commit, self.snapshot.digest)


class Origin(Protocol):
    """A source of releases. Every method is bounded in time and size.

    They raise ``EnvironmentProblem`` where the source cannot be reached or does not answer as it
    should, ``InvalidDocument`` where what it gave is not what it has to be, and ``NoSuchRelease``.
    No message ever shows credentials.
    """

    def versions(self) -> Mapping[Version, str]:
        """Every released version, each with a text that changes when what it stands for does."""
        ...

    def release(self, version: Version) -> Offered:
        """One released version."""
        ...

    def named(self) -> Offered | None:
        """The snapshot that the address itself names, ``None`` where it names a source of many."""
        ...

    def url_of(self, version: Version) -> str:
        """The address that a lock holds for this version."""
        ...
