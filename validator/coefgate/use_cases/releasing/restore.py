"""The commit that brings back the coefficients of an earlier release, with the versions that it withdraws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, yank_dicts
from coefgate.git.commit_writer import Blob, blobs, committed, stored
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.compiled import digest_of
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.registry.sources import FOLDER
from coefgate.registry.yanked import FILE, with_yanked
from coefgate.use_cases.releasing.bump import raised
from coefgate.use_cases.releasing.choose_release import default, named
from coefgate.use_cases.releasing.known_releases import ReleaseContent, Releases
from coefgate.use_cases.releasing.plan_release import content_at, yanks_at

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
    repository: Repository,
    tip: str,
    releases: Releases,
    wanted: str | None,
    *,
    reason: str | None,
    day: str,
    sign: bool,
    memo: Memo,
) -> WayBack | None:
    """The way from ``tip`` to the release that is ``wanted``; ``None`` where that is where it is.

    Raises ``UsageProblem`` where there is no such release, or none that one may go back to.
    """
    last = releases.last
    if last is None:
        raise UsageProblem(
            "nothing was released yet, so there is nothing to go back to. Take a change back "
            "with: git revert COMMIT"
        )
    yanked = yanks_at(repository, tip)
    to = named(releases, wanted, yanked) if wanted else default(releases, last, yanked)
    before = _digest_at(repository, tip, memo)
    replacement = raised(last.version, "patch")
    why = reason or f"rolled back to {to.tag.version}"
    new = _withdrawn(releases, to, yanked, day=day, reason=why, replacement=replacement)
    if not new and (held := releases.content_of(last)) is not None and held.digest == to.digest:
        if before == to.digest:
            return None
        raise UsageProblem(
            f"the newest release, {last.version}, has the values of {to.tag.version} already. "
            "Take back what was committed since with: git revert COMMIT"
        )
    files = _differences(repository, tip, to.tag.commit)
    if new:
        edited = with_yanked(content_at(repository, tip, FILE), yank_dicts(new))
        files = {**files, FILE: stored(repository, edited)}
    versions = tuple(yank.version for yank in new)
    commit = tip
    if files:
        message = _message(to, versions, why)
        commit = committed(repository, tip, files, message, sign=sign)
    found = digest_of(read_registry(repository.tree(commit), memo))
    if found != to.digest:
        raise InvalidDocument(
            f"the files of {to.tag.version} give the digest {found} today, and its tag says "
            f"{to.digest}; nothing has changed. See what this program reads in them with: "
            f"coefgate build --at {to.tag.version.tag} -o -"
        )
    return WayBack(to.tag, commit, tuple(files), before, versions, replacement)


def _withdrawn(
    releases: Releases,
    to: ReleaseContent,
    yanked: Sequence[Yank],
    *,
    day: str,
    reason: str,
    replacement: Version,
) -> list[Yank]:
    """Every later release with other values that is not withdrawn yet, the newest first."""
    known = by_version(yanked)
    later = (
        one for one in releases.all if one.version > to.tag.version and one.version not in known
    )
    return [
        Yank(str(one.version), day, reason, str(replacement))
        for one in later
        if (held := releases.content_of(one)) is None or held.digest != to.digest
    ]


def _differences(repository: Repository, tip: str, to: str) -> Mapping[str, Blob | None]:
    """What makes ``coefficients/`` of ``tip`` that of ``to``, but for what no estimate rests on."""
    now, then = (blobs(repository, commit, FOLDER) for commit in (tip, to))
    return {
        path: then.get(path)
        for path in sorted({*now, *then} - _KEPT)
        if now.get(path) != then.get(path)
    }


def _digest_at(repository: Repository, commit: str, memo: Memo) -> str | None:
    registry, _ = registry_problems(repository.tree(commit), memo)
    return None if registry is None else digest_of(registry)


def _message(to: ReleaseContent, withdrawn: Sequence[str], reason: str) -> str:
    taken = f"Withdrawn: {', '.join(withdrawn)}\n" if withdrawn else ""
    return f"Roll back the coefficients to {to.tag.version}\n\n{reason}\n\n{taken}Digest: {to.digest}\n"
