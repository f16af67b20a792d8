"""The releases of a repository: what each one holds, whatever made it, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.problems import UsageProblem
from coefgate.core.release import Published
from coefgate.core.release_index import Index, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, read_yanks
from coefgate.git.commit_writer import blobs
from coefgate.git.release_tags import ReleaseTag, release_tags
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo, registry_problems
from coefgate.registry.yanked import FILE, yanked_rows


class Releases:
    """The releases of a repository as ``commit`` sees them; ``all``: the newest first."""

    def __init__(self, repository: Repository, commit: str, memo: Memo) -> None:
        self._repository = repository
        self._commit = commit
        self._memo = memo
        self.all = release_tags(repository, commit)
        self._snapshots: dict[Version, Snapshot | None] = {}

    @property
    def last(self) -> ReleaseTag | None:
        """The newest release that the commit contains.

        Raises ``UsageProblem`` where a newer one is not contained: two lines of releases would
        part here.
        """
        last = next((one for one in self.all if one.merged), None)
        newest = self.all[0] if self.all else None
        if newest is not None and newest != last:
            self._repository.git(
                "rev-list", "--quiet", self._commit
            )  # nothing is said of half a history
            raise UsageProblem(
                f"{newest.version} was released elsewhere: this branch does not contain the tag "
                f"{newest.version.tag}. If an interrupted release left it here: git tag -d "
                f"{newest.version.tag}; else bring it in: git fetch && git merge "
                f"{newest.version.tag}"
            )
        return last

    def snapshot(self, one: ReleaseTag) -> Snapshot | None:
        """What a release holds, by its tag or else its commit; ``None`` if neither can be read."""
        if one.version not in self._snapshots:
            self._snapshots[one.version] = self._read(one)
        return self._snapshots[one.version]

    def digest(self, one: ReleaseTag) -> str | None:
        """The digest of what a release holds."""
        held = self.snapshot(one)
        return None if held is None else held.digest

    def _read(self, one: ReleaseTag) -> Snapshot | None:
        if one.release is not None:
            return one.release.snapshot
        registry = self.registry(one)
        return None if registry is None else snapshot(registry)

    def registry(self, one: ReleaseTag) -> Coefficients | None:
        """The registry at the commit of a release, ``None`` where it is not valid today."""
        return registry_problems(self._repository.tree(one.commit), self._memo)[0]

    def standing(self, yanked: Sequence[Yank]) -> Iterator[ReleaseTag]:
        """The releases that the commit contains and that are not withdrawn, the newest first."""
        withdrawn = by_version(yanked)
        return (one for one in self.all if one.merged and one.version not in withdrawn)

    def with_digest(self, wanted: str, yanked: Sequence[Yank]) -> ReleaseTag | None:
        """The newest contained release that has this digest and is not withdrawn."""
        return next((one for one in self.standing(yanked) if self.digest(one) == wanted), None)

    def index(self, *more: Published, yanked: Sequence[Yank]) -> Index:
        """The index of every release that carries a snapshot, and of ``more``."""
        known = (
            Published(one.version, one.commit, one.release.snapshot.digest)
            for one in self.all
            if one.release is not None
        )
        return index_of((*known, *more), yanked)


def yanks_at(repository: Repository, commit: str) -> tuple[Yank, ...]:
    """The withdrawn versions that a commit lists."""
    return read_yanks(yanked_rows(content_at(repository, commit, FILE)), JsonPlace(FILE, "yanked"))


def content_at(repository: Repository, commit: str, path: str) -> bytes | None:
    """The content of a file at a commit, ``None`` where there is none."""
    found = blobs(repository, commit, path).get(path)
    return None if found is None else repository.blob(found[1])
