"""The releases of a repository: what each one holds, what was withdrawn, and their files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.release import Index, Release, index_bytes, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.commit_writer import blobs
from coefgate.git.release_tags import ReleaseTag, release_tags
from coefgate.git.repository import Repository
from coefgate.registry.compilation import digest_of, snapshot
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.registry.yanked import FILE, yanks


class Releases:
    """The releases of a repository as ``commit`` sees them; ``all``: the newest first."""

    def __init__(self, repository: Repository, commit: str, memo: Memo) -> None:
        self.repository = repository
        self.memo = memo
        self._commit = commit
        self.all = release_tags(repository, commit)
        self.merged = tuple(one for one in self.all if one.merged)
        self._snapshots: dict[Version, Snapshot | None] = {}

    @property
    def last(self) -> ReleaseTag | None:
        """The newest release that the commit contains.

        Raises ``UsageProblem`` where a newer one is not contained: two lines of releases would
        part here.
        """
        if self.all and not self.all[0].merged:
            # Nothing is said of half a history.
            self.repository.git("rev-list", "--quiet", self._commit)
            tag = self.all[0].version.tag
            raise UsageProblem(
                f"{self.all[0].version} was released elsewhere: this branch does not contain the "
                f"tag {tag}. If an interrupted release left it here: git tag -d {tag}; else bring "
                f"it in: git fetch && git merge {shlex.quote(tag)}"
            )
        return next(iter(self.all), None)

    def snapshot(self, one: ReleaseTag) -> Snapshot | None:
        """What a release holds, by its tag or else its commit; ``None`` if neither can be read."""
        if one.release is not None:
            return one.release.snapshot
        if one.version not in self._snapshots:
            registry = self.registry(one)
            self._snapshots[one.version] = None if registry is None else snapshot(registry)
        return self._snapshots[one.version]

    def digest(self, one: ReleaseTag) -> str | None:
        """The digest of what a release holds."""
        held = self.snapshot(one)
        return None if held is None else held.digest

    def registry(self, one: ReleaseTag) -> Coefficients | None:
        """The registry at the commit of a release, ``None`` where it is not valid today."""
        return registry_problems(self.repository.tree(one.commit), self.memo)[0]

    def standing(self, yanked: Sequence[Yank]) -> Iterator[ReleaseTag]:
        """The releases that the commit contains and that are not withdrawn, the newest first."""
        withdrawn = by_version(yanked)
        return (one for one in self.merged if one.version not in withdrawn)

    def index(self, *new: Release) -> Index:
        """The index of ``new`` and every release that can be read; the first says the yanks."""
        releases = (*new, *(one.release for one in self.all if one.release is not None))
        return index_of(filter(None, (one.published for one in releases)), releases[0].yanked)


def yanks_at(repository: Repository, commit: str) -> tuple[Yank, ...]:
    """The withdrawn versions that a commit lists."""
    return yanks(content_at(repository, commit, FILE))


def content_at(repository: Repository, commit: str, path: str) -> bytes | None:
    """The content of a file at a commit, ``None`` where there is none."""
    found = blobs(repository, commit, path).get(path)
    return None if found is None else repository.blob(found[1])


def assets(release: Release, index: Index) -> dict[str, bytes]:
    """Name → content; the checksum is in the form of ``sha256sum``."""
    name, snapshot = f"coefficients-{release.version}.json", release.snapshot
    checksum = snapshot.digest.removeprefix("sha256:")
    return {
        name: snapshot.data,
        f"{name}.sha256": f"{checksum}  {name}\n".encode("ascii"),
        "index.json": index_bytes(index),
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
            shallow_clone("and the index names every release", " --tags --force")
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
    found, claimed = digest_of(read_registry(repository.tree(one.commit))), one.release
    what, commit = f"the tag {version.tag}", one.commit[:12]
    if found != claimed.snapshot.digest:
        raise InvalidDocument(
            f"{what} says that its digest is {claimed.snapshot.digest}, and its commit {commit} "
            f"holds coefficients with the digest {found}. Do not use it; find out who made it "
            f"with: git for-each-ref refs/tags/{version.tag}"
        )
    if set(claimed.yanked) != set(yanks_at(repository, one.commit)):
        raise InvalidDocument(
            f"{what} withdraws other versions than {FILE} of its commit {commit}. Compare them "
            f"with: git show {version.tag}"
        )
    left_out = (
        f"the index leaves out {other.version}: {other.why}"
        for other in releases.all
        if other.release is None
    )
    return assets(claimed, releases.index()), tuple(left_out)
