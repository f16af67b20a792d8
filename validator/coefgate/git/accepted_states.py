"""The accepted states of a registry: along the first parents of a commit, and at its releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeVar

from coefgate.core.git_process import shallow_clone
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.git.commit_log import committed_at
from coefgate.git.release_tags import TAGS, TagRow, merged_tags, nearest_releases
from coefgate.git.repository import Repository
from coefgate.git.trees import Objects, ObjectsTree
from coefgate.registry.compilation import digest_of
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo, Reading, registry_problems
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.samples.files import KNOWN, RETIRED
from coefgate.samples.lists import retirements
from coefgate.samples.reading import StoredIds, stored_ids

ANCHOR_CHANGES: Final = 20
"""Accepted changes of ``coefficients/`` or ``samples/`` that are added up."""
S = TypeVar("S")
Versions = frozenset[Version]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The commit of the present coefficients, and the lines stored by then; else a ``reason``."""

    since: str | None
    known: StoredIds | None
    reason: str


class AcceptedStates:
    """The states that led to ``commit``, each read once when asked for; ``memo``: read before.

    ``names_today``: by the ids of lines that were erased since those that stand in their place.
    """

    def __init__(
        self,
        repository: Repository,
        commit: str,
        memo: Memo | None = None,
        names_today: Mapping[str, str] | None = None,
    ) -> None:
        self.names_today = {} if names_today is None else names_today
        self._repository = repository
        self._commit = commit
        self._memo: Memo = {} if memo is None else memo
        self._objects: Objects | None = None
        self._listed: dict[tuple[str, ...], list[list[str]]] = {}
        self._read: dict[str | None, Reading] = {}
        self._stored: dict[str, frozenset[str]] = {}

    def states(self, *, with_samples: bool = False) -> Iterator[tuple[str, Coefficients | None]]:
        """Commits on the first-parent history that touch ``coefficients/``, newest first.

        With the registry that each left behind, ``None`` where it was invalid. ``with_samples``:
        those that touch ``samples/`` as well.
        """
        folders = (FOLDER, SAMPLES) if with_samples else (FOLDER,)
        for commit, tree in self._commits(*folders):
            yield commit, self.reading(tree)[0]

    def _commits(self, *folders: str) -> list[list[str]]:
        """Commit and tree object of every accepted change of these folders, the newest first."""
        if folders not in self._listed:
            self._repository.bring(self._commit, with_history=True)
            listing = ("rev-list", "--first-parent", "--format=%H %T", self._commit)
            rows = self._repository.lines(*listing, "--", *folders)[1::2]
            self._listed[folders] = list(map(str.split, rows))
        return self._listed[folders]

    def steps(self, withdrawn: frozenset[str]) -> Iterator[tuple[Coefficients, Coefficients]]:
        """Before and after of valid changes, newest first, without those after ``withdrawn``."""
        kept = {commit for commit, _ in self.standing(withdrawn)} if withdrawn else None
        for (_, after), (commit, before) in pairwise(self.states()):
            if before is not None and after is not None and (kept is None or commit in kept):
                yield before, after

    def before_the_same(self) -> Iterator[tuple[str, str, str]]:
        """Accepted changes that left ``coefficients/`` as it is now, the newest first.

        Of each the commit and the tree object before it, and its own tree object.
        """
        listed = self._commits(FOLDER)
        for (_, after), (commit, before) in pairwise(listed):
            if self._coefficients(after) == self._coefficients(listed[0][1]):
                yield commit, before, after

    def _coefficients(self, tree: str) -> str | None:
        """The tree object of ``coefficients/``."""
        return self.files(tree).object_at(FOLDER)

    def standing(self, withdrawn: frozenset[str]) -> Iterator[tuple[str, Coefficients]]:
        """The accepted states that are valid and were not ``withdrawn``, the newest first.

        Behind them the releases that were made on a branch which was merged later. None at all
        where one of the versions is not known here: its values may be any of them.
        """
        if self.unknown(withdrawn):
            return
        yield from self._standing(self.states(), withdrawn)
        known = {commit for commit, _ in self._commits(FOLDER)}
        merged = ((one.commit, self.reading(one.tree)[0]) for one in self._releases)
        yield from self._standing((one for one in merged if one[0] not in known), withdrawn)

    def unknown(self, versions: frozenset[str]) -> tuple[str, ...]:
        """Of these versions those of which the repository has no tag, in order."""
        return tuple(sorted(versions - self._tagged_versions)) if versions else ()

    @cached_property
    def _tagged_versions(self) -> frozenset[str]:
        """The versions of which the repository has a tag, wherever it stands."""
        tags = self._repository.refs("%(refname:lstrip=2)", TAGS)
        return frozenset(tag.removeprefix(TAG_PREFIX) for tag in tags)

    def _standing(
        self, states: Iterable[tuple[str, Coefficients | None]], withdrawn: frozenset[str]
    ) -> Iterator[tuple[str, Coefficients]]:
        valid = ((commit, registry) for commit, registry in states if registry is not None)
        versions = frozenset(filter(None, map(Version.parsed, withdrawn)))
        if not versions:
            return valid
        return standing(
            valid, lambda one: self._versions.get(digest_of(one[1]), frozenset()), versions
        )

    @cached_property
    def _versions(self) -> Mapping[str, Versions]:
        """The releases up to ``commit`` by the digest of their values."""
        found: dict[str, Versions] = {}
        for one in self._releases:
            if (registry := self.reading(one.tree)[0]) is not None:
                digest = digest_of(registry)
                found[digest] = found.get(digest, frozenset()) | {one.version}
        return found

    @cached_property
    def _releases(self) -> tuple[TagRow, ...]:
        """Every release before or at ``commit``, the newest first."""
        return merged_tags(self._repository, self._commit)

    def since_anchor(self) -> tuple[tuple[str, Coefficients], ...]:
        """The valid states from the anchor to the newest, the anchor first; empty without any.

        The anchor is the older of the last release and the state before the last
        ``ANCHOR_CHANGES`` accepted changes (the first, where there are fewer). Only what no later
        state has counts as a change: comments, and steps to and fro, would push the anchor away.
        """
        found: dict[object, tuple[str, Coefficients]] = {}
        for commit, tree in self._commits(FOLDER, SAMPLES):
            if (registry := self.reading(tree)[0]) is not None:
                said = _said(registry), self._calls(tree)
                found.pop(said, None)  # what came back is as old as it was the first time
                found[said] = commit, registry
            if len(found) > ANCHOR_CHANGES:
                break
        states = list(found.values())
        if len(states) > ANCHOR_CHANGES and (last := next(self.released(), None)) is not None:
            tag, registry = last
            commit = self._repository.commit(f"refs/tags/{tag}")
            if commit != states[-1][0] and self._repository.is_ancestor(commit, states[-1][0]):
                states.append((commit, registry))
        return tuple(reversed(states))

    def arrivals(self, present_digest: str) -> Arrivals:
        """The samples stored when ``present_digest`` came in: it was fitted on no later ones.

        A call arrives with its first line, whatever corrects or repeats it later. Where none had a
        time by then, the commit's own stands for the newest.
        """
        since = None
        for commit, registry in self.states():
            if registry is None or digest_of(registry) != present_digest:
                break
            since = commit
        else:
            if self._repository.shallow and since is not None:
                return Arrivals(None, None, shallow_clone("and lacks commits that brought some"))
        if since is None:
            return Arrivals(None, None, "these coefficients are not committed yet")
        known = stored_ids(self._repository.tree(since), self.names_today)
        if not known.dated:
            known = replace(known, newest=committed_at(self._repository, since))
        return Arrivals(since, known, "")

    def stored_when_set(
        self, numbers: Mapping[Key, Fraction]
    ) -> Mapping[Key, frozenset[str] | None]:
        """The samples that were stored when each number came in; ``None`` where it has not yet.

        Numbers that no accepted state has otherwise are left out: they were there from the start.
        """
        found: dict[Key, frozenset[str] | None] = {}
        waiting, since = dict(numbers), dict.fromkeys(numbers, "")
        for commit, registry in self.states():
            if registry is None:
                continue
            for key, number in tuple(waiting.items()):
                value = registry.numbers.get(key)
                if value is not None and value.number == number:
                    since[key] = commit
                else:
                    del waiting[key]
                    found[key] = self._stored_at(since[key]) if since[key] else None
            if not waiting:
                break
        return found

    def _stored_at(self, commit: str) -> frozenset[str]:
        if commit not in self._stored:
            stored = stored_ids(self._repository.tree(commit), self.names_today)
            self._stored[commit] = frozenset(stored.ids)
        return self._stored[commit]

    def _calls(self, tree: str) -> object:
        """What a state stores: the objects below ``samples/``, and which calls are retired."""
        files = self.files(tree)
        listed = files.names_in(SAMPLES)
        retired = retirements(files, None)[0] if RETIRED in listed else {}
        stored = frozenset(item for item in listed.items() if item[0] not in KNOWN)
        return stored, frozenset(retired)

    def released(self) -> Iterator[tuple[str, Coefficients]]:
        """Tag and registry of the releases that are valid today, the nearest first."""
        for tag, tree in nearest_releases(self._repository, self._commit):
            registry, _ = self.reading(tree)
            if registry is not None:
                yield tag, registry

    def reading(self, tree: str) -> Reading:
        """The registry in a tree object of the repository, or all of its problems."""
        content = self._coefficients(tree)
        if content not in self._read:
            self._read[content] = registry_problems(self.files(tree), self._memo)
        return self._read[content]

    def files(self, tree: str) -> ObjectsTree:
        """The registry's files in a tree object of the repository."""
        if self._objects is None:
            self._repository.bring(self._commit, with_history=True)
            self._objects = Objects(self._repository)
        return self._objects.tree(tree)


def _said(registry: Coefficients) -> object:
    """What a registry says: its values, and what each claims to rest on."""
    claims = (
        (value.name, value.basis.kind, value.basis.samples, value.basis.interval)
        for value in registry.numbers.values()
    )
    return digest_of(registry), frozenset(claims)


def standing(
    states: Iterable[S], versions_of: Callable[[S], Versions], withdrawn: Versions
) -> Iterator[S]:
    """The ``states``, the newest first as they come, without those that were withdrawn.

    ``versions_of``: the releases that have a state's values. A state is withdrawn where all of
    them are. One that was never released goes with the release that it went into, and with the one
    that it came after where the values that followed both were older ones: that is what going back
    has replaced.
    """
    waiting: list[S] = []
    newer: Versions = frozenset()
    newer_gone = False
    for state in states:
        if not (versions := versions_of(state)):
            waiting.append(state)
            continue
        gone = versions <= withdrawn
        if not newer_gone and not (gone and newer and min(newer) < min(versions)):
            yield from waiting
        waiting.clear()
        if not gone:
            yield state
        newer, newer_gone = versions, gone
    if not newer_gone:
        yield from waiting
