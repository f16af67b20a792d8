"""The annotated tags that are releases, what they say, and the version of a state by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release, read_annotation, read_tag_object
from coefgate.core.versions import TAG_PREFIX, UNVERSIONED, Version
from coefgate.git.repository import Repository
from coefgate.git.working_tree import folder_differences
from coefgate.registry.files import FOLDER

TAGS: Final = f"refs/tags/{TAG_PREFIX}*"
_RELEASES: Final = (
    *("--match", f"{TAG_PREFIX}[0-9]*.[0-9]*.[0-9]*"),
    *("--exclude", f"{TAG_PREFIX}*[!0-9.]*"),
    *("--exclude", f"{TAG_PREFIX}*.*.*.*"),
    *("--exclude", f"{TAG_PREFIX}*..*"),
    *("--exclude", f"{TAG_PREFIX}0[0-9]*"),
    *("--exclude", f"{TAG_PREFIX}*.0[0-9]*"),
)
"""What ``git describe`` takes for a release: ``coefficients/vMAJOR.MINOR.PATCH`` alone."""
_FORM: Final = (
    "%(refname:lstrip=2) %(objectname) %(*objecttype) %(*objectname) %(*tree) %(taggerdate:unix)"
)


class TagRow(NamedTuple):
    """An annotated tag of a release, as git lists it. ``commit``, ``tree``: what it is on.

    ``made_at``: when, by the clock of whoever released, in seconds since 1970; 0: it is not said.
    """

    version: Version
    tag: str
    commit: str
    tree: str
    made_at: int


@dataclass(frozen=True, slots=True)
class ReleaseTag:
    """A release; ``merged``: in the commit asked about; ``why``: no ``release`` can be read.

    ``made_at``: when its tag was, in seconds since 1970.
    """

    version: Version
    commit: str
    made_at: int
    merged: bool
    release: Release | None
    why: str = ""


def release_tags(repository: Repository, commit: str) -> tuple[ReleaseTag, ...]:
    """Every annotated tag of a release, newest first; ``merged``: ``commit`` contains it."""
    rows = sorted(_rows(repository), reverse=True)
    merged = _merged(repository, commit, rows)
    return tuple(
        ReleaseTag(row.version, row.commit, row.made_at, row in merged, *_read(repository, row))
        for row in rows
    )


def merged_tags(repository: Repository, commit: str) -> tuple[TagRow, ...]:
    """The releases that ``commit`` contains, the one that was made last first."""
    rows = _rows(repository, "--sort=-creatordate")
    merged = _merged(repository, commit, rows)
    return tuple(row for row in rows if row in merged)


def nearest_releases(repository: Repository, commit: str) -> Iterator[tuple[str, str]]:
    """Tag and tree object of the releases in ``commit``, as ``git describe`` finds them."""
    describe: tuple[str, ...] = ("describe", "--abbrev=0", *_RELEASES)
    while (tag := repository.answer(*describe, commit)) is not None:
        yield tag, repository.text("rev-parse", "--verify", f"refs/tags/{tag}^{{tree}}")
        describe += ("--exclude", tag)


def _merged(repository: Repository, commit: str, rows: list[TagRow]) -> frozenset[TagRow]:
    """Those in ``commit``; git overlooks some where a clock was wrong, so it is asked again."""
    told = frozenset(_rows(repository, f"--merged={commit}"))
    lacked = (row for row in rows if row not in told)
    return told | {row for row in lacked if repository.is_ancestor(row.commit, commit)}


def _rows(repository: Repository, *options: str) -> list[TagRow]:
    fields = (row.split(" ") for row in repository.refs(_FORM, *options, TAGS))
    return [
        TagRow(version, tag, commit, tree, int(made_at or 0))
        for name, tag, kind, commit, tree, made_at in (row for row in fields if len(row) == 6)
        if kind == "commit" and (version := Version.of_tag(name)) is not None
    ]


def _read(repository: Repository, row: TagRow) -> tuple[Release | None, str]:
    try:
        tag = read_tag_object("tag", repository.blob(row.tag), row.version)
        return read_annotation(tag.message, row.version, row.commit), ""
    except InvalidDocument as error:
        return None, str(error)


def registry_version(repository: Repository, commit: str) -> str:
    """``1.4.0`` at its tag ``coefficients/v1.4.0``, three commits later ``1.4.0+3.g3f2c1ab``.

    Before the first release all commits count: ``0.0.0+12.g3f2c1ab``; in a shallow clone, where
    nobody can count them, it is ``0.0.0+g3f2c1ab``.
    """
    described = repository.answer("describe", *_RELEASES, "--long", "--abbrev=7", commit)
    if described is None:
        if repository.shallow:
            return f"0.0.0+g{commit[:7]}"
        return f"0.0.0+{repository.text('rev-list', '--count', commit)}.g{commit[:7]}"
    tag, distance, abbreviated = described.rsplit("-", 2)
    released = tag.removeprefix(TAG_PREFIX)
    return released if distance == "0" else f"{released}+{distance}.{abbreviated}"


def worktree_version(repository: Repository) -> str:
    """The version of HEAD, with ``.dirty`` behind it where ``coefficients/`` is not as there."""
    if (commit := repository.head()) is None:
        return UNVERSIONED
    version = registry_version(repository, commit)
    if not folder_differences(repository, commit, FOLDER):
        return version
    return f"{version}.dirty" if "+" in version else f"{version}+dirty"
