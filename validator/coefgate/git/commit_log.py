"""Commits that touch ``coefficients/``, with the people behind them, as git tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER
from coefgate.registry.number_history import Commit, Trailer
from coefgate.samples.files import FOLDER as SAMPLES

_CALLS: Final = f"{SAMPLES}/*.jsonl"
_FIELDS: Final = ("%H", "%T", "%P", "%aN", "%aI", "%cI", "%s", "%(trailers:only,unfold)")
_FORMAT: Final = f"--format=tformat:{''.join(f'{field}%x00' for field in _FIELDS)}"


def first_parents(repository: Repository, commit: str) -> tuple[Commit, ...]:
    """First parents of ``commit``, and itself, that touch ``coefficients/``, newest first."""
    repository.bring(commit, with_history=True)
    return tuple(_log(repository, "--first-parent", commit))


class MergedCommit(NamedTuple):
    """A commit that came in with a merge. ``before``: the one that it changed, if any."""

    commit: Commit
    before: Commit | None


def merged_by(repository: Repository, commit: str) -> Mapping[str, tuple[MergedCommit, ...]]:
    """By merge up to ``commit``: the commits on ``coefficients/`` it brought, newest first."""
    options = ("--full-history", "--parents", "--topo-order")
    listed = {one.id: one for one in _log(repository, *options, commit)}
    order = {identity: place for place, identity in enumerate(listed)}
    seen: set[str] = set()
    found: dict[str, tuple[MergedCommit, ...]] = {}
    main_line: list[Commit] = []
    newest = next(iter(listed.values()), None)
    while newest is not None:
        main_line.append(newest)
        newest = _before(newest, listed)
    for one in reversed(main_line):
        seen.add(one.id)
        if one.is_merge:
            came = sorted(_not_seen(one.parents[1:], listed, seen), key=order.__getitem__)
            commits = (listed[identity] for identity in came)
            found[one.id] = tuple(
                MergedCommit(commit, _before(commit, listed))
                for commit in commits
                if not commit.is_merge
            )
    return found


def _before(commit: Commit, listed: Mapping[str, Commit]) -> Commit | None:
    """Its first parent, where that is listed; git has left out those that do not count."""
    return listed.get(commit.parents[0]) if commit.parents else None


def _not_seen(start: Sequence[str], listed: Mapping[str, Commit], seen: set[str]) -> Iterator[str]:
    """What can be reached from ``start`` and was not seen before; it is seen from now on."""
    waiting = list(start)
    while waiting:
        identity = waiting.pop()
        if identity in listed and identity not in seen:
            seen.add(identity)
            waiting += listed[identity].parents
            yield identity


def _log(repository: Repository, *arguments: str) -> Iterator[Commit]:
    listing = repository.git("rev-list", "--encoding=UTF-8", _FORMAT, *arguments, "--", FOLDER)
    fields = iter(listing.decode("utf-8", "replace").split("\0"))
    while len(row := list(islice(fields, len(_FIELDS)))) == len(_FIELDS):
        headed, tree, parents, author, authored_at, committed_at, subject, trailers = row
        identity = headed.rpartition("\n")[2]  # git heads each row with "commit" and the hash
        before, people = tuple(parents.split()), tuple(_people(trailers))
        yield Commit(identity, tree, before, author, authored_at, committed_at, subject, people)


def _people(trailers: str) -> Iterator[Trailer]:
    for line in trailers.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.lower().endswith("-by") and value.strip():
            yield Trailer(key.strip(), value.strip())


def calls_were_taken_away(repository: Repository, commit: str) -> bool:
    """Did a first parent of ``commit``, or itself, alter or take away a file of stored calls?"""
    repository.bring(commit, with_history=True)
    files = ("--", _CALLS)
    listed = repository.lines("rev-list", "--first-parent", "--parents", commit, *files)
    steps = (line.split() for line in listed)
    quiet = ("-r", "--no-renames", "--name-only", "-z", "--diff-filter=DMT")
    return any(
        bool(repository.names("diff-tree", *quiet, parents[0], one, *files))
        for one, *parents in steps
        if parents
    )


def committed_at(repository: Repository, commit: str) -> float:
    """When a commit was made, in seconds since 1970 UTC."""
    return float(repository.text("rev-list", "--max-count=1", "--timestamp", commit).split()[0])


def last_changed(repository: Repository, commit: str, *paths: str) -> float | None:
    """When the last commit that changed these paths was made, in seconds; ``None`` of none."""
    found = repository.lines("rev-list", "--max-count=1", "--timestamp", commit, "--", *paths)
    return float(found[0].split()[0]) if found else None
