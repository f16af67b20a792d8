"""Which release a rollback goes to; the commit that brings it back and withdraws later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.commit_writer import Blob, blobs, new_blob, new_commit
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.compilation import digest_of
from coefgate.registry.files import FOLDER
from coefgate.registry.reading import read_registry, registry_problems
from coefgate.registry.yanked import FILE, with_yanked
from coefgate.use_cases.releases.branch import ReleaseBranch
from coefgate.use_cases.releases.bump import Bump
from coefgate.use_cases.releases.listing import Releases, content_at, yanks_at

_KEPT: Final = frozenset(f"{FOLDER}/{name}.yaml" for name in ("gates", "guardrails", "yanked"))
"""What no estimate rests on stays as it is."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """A way back that can be judged.

    ``commit``: the one that brings the old values back, on top of the branch, which has not moved;
    the tip of the branch where it has nothing to bring. ``files``: those in which it differs from
    the branch. ``before``: the digest that the branch has, ``None`` where it cannot be read.
    ``replacement``: the version that is to follow.
    """

    to: ReleaseTag
    commit: str
    files: tuple[str, ...]
    before: str | None
    withdrawn: tuple[str, ...]
    replacement: Version


def way_back(
    branch: ReleaseBranch, wanted: str | None, *, reason: str | None, sign: bool
) -> WayBack | None:
    """The way from a branch to the release that is ``wanted``; ``None`` where it is there.

    Raises ``UsageProblem`` where there is no such release, or none that one may go back to.
    """
    repository, tip, releases = branch.repository, branch.tip.commit, branch.releases
    last = releases.last
    if last is None:
        raise UsageProblem("nothing was released yet. Undo a change with: git revert COMMIT")
    yanked = yanks_at(repository, tip)
    to = _named(releases, wanted, yanked) if wanted else _default(releases, last, yanked)
    registry, _ = registry_problems(repository.tree(tip), releases.memo)
    before = None if registry is None else digest_of(registry)
    replacement = Bump.after(last.version, "patch").version
    why = reason or f"rolled back to {to.version}"
    digest, known = releases.digest(to), by_version(yanked)
    new = [
        Yank(str(one.version), branch.day, why, str(replacement))
        for one in releases.all
        if one.version > to.version and one.version not in known and releases.digest(one) != digest
    ]
    if not new and releases.digest(last) == digest:
        if before == digest:
            return None
        raise UsageProblem(
            f"the newest release, {last.version}, has the values of {to.version} already. "
            "Undo what was committed since with: git revert COMMIT"
        )
    files = _differences(repository, tip, to.commit)
    if new:
        edited = with_yanked(content_at(repository, tip, FILE), new)
        files = {**files, FILE: new_blob(repository, edited)}
    versions = tuple(yank.version for yank in new)
    commit = tip
    if files:
        taken = f"Withdrawn: {', '.join(versions)}\n" if versions else ""
        message = (
            f"Roll back the coefficients to {to.version}\n\n{why}\n\n{taken}Digest: {digest}\n"
        )
        commit = new_commit(repository, tip, files, message, sign=sign)
    found = digest_of(read_registry(repository.tree(commit), releases.memo))
    if found != digest:
        raise InvalidDocument(
            f"the files of {to.version} give the digest {found} today, but its tag says "
            f"{digest}; nothing has changed. See what this program reads in them with: "
            f"coefgate build --at {to.version.tag} -o -"
        )
    return WayBack(to, commit, tuple(files), before, versions, replacement)


def _differences(repository: Repository, tip: str, to: str) -> Mapping[str, Blob | None]:
    """What makes ``coefficients/`` of ``tip`` that of ``to`` in all that moves an estimate."""
    now, then = (blobs(repository, commit, FOLDER) for commit in (tip, to))
    return {
        path: then.get(path)
        for path in sorted({*now, *then} - _KEPT)
        if now.get(path) != then.get(path)
    }


def _named(releases: Releases, wanted: str, yanked: Sequence[Yank]) -> ReleaseTag:
    """The release that somebody named. Raises ``UsageProblem`` where one may not go back to it."""
    version = Version.spelled(wanted)
    one = next((one for one in releases.merged if one.version == version), None)
    if one is None or releases.digest(one) is None:
        what = "cannot be read" if one else "is no release of this branch"
        raise UsageProblem(
            f"{wanted!r} {what}. The releases are {_listed(releases)}: coefgate rollback VERSION"
        )
    yank = by_version(yanked).get(one.version)
    if yank is not None:
        others = ", ".join(str(one.version) for one in _candidates(releases, yanked))
        remedy = f"Those not withdrawn are {others}: coefgate rollback VERSION"
        why = f"{version} was withdrawn itself ({yank.reason})"
        raise UsageProblem(f"{why}. {remedy if others else 'All others are withdrawn too'}")
    return one


def _default(releases: Releases, last: ReleaseTag, yanked: Sequence[Yank]) -> ReleaseTag:
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
            "Undo a change with: git revert COMMIT, then: coefgate release"
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
    earlier = (one for one in releases.merged if one.version < last.version)
    first = next(dropwhile(lambda one: releases.digest(one) == digest, earlier), None)
    before = (one for one in candidates if first and one.version < first.version)
    return next((one for one in before if releases.digest(one) == digest), None)


def _gone_back_past(releases: Releases, to: ReleaseTag) -> Version | None:
    """The newest later release with the values of one before ``to``, and not those of ``to``."""
    before = {releases.digest(one) for one in releases.merged if one.version < to.version}
    others = before - {None, releases.digest(to)}
    later = (one for one in releases.merged if one.version > to.version)
    return next((one.version for one in later if releases.digest(one) in others), None)


def _candidates(releases: Releases, yanked: Sequence[Yank]) -> list[ReleaseTag]:
    """The releases that one may go back to, the newest first."""
    return [one for one in releases.standing(yanked) if releases.digest(one) is not None]


def _listed(releases: Releases) -> str:
    return ", ".join(str(one.version) for one in releases.merged)
