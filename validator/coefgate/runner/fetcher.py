"""What gets releases from a source: a git repository, or files on a server or a disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from coefgate.core.problems import UsageProblem
from coefgate.core.release import Release
from coefgate.core.versions import Version


class NoSuchRelease(UsageProblem):
    """The source has no such release."""


class Fetcher(Protocol):
    """Asks a source. Every method is bounded in time and size.

    They raise ``EnvironmentProblem`` where the source cannot be reached or does not answer as it
    should, ``InvalidDocument`` where what it gave is not what it has to be, and ``NoSuchRelease``.
    No message ever shows credentials.
    """

    def versions(self) -> Mapping[Version, str]:
        """Every released version, each with a text that changes when what it stands for does."""
        ...

    def release(self, version: Version) -> Release:
        """One released version, verified as far as the trust says."""
        ...

    def named(self) -> Release | None:
        """The snapshot that the address itself names, ``None`` where it names a source of many."""
        ...
