"""The releases that a commit contains, and what was withdrawn, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.git.withdrawal_log import withdrawn_by
from coefgate.registry.model import Withdrawn
from coefgate.registry.number_history import Commit
from coefgate.registry.reading import Memo
from coefgate.use_cases.releases.listing import Releases


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """A release. ``digest``: of what it holds, ``None`` where ``tag.why`` it cannot be read."""

    tag: ReleaseTag
    digest: str | None


@dataclass(frozen=True, slots=True)
class ListedWithdrawal:
    """A ``version`` that was withdrawn: ``yank`` says why.

    ``by``: the commit that wrote so, ``None`` where the history does not reach back to it.
    ``release``: the first release that says so, ``None`` as long as none does.
    """

    version: Version
    yank: Yank
    by: Commit | None
    release: Version | None


@dataclass(frozen=True, slots=True)
class ReleaseOverview:
    """Releases and withdrawals, the newest first."""

    releases: tuple[ListedRelease, ...]
    withdrawals: tuple[ListedWithdrawal, ...]

    @property
    def withdrawn(self) -> Mapping[Version, ListedWithdrawal]:
        """The withdrawals by version."""
        return {one.version: one for one in self.withdrawals}


NO_RELEASES: Final = ReleaseOverview((), ())


def release_overview(
    repository: Repository, commit: str, withdrawn: Withdrawn, memo: Memo
) -> ReleaseOverview:
    """The releases that ``commit`` contains; ``withdrawn``: what the registry there says is not.

    Tags that the commit does not contain are left out, so that it is described alike at any time.
    """
    releases = Releases(repository, commit, memo)
    tags = releases.merged
    yanks = by_version(withdrawn.yanks.values())
    by = withdrawn_by(repository, commit, withdrawn.yanks, memo)
    return ReleaseOverview(
        tuple(ListedRelease(one, releases.digest(one)) for one in tags),
        tuple(
            ListedWithdrawal(version, yanks[version], by.get(str(version)), _first(version, tags))
            for version in sorted(yanks, reverse=True)
        ),
    )


def _first(version: Version, tags: tuple[ReleaseTag, ...]) -> Version | None:
    """The first release that says of ``version`` that it is withdrawn; ``tags``: newest first."""
    said = (
        one.version
        for one in reversed(tags)
        if one.release and version in by_version(one.release.yanked)
    )
    return next(said, None)
