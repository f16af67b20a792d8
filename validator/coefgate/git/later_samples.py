"""Samples that came in after the coefficients: no present coefficient was fitted on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coefgate.core.git_process import shallow_clone
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.commit_log import committed_at
from coefgate.git.repository import Repository
from coefgate.registry.compilation import digest_of
from coefgate.registry.reading import Memo
from coefgate.samples.reading import StoredIds, stored_ids


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The commit of the present coefficients, and the lines stored by then; else a ``reason``."""

    since: str | None
    known: StoredIds | None
    reason: str


def arrivals(
    repository: Repository, commit: str, present_digest: str, memo: Memo | None = None
) -> Arrivals:
    """Find where ``present_digest`` came in on the first-parent history that leads to ``commit``.

    A call arrives with its first line, whatever corrects or repeats it later. Where none had a
    time by then, the commit's own stands for the newest. ``memo``: files that the caller has read.
    """
    since = None
    for candidate, registry in AcceptedStates(repository, commit, memo).states():
        if registry is None or digest_of(registry) != present_digest:
            break
        since = candidate
    else:
        if repository.shallow and since is not None:
            return Arrivals(None, None, shallow_clone("so nobody knows when these came in"))
    if since is None:
        return Arrivals(None, None, "these coefficients are not committed yet")
    known = stored_ids(repository.tree(since))
    if not known.dated:
        known = replace(known, newest=committed_at(repository, since))
    return Arrivals(since, known, "")
