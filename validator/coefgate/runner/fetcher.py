"""What gets releases from a source: a git repository, or files on a server or a disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from coefgate.core.problems import UsageProblem
from coefgate.core.release import Release
from coefgate.core.versions import Version
from coefgate.runner.address import Address, address_of
from coefgate.runner.lock import Trust


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


def checked_address(url: str, trust: Trust) -> Address:
    """A source's address. Raises ``UsageProblem``, also where a file is asked for signatures."""
    address = address_of(url)
    if trust.allowed_signers and address.kind != "git":
        raise UsageProblem(
            "a snapshot file carries no signature, so allowed signers are for git sources. Pin "
            "the repository with: coefgate pin https://example.org/registry.git --allowed-signers "
            "FILE"
        )
    return address


def fetcher_of(address: Address, trust: Trust, *, timeout: float | None = None) -> Fetcher:
    """What asks the source at ``address``, believed as ``trust`` says; nothing is asked yet.

    ``timeout``: seconds for one question, where it is not the source's own.
    """
    # Each imports what it needs to start programs or to read files; a runner pays for the one it
    # uses.
    if address.kind == "git":
        from coefgate.runner.git_fetcher import GitFetcher  # noqa: PLC0415

        return GitFetcher(address.url, trust, timeout=timeout)
    from coefgate.runner.file_fetcher import FileFetcher  # noqa: PLC0415

    return FileFetcher(address, timeout=timeout)
