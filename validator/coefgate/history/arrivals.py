"""What came in after the coefficients did: the samples that no present coefficient was fitted on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from coefgate.history.past import Past
from coefgate.history.repository import Repository, RevisionTree
from coefgate.registry.reading import Memo
from coefgate.registry.snapshot import digest, snapshot


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Which samples were stored when the present coefficients came in.

    ``since``: the commit that gave the registry its present digest, ``None`` where git does not say, and
    then ``reason`` says why. ``known``: ids of the samples that were stored by then.
    """

    since: str | None
    known: frozenset[str]
    reason: str


def arrivals(repository: Repository, commit: str, present_digest: str, memo: Memo | None = None) -> Arrivals:
    """Find where ``present_digest`` came in on the first-parent history that leads to ``commit``.

    A sample that is stored now and not in ``known`` came in later, which git says and nobody can choose;
    but for a line that corrects, or repeats, one that was known: a call arrives with its first line.
    ``memo``: files that the caller has read.
    """
    since = None
    for candidate, registry in Past(repository, commit, memo).states():
        if registry is None or digest(snapshot(registry)) != present_digest:
            break
        since = candidate
    else:
        if repository.shallow and since is not None:
            reason = "this clone is shallow; get the history with: git fetch --unshallow"
            return Arrivals(None, frozenset(), reason)
    if since is None:
        return Arrivals(None, frozenset(), "these coefficients are not committed yet")
    return Arrivals(since, frozenset(stored_ids(repository.tree(since))), "")


def stored_ids(tree: RevisionTree) -> Iterator[str]:
    """The ids of the lines that a commit stores, read fast; whoever needs the samples reads them strictly."""
    for entry in tree.entries("samples"):
        if entry.kind == "file" and entry.path.endswith(".jsonl"):
            for line in tree.read(entry.path).splitlines():
                identity = _id(line)
                if identity is not None:
                    yield identity


def _id(line: bytes) -> str | None:
    """The id of a stored line; a line that cannot be read is no stored sample, whatever it holds."""
    try:
        identity = json.loads(line)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return identity if isinstance(identity, str) else None
