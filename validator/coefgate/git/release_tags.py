"""The annotated tags that are releases, with what each of them says."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release
from coefgate.core.tag_annotation import read_annotation
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.git.repository import Repository

_FORM = "%(refname:lstrip=2) %(objecttype) %(objectname) %(*objecttype) %(*objectname)"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A release as the repository has it.

    ``merged``: does the commit that was asked about contain it? ``release`` is ``None`` where the
    tag carries none that can be read, and then ``why`` says why.
    """

    version: Version
    commit: str
    merged: bool
    release: Release | None
    why: str = ""


def tagged(repository: Repository, commit: str) -> tuple[Tagged, ...]:
    """Every release of the repository, the newest first; ``merged`` says which ``commit`` contains.

    A tag of this form that is not annotated is no release, as for ``git describe``.
    """
    rows = _rows(repository)
    merged = _merged(repository, commit, rows)
    found = []
    for name, kind, tag, pointed, target in rows:
        version = Version.of_tag(name)
        if version is not None and (kind, pointed) == ("tag", "commit"):
            release, why = _read(repository, tag, version)
            found.append(Tagged(version, target, name in merged, release, why))
    return tuple(sorted(found, key=lambda one: one.version, reverse=True))


def merged_tags(repository: Repository, commit: str) -> frozenset[str]:
    """The names of the tags of releases that ``commit`` contains."""
    return _merged(repository, commit, _rows(repository))


def _merged(repository: Repository, commit: str, rows: list[list[str]]) -> frozenset[str]:
    """Git goes by the times of commits, and overlooks some where a clock was wrong.

    So what it says that ``commit`` lacks of all ``rows`` is asked for one by one.
    """
    merged = {row[0] for row in _rows(repository, f"--merged={commit}")}
    lacked = (row for row in rows if row[0] not in merged)
    return frozenset(merged | {row[0] for row in lacked if repository.is_ancestor(row[4], commit)})


def _rows(repository: Repository, *options: str) -> list[list[str]]:
    listing = repository.git(
        "for-each-ref", *options, f"--format={_FORM}", f"refs/tags/{TAG_PREFIX}*"
    )
    rows = (line.split() for line in listing.decode("utf-8", "replace").splitlines())
    return [row for row in rows if len(row) == 5]


def _read(repository: Repository, tag: str, version: Version) -> tuple[Release | None, str]:
    message = repository.blob(tag).decode("utf-8", "replace").partition("\n\n")[2]
    try:
        return read_annotation(message, version), ""
    except InvalidDocument as error:
        return None, str(error)
