"""The files of a release: the snapshot, its checksum, and the index of all releases."""

from __future__ import annotations

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.release import Release
from coefgate.core.release_index import Index, index_bytes
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.git.repository import Repository
from coefgate.registry.compilation import digest_of
from coefgate.registry.reading import read_registry
from coefgate.use_cases.releases.listing import Releases, yanks_at

INDEX = "index.json"


def assets(version: Version, snapshot: Snapshot, index: Index) -> dict[str, bytes]:
    """Name → content; the checksum is in the form of ``sha256sum``."""
    name = f"coefficients-{version}.json"
    checksum = snapshot.digest.removeprefix("sha256:")
    return {
        name: snapshot.data,
        f"{name}.sha256": f"{checksum}  {name}\n".encode("ascii"),
        INDEX: index_bytes(index),
    }


def files_of(repository: Repository, tag: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of the release that ``tag`` names, and why the index leaves out which others.

    Raises ``InvalidDocument`` where the tag says something else than its commit holds.
    """
    name = tag.removeprefix("refs/tags/")
    version = Version.spelled(name)
    if version is None:
        raise UsageProblem(f"{tag!r} is no release. Name one, such as {TAG_PREFIX}1.4.0.")
    if repository.shallow:
        raise EnvironmentProblem(
            "this clone is shallow, and the index names every release. "
            "Get them with: git fetch --unshallow --tags --force"
        )
    releases = Releases(repository, repository.commit(f"refs/tags/{version.tag}"), {})
    one = next((one for one in releases.all if one.version == version), None)
    if one is None:
        raise InvalidDocument(
            f"the tag {version.tag} is not annotated here, so it carries no release. "
            "If a checkout made it so: git fetch --tags --force"
        )
    if one.release is None:
        raise InvalidDocument(one.why)
    _check_claim(repository, version, one.release, one.commit)
    newest = next(other.release for other in releases.all if other.release is not None)
    files = assets(version, one.release.snapshot, releases.index(yanked=newest.yanked))
    left_out = (
        f"the index leaves out {other.version}: {other.why}"
        for other in releases.all
        if other.release is None
    )
    return files, tuple(left_out)


def _check_claim(repository: Repository, version: Version, claimed: Release, commit: str) -> None:
    """Raise ``InvalidDocument`` where a tag says something else than its commit holds."""
    found = digest_of(read_registry(repository.tree(commit)))
    what = f"the tag {version.tag}"
    if found != claimed.snapshot.digest:
        raise InvalidDocument(
            f"{what} says that its digest is {claimed.snapshot.digest}, and its commit "
            f"{commit[:12]} holds coefficients with the digest {found}. Do not use it; find out "
            f"who made it with: git for-each-ref refs/tags/{version.tag}"
        )
    if set(claimed.yanked) != set(yanks_at(repository, commit)):
        raise InvalidDocument(
            f"{what} withdraws other versions than coefficients/yanked.yaml of its commit "
            f"{commit[:12]}. Compare them with: git show {version.tag}"
        )
