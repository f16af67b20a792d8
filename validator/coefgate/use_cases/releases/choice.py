"""Which release a rollback goes to: the one that is named, else one that nobody can doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.release_tags import ReleaseTag
from coefgate.use_cases.releases.listing import Releases


def named(releases: Releases, wanted: str, yanked: Sequence[Yank]) -> ReleaseTag:
    """The release that somebody named. Raises ``UsageProblem`` where one may not go back to it."""
    version = Version.spelled(wanted)
    one = next((one for one in releases.all if one.version == version and one.merged), None)
    if one is None or releases.digest(one) is None:
        what = "cannot be read" if one else "is no release of this branch"
        raise UsageProblem(
            f"{wanted!r} {what}. The releases are {_listed(releases)}: coefgate rollback VERSION"
        )
    yank = by_version(yanked).get(one.version)
    if yank is not None:
        others = ", ".join(str(one.version) for one in _candidates(releases, yanked))
        standing = (
            f"Those that stand are {others}: coefgate rollback VERSION"
            if others
            else "None stands"
        )
        raise UsageProblem(f"{version} was withdrawn itself ({yank.reason}). {standing}")
    return one


def default(releases: Releases, last: ReleaseTag, yanked: Sequence[Yank]) -> ReleaseTag:
    """The release to go to where none was named.

    Where ``last`` has the values of an earlier release again, somebody has gone back already: it
    is that one, so that doing it twice goes no further. Else it is the newest earlier one with
    other values. Raises ``UsageProblem`` where there is none, or where somebody has gone back past
    it before.
    """
    candidates = [one for one in _candidates(releases, yanked) if one.version < last.version]
    digest = releases.digest(last)
    withdrawn = last.version in by_version(yanked)
    to = None if withdrawn or digest is None else _gone_back_to(releases, last, candidates)
    if to is None:
        to = next((one for one in candidates if releases.digest(one) != digest), None)
    if to is None:
        raise UsageProblem(
            f"no release before {last.version} has other values and is not withdrawn. "
            "Take a change back with: git revert COMMIT, then: coefgate release"
        )
    past = _gone_back_past(releases, to)
    if past is not None:
        raise UsageProblem(
            f"it is not clear which release to go back to: {past} went back past {to.version} "
            f"before. Name one of {_listed(releases)}: coefgate rollback VERSION"
        )
    return to


def _gone_back_to(
    releases: Releases, last: ReleaseTag, candidates: Sequence[ReleaseTag]
) -> ReleaseTag | None:
    """The newest candidate with the values of ``last`` that others lie behind."""
    digest = releases.digest(last)
    earlier = (one for one in releases.all if one.merged and one.version < last.version)
    first = next(dropwhile(lambda one: releases.digest(one) == digest, earlier), None)
    before = (one for one in candidates if first and one.version < first.version)
    return next((one for one in before if releases.digest(one) == digest), None)


def _gone_back_past(releases: Releases, to: ReleaseTag) -> Version | None:
    """The newest later release with the values of one before ``to``, and not those of ``to``."""
    merged = [one for one in releases.all if one.merged]
    before = {releases.digest(one) for one in merged if one.version < to.version}
    others = before - {None, releases.digest(to)}
    later = (one for one in merged if one.version > to.version)
    return next((one.version for one in later if releases.digest(one) in others), None)


def _candidates(releases: Releases, yanked: Sequence[Yank]) -> list[ReleaseTag]:
    """The releases that one may go back to, the newest first."""
    return [one for one in releases.standing(yanked) if releases.digest(one) is not None]


def _listed(releases: Releases) -> str:
    return ", ".join(str(one.version) for one in releases.all if one.merged)
