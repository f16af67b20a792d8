"""Partial clones: what they lack of the registry is fetched at once, not file by file as git does it."""

from __future__ import annotations

import shlex
from typing import Final, Protocol

from coefgate.core.problems import EnvironmentProblem

_PROMISED: Final = r"^remote\..*\.promisor$"
_FETCH: Final = (
    *(
        "-c",
        "fetch.negotiationAlgorithm=noop",
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
    ),
    *("--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)


class _Run(Protocol):
    def __call__(self, *arguments: str, given: bytes = b"") -> bytes: ...


class Partial:
    """The objects that a partial clone left with its remote. ``git``: runs git in the clone."""

    def __init__(self, git: _Run) -> None:
        self._git = git
        self._remote: str | None = None
        self._here: set[tuple[str, bool]] = set()

    def bring(self, commit: str, *, with_history: bool) -> None:
        """Fetch what is missing of ``coefficients/`` and ``samples/`` at a commit, or in its whole history.

        Raises ``EnvironmentProblem`` with the command that gets it where the remote does not give
        it.
        """
        if self._promisor() == "" or {(commit, True), (commit, with_history)} & self._here:
            return
        # A clone without trees cannot tell what is below them, so these come first.
        self._fetch("--filter=tree:1", *(() if with_history else ("--no-walk",)), commit)
        self._fetch(
            commit if with_history else f"{commit}^{{tree}}", "--", "coefficients", "samples"
        )
        self._here.add((commit, with_history))

    def _promisor(self) -> str:
        """The remote that promised to give the rest, empty where the clone is whole."""
        if self._remote is None:
            try:
                found = (
                    self._git("config", "--type=bool", "--get-regexp", _PROMISED)
                    .decode()
                    .splitlines()
                )
            except EnvironmentProblem:
                found = []
            names = [
                key.removeprefix("remote.").removesuffix(".promisor")
                for key, _, on in (row.rpartition(" ") for row in found)
                if on == "true"
            ]
            self._remote = names[0] if names else ""
        return self._remote

    def _fetch(self, *wanted: str) -> None:
        listing = self._git("rev-list", "--objects", "--missing=print", *wanted)
        missing = [row[1:] for row in listing.splitlines() if row.startswith(b"?")]
        if not missing:
            return
        remote = self._promisor()
        try:
            self._git(*_FETCH, remote, given=b"".join(row + b"\n" for row in missing))
        except EnvironmentProblem as error:
            raise EnvironmentProblem(
                f"this clone is partial, and {remote} did not give what it lacks of coefficients/ "
                f"and samples/ ({len(missing):,} objects). When {remote} can be reached, get "
                "everything with:\n"
                f"{shlex.join(['git', 'fetch', '--refetch', '--no-filter', remote])}"
            ) from error
