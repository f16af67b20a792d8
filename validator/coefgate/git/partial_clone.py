"""Partial clones: what they lack of the registry is fetched at once, and not file by file."""

from __future__ import annotations

import shlex
from functools import cached_property
from typing import TYPE_CHECKING, Final

from coefgate.core.problems import EnvironmentProblem

if TYPE_CHECKING:  # which brings with it what is missing
    from coefgate.git.repository import Repository

_PROMISED: Final = r"^remote\..*\.promisor$"
_FETCH: Final = (
    *("-c", "fetch.negotiationAlgorithm=noop"),
    *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
    *("--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)


class PartialClone:
    """The objects that a clone, where it is partial, left with its remote."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._here: set[tuple[str, bool]] = set()

    def bring(self, commit: str, *, with_history: bool) -> None:
        """Fetch what a commit, or its history, lacks of the registry.

        Raises ``EnvironmentProblem`` with a command where the remote does not give it.
        """
        if self._remote is None or {(commit, True), (commit, with_history)} & self._here:
            return
        # A clone without trees cannot tell what is below them, so these come first.
        self._fetch("--filter=tree:1", *(() if with_history else ("--no-walk",)), commit)
        wanted = commit if with_history else f"{commit}^{{tree}}"
        self._fetch(wanted, "--", "coefficients", "samples")
        self._here.add((commit, with_history))

    @cached_property
    def _remote(self) -> str | None:
        """The remote that promised to give the rest; ``None`` where the clone is whole."""
        found = self._repository.answer("config", "--type=bool", "--get-regexp", _PROMISED) or ""
        rows = (row.rpartition(" ") for row in found.splitlines())
        names = (key for key, _, on in rows if on == "true")
        first = next(names, None)
        return first and first.removeprefix("remote.").removesuffix(".promisor")

    def _fetch(self, *wanted: str) -> None:
        listing = self._repository.git("rev-list", "--objects", "--missing=print", *wanted)
        missing = [row[1:] for row in listing.splitlines() if row.startswith(b"?")]
        remote = self._remote
        if not missing or remote is None:
            return
        try:
            self._repository.git(*_FETCH, remote, given=b"".join(row + b"\n" for row in missing))
        except EnvironmentProblem as error:
            raise EnvironmentProblem(
                f"this clone is partial, and {remote} did not give {len(missing):,} objects of "
                "coefficients/ and samples/. When it can be reached, get everything with:\n"
                f"{shlex.join(['git', 'fetch', '--refetch', '--no-filter', remote])}"
            ) from error
