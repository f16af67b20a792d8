"""Which commit withdrew each version, as the history of ``yanked.yaml`` tells it."""

from __future__ import annotations

from collections.abc import Mapping

from coefgate.core.yanks import Yank
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.commit_log import first_parents, merged_by
from coefgate.git.repository import Repository
from coefgate.registry.number_history import Commit
from coefgate.registry.reading import Memo


def withdrawn_by(
    repository: Repository, head: str, yanks: Mapping[str, Yank], memo: Memo | None = None
) -> Mapping[str, Commit]:
    """By version: the commit up to ``head`` that brought the yank as it stands today.

    Of a merge that is the commit in it that wrote the yank. A version that ``head`` does not
    withdraw as ``yanks`` say is left out; nothing is read where there is none. ``memo``: what was
    read before.
    """
    if not yanks:
        return {}
    accepted = AcceptedStates(repository, head, memo)

    def holds(commit: Commit, version: str) -> bool | None:
        """``None`` where the registry there cannot be read."""
        registry = accepted.reading(commit.tree)[0]
        return (
            None if registry is None else registry.withdrawn.yanks.get(version) == yanks[version]
        )

    since: dict[str, Commit] = {}
    waiting = set(yanks)
    for commit in first_parents(repository, head):
        held = {version: holds(commit, version) for version in waiting}
        since |= {version: commit for version, there in held.items() if there}
        waiting -= {version for version, there in held.items() if there is False}
        if not waiting:
            break
    if not any(one.is_merge for one in since.values()):
        return since
    came_in = merged_by(repository, head)

    def written(merge: Commit, version: str) -> Commit:
        for one in came_in.get(merge.id, ()):
            before = one.before is not None and holds(one.before, version)
            if holds(one.commit, version) and not before:
                return one.commit
        return merge

    return {version: written(one, version) for version, one in since.items()}
