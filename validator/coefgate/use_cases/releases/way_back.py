"""The commit that brings back the coefficients of an earlier release and withdraws later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, yank_dicts
from coefgate.git.commit_writer import Blob, blobs, new_blob, new_commit
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.compilation import digest_of
from coefgate.registry.files import FOLDER
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.registry.yanked import FILE, with_yanked
from coefgate.use_cases.releases.branch import ReleaseBranch
from coefgate.use_cases.releases.bump import raised
from coefgate.use_cases.releases.choice import default, named
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
        raise UsageProblem(
            "nothing was released yet, so there is nothing to go back to. Take a change back "
            "with: git revert COMMIT"
        )
    yanked = yanks_at(repository, tip)
    to = named(releases, wanted, yanked) if wanted else default(releases, last, yanked)
    before = _digest_at(repository, tip, branch.memo)
    replacement = raised(last.version, "patch")
    why = reason or f"rolled back to {to.version}"
    new = _withdrawn(releases, to, yanked, day=branch.day, reason=why, replacement=replacement)
    digest = releases.digest(to)
    if not new and releases.digest(last) == digest:
        if before == digest:
            return None
        raise UsageProblem(
            f"the newest release, {last.version}, has the values of {to.version} already. "
            "Take back what was committed since with: git revert COMMIT"
        )
    files = _differences(repository, tip, to.commit)
    if new:
        edited = with_yanked(content_at(repository, tip, FILE), yank_dicts(new))
        files = {**files, FILE: new_blob(repository, edited)}
    versions = tuple(yank.version for yank in new)
    commit = tip
    if files:
        message = _message(to, digest, versions, why)
        commit = new_commit(repository, tip, files, message, sign=sign)
    found = digest_of(read_registry(repository.tree(commit), branch.memo))
    if found != digest:
        raise InvalidDocument(
            f"the files of {to.version} give the digest {found} today, and its tag says "
            f"{digest}; nothing has changed. See what this program reads in them with: "
            f"coefgate build --at {to.version.tag} -o -"
        )
    return WayBack(to, commit, tuple(files), before, versions, replacement)


def _withdrawn(
    releases: Releases,
    to: ReleaseTag,
    yanked: Sequence[Yank],
    *,
    day: str,
    reason: str,
    replacement: Version,
) -> list[Yank]:
    """Every later release with other values that is not withdrawn yet, the newest first."""
    known = by_version(yanked)
    digest = releases.digest(to)
    later = (one for one in releases.all if one.version > to.version and one.version not in known)
    return [
        Yank(str(one.version), day, reason, str(replacement))
        for one in later
        if releases.digest(one) != digest
    ]


def _differences(repository: Repository, tip: str, to: str) -> Mapping[str, Blob | None]:
    """What makes ``coefficients/`` of ``tip`` that of ``to`` in all that moves an estimate."""
    now, then = (blobs(repository, commit, FOLDER) for commit in (tip, to))
    return {
        path: then.get(path)
        for path in sorted({*now, *then} - _KEPT)
        if now.get(path) != then.get(path)
    }


def _digest_at(repository: Repository, commit: str, memo: Memo) -> str | None:
    registry, _ = registry_problems(repository.tree(commit), memo)
    return None if registry is None else digest_of(registry)


def _message(to: ReleaseTag, digest: str | None, withdrawn: Sequence[str], reason: str) -> str:
    taken = f"Withdrawn: {', '.join(withdrawn)}\n" if withdrawn else ""
    return f"Roll back the coefficients to {to.version}\n\n{reason}\n\n{taken}Digest: {digest}\n"
