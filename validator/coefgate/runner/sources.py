"""From an address to the source behind it."""

from __future__ import annotations

from coefgate.core.problems import UsageProblem
from coefgate.runner.address import Address, address_of
from coefgate.runner.lock_file import Trust
from coefgate.runner.origin import Origin


def checked_address(url: str, trust: Trust) -> Address:
    """The address of a source. Raises ``UsageProblem``, also where a file is asked for signatures."""
    address = address_of(url)
    if trust.allowed_signers and address.kind != "git":
        raise UsageProblem(
            "a snapshot file carries no signature, so allowed signers are for git sources. Pin "
            "the repository with: coefgate pin https://example.org/registry.git --allowed-signers "
            "FILE"
        )
    return address


def origin_of(url: str, trust: Trust, *, timeout: float | None = None) -> Origin:
    """The source at ``url``, believed as ``trust`` says; nothing is asked yet.

    ``timeout``: seconds for one question, where it is not the source's own. Raises
    ``UsageProblem`` as ``checked_address`` does.
    """
    address = checked_address(url, trust)
    # Each imports what it needs to start programs or to read files; a runner pays for the one it
    # uses.
    if address.kind == "git":
        from coefgate.runner.git_origin import GitOrigin  # noqa: PLC0415

        return GitOrigin(address.url, trust, timeout=timeout)
    from coefgate.runner.file_origin import FileOrigin  # noqa: PLC0415

    return FileOrigin(address, timeout=timeout)
