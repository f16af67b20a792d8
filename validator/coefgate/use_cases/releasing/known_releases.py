"""Releases as the commands need them: what each one holds, whatever made it, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coefgate.core.json_shapes import Place
from coefgate.core.problems import UsageProblem
from coefgate.core.release import Published
from coefgate.core.release_index import Index, index_of
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, read_yanks
from coefgate.git.release_tags import ReleaseTag, release_tags
from coefgate.git.repository import Repository
from coefgate.registry.compiled import snapshot
from coefgate.registry.model import Registry
from coefgate.registry.reading import Memo, registry_problems
from coefgate.registry.yanked import FILE, yanked_rows


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """A release and the content of its snapshot, with its digest."""

    tag: ReleaseTag
    content: Mapping[str, Any]
    digest: str


class Releases:
    """The releases of a repository as the commit ``commit`` sees them."""

    def __init__(self, repository: Repository, commit: str, memo: Memo) -> None:
        self._repository = repository
        self._commit = commit
        self._memo = memo
        self.all = release_tags(repository, commit)
        self._contents: dict[Version, ReleaseContent | None] = {}

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

    def content_of(self, one: ReleaseTag) -> ReleaseContent | None:
        """What a release holds, by its tag, else by its commit; ``None`` where neither can be read."""
        if one.version not in self._contents:
            self._contents[one.version] = self._read(one)
        return self._contents[one.version]

    def _read(self, one: ReleaseTag) -> ReleaseContent | None:
        if one.release is not None:
            return ReleaseContent(one, one.release.snapshot.content, one.release.snapshot.digest)
        registry = self.registry(one)
        if registry is None:
            return None
        made = snapshot(registry)
        return ReleaseContent(one, made.content, made.digest)

    def registry(self, one: ReleaseTag) -> Registry | None:
        """The registry at the commit of a release, ``None`` where it is not valid today."""
        return registry_problems(self._repository.tree(one.commit), self._memo)[0]

    def with_digest(self, wanted: str, yanked: Sequence[Yank]) -> ReleaseTag | None:
        """The newest contained release that has this digest and is not withdrawn."""
        withdrawn = by_version(yanked)
        candidates = (one for one in self.all if one.merged and one.version not in withdrawn)
        return next(
            (
                one
                for one in candidates
                if (held := self.content_of(one)) is not None and held.digest == wanted
            ),
            None,
        )

    def index(self, *more: Published, yanked: Sequence[Yank]) -> Index:
        """The index of every release that carries a snapshot, and of ``more``."""
        known = (
            Published(one.version, one.commit, one.release.snapshot.digest)
            for one in self.all
            if one.release is not None
        )
        return index_of((*known, *more), yanked)


def yanks_in(content: bytes | None) -> tuple[Yank, ...]:
    """The withdrawn versions in the bytes of ``yanked.yaml``, ``None`` where there is no such file."""
    return read_yanks(yanked_rows(content), Place(FILE, "yanked"))
