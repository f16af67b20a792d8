"""Which earlier release a rollback goes to: the one that is named, else the one that nobody can doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.release_tags import ReleaseTag
from coefgate.use_cases.releasing.known_releases import ReleaseContent, Releases


def named(releases: Releases, wanted: str, yanked: Sequence[Yank]) -> ReleaseContent:
    """The release that somebody named. Raises ``UsageProblem`` where one may not go back to it."""
    version = Version.spelled(wanted)
    one = next((one for one in releases.all if one.version == version and one.merged), None)
    held = releases.content_of(one) if one else None
    if held is None:
        what = "cannot be read" if one else "is no release of this branch"
        raise UsageProblem(
            f"{wanted!r} {what}. The releases are {_listed(releases)}: coefgate rollback VERSION"
        )
    yank = by_version(yanked).get(held.tag.version)
    if yank is not None:
        others = ", ".join(str(one.tag.version) for one in _candidates(releases, yanked))
        standing = (
            f"Those that stand are {others}: coefgate rollback VERSION"
            if others
            else "None stands"
        )
        raise UsageProblem(f"{version} was withdrawn itself ({yank.reason}). {standing}")
    return held


def default(releases: Releases, last: ReleaseTag, yanked: Sequence[Yank]) -> ReleaseContent:
    """The release to go to where none was named.

    Where ``last`` has the values of an earlier release again, somebody has gone back already: it
    is that one, so that doing it twice goes no further. Else it is the newest earlier one with
    other values. Raises ``UsageProblem`` where there is none, or where somebody has gone back past
    it before.
    """
    candidates = [one for one in _candidates(releases, yanked) if one.tag.version < last.version]
    digest = _digest(releases, last)
    withdrawn = last.version in by_version(yanked)
    to = None if withdrawn or digest is None else _gone_back_to(releases, last, digest, candidates)
    if to is None:
        to = next((one for one in candidates if one.digest != digest), None)
    if to is None:
        raise UsageProblem(
            f"no release before {last.version} has other values and is not withdrawn. "
            "Take a change back with: git revert COMMIT, then: coefgate release"
        )
    past = _gone_back_past(releases, to)
    if past is not None:
        raise UsageProblem(
            f"it is not clear which release to go back to: {past} went back past {to.tag.version} "
            f"before. Name one of {_listed(releases)}: coefgate rollback VERSION"
        )
    return to


def _gone_back_to(
    releases: Releases, last: ReleaseTag, digest: str, candidates: Sequence[ReleaseContent]
) -> ReleaseContent | None:
    """The newest candidate with the values of ``last``, where a release with other values lies between."""
    earlier = (one for one in releases.all if one.merged and one.version < last.version)
    between = dropwhile(lambda one: _digest(releases, one) == digest, earlier)
    first = next(between, None)
    return next(
        (
            one
            for one in candidates
            if first and one.tag.version < first.version and one.digest == digest
        ),
        None,
    )


def _gone_back_past(releases: Releases, to: ReleaseContent) -> Version | None:
    """The newest later release that has the values of one before ``to``, and not those of ``to``."""
    merged = [one for one in releases.all if one.merged]
    before = {_digest(releases, one) for one in merged if one.version < to.tag.version} - {
        None,
        to.digest,
    }
    later = (one for one in merged if one.version > to.tag.version)
    return next((one.version for one in later if _digest(releases, one) in before), None)


def _candidates(releases: Releases, yanked: Sequence[Yank]) -> list[ReleaseContent]:
    """The releases that one may go back to, the newest first."""
    withdrawn = by_version(yanked)
    return [
        held
        for one in releases.all
        if one.merged
        and one.version not in withdrawn
        and (held := releases.content_of(one)) is not None
    ]


def _digest(releases: Releases, one: ReleaseTag) -> str | None:
    held = releases.content_of(one)
    return None if held is None else held.digest


def _listed(releases: Releases) -> str:
    return ", ".join(str(one.version) for one in releases.all if one.merged)
