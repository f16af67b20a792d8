"""What was withdrawn, by which release and when: as the tags and the files of a registry say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree, checkout
from coefgate.registry.yanked import FILE, yanks
from coefgate.telemetry.runners import Withdrawal
from coefgate.telemetry.times import SECOND
from coefgate.use_cases.releases.listing import Releases


def withdrawals(root: Path) -> tuple[Withdrawal, ...]:
    """The versions that the newest release takes back, or ``yanked.yaml`` in the folder ``root``.

    A digest that a release has which still stands is good, whatever else had it. Outside of git
    only the file is known, and no digest.
    """
    with checkout(root) as folder:
        listed = _listed(folder)
        head = _head(folder)
        if head is None:
            return _by_release(listed, (), None)
        releases = Releases(*head, {})
        newest = next((one.release for one in releases.all if one.release is not None), None)
        everything = (*listed, *(newest.yanked if newest else ()))
        return _by_release(everything, releases.all[::-1], releases)


def _listed(folder: CheckoutTree) -> tuple[Yank, ...]:
    there = any(one.path == FILE for one in folder.entries(FILE))
    return yanks(folder.read(FILE) if there else None)


def _head(folder: CheckoutTree) -> tuple[Repository, str] | None:
    """The repository with the commit that is checked out, where there are both."""
    if isinstance(folder.repository, EnvironmentProblem):
        return None
    head = folder.repository.head()
    return None if head is None else (folder.repository, head)


def _by_release(
    yanked: Iterable[Yank], tags: Sequence[ReleaseTag], releases: Releases | None
) -> tuple[Withdrawal, ...]:
    """``tags``: the oldest first. A version is taken back by the first release that says so."""
    withdrawn = by_version(yanked)
    found = ((one.version, releases.digest(one)) for one in tags) if releases else ()
    digests = {version: digest for version, digest in found if digest is not None}
    good = {digest for version, digest in digests.items() if version not in withdrawn}
    by: dict[Version, ReleaseTag] = {}
    for one in tags:
        for version in by_version(one.release.yanked if one.release else ()):
            by.setdefault(version, one)
    groups: defaultdict[Version | None, list[Version]] = defaultdict(list)
    for version in sorted(withdrawn):
        groups[by[version].version if version in by else None].append(version)
    return tuple(
        Withdrawal(
            None if release is None else str(release),
            None if release is None else by[versions[0]].made_at * SECOND,
            frozenset(map(str, versions)),
            frozenset(digests[one] for one in versions if one in digests) - good,
        )
        for release, versions in groups.items()
    )
