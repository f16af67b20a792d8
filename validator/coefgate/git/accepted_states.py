"""Earlier accepted states of a registry: along the first parents of a commit, and at its last release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final

from coefgate.core.problems import EnvironmentProblem, Problem
from coefgate.core.versions import TAG_PREFIX, Version
from coefgate.git.objects import Objects, ObjectsTree
from coefgate.git.release_tags import merged_tags
from coefgate.git.repository import Repository
from coefgate.git.standing import standing
from coefgate.git.state_version import RELEASES
from coefgate.registry.compiled import digest_of
from coefgate.registry.model import Registry
from coefgate.registry.reading import Memo, registry_problems
from coefgate.registry.sources import FOLDER
from coefgate.registry.values import values_of
from coefgate.samples.layout import FOLDER as SAMPLES
from coefgate.samples.layout import KNOWN, RETIRED
from coefgate.samples.retirements import retirements

Reading = tuple[Registry | None, tuple[Problem, ...]]
ANCHOR_CHANGES: Final = 20
"""Accepted changes of ``coefficients/`` or ``samples/`` that are added up."""


class Past:
    """The states that led to ``commit``; each is read when it is asked for, and kept.

    What two states share is read and parsed once; ``memo``: what the caller has parsed before.
    """

    def __init__(self, repository: Repository, commit: str, memo: Memo | None = None) -> None:
        self._repository = repository
        self._commit = commit
        self._memo: Memo = {} if memo is None else memo
        self._objects: Objects | None = None
        self._listed: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self._tagged: tuple[tuple[str, str, Version], ...] | None = None
        self._released: list[tuple[str, Version]] | None = None
        self._read: dict[str | None, Reading] = {}

    def states(self, *, with_samples: bool = False) -> Iterator[tuple[str, Registry | None]]:
        """Commits on the first-parent history that touch ``coefficients/``, newest first.

        With the registry that each left behind, ``None`` where it was invalid. ``with_samples``:
        those that touch ``samples/`` as well.
        """
        for commit, tree in self._commits(*((FOLDER, SAMPLES) if with_samples else (FOLDER,))):
            yield commit, self.reading(tree)[0]

    def _commits(self, *folders: str) -> list[tuple[str, str]]:
        """Commit and tree object of every accepted change of these folders, the newest first."""
        if folders not in self._listed:
            self._repository.bring(self._commit, with_history=True)
            listing = self._repository.git(
                "rev-list", "--first-parent", "--format=%H %T", self._commit, "--", *folders
            )
            rows = (row.split() for row in listing.decode().splitlines()[1::2])
            self._listed[folders] = [(commit, tree) for commit, tree in rows]
        return self._listed[folders]

    def steps(
        self, withdrawn: frozenset[str] = frozenset()
    ) -> Iterator[tuple[Registry, Registry]]:
        """Before and after of every accepted change between two valid states, the newest first.

        Without those that came after a state that was ``withdrawn`` with these versions.
        """
        kept = {commit for commit, _ in self.standing(withdrawn)} if withdrawn else None
        for (_, after), (commit, before) in pairwise(self.states()):
            if before is not None and after is not None and (kept is None or commit in kept):
                yield before, after

    def before_the_same(self) -> Iterator[tuple[str, str, str]]:
        """Accepted commits that left ``coefficients/`` as it is now; the newest first.

        Of each the state before it and its own, as tree objects, and the commit of the state
        before.
        """
        listed = self._commits(FOLDER)
        for (_, after), (commit, before) in pairwise(listed):
            if self._coefficients(after) == self._coefficients(listed[0][1]):
                yield commit, before, after

    def _coefficients(self, tree: str) -> str | None:
        """The tree object of ``coefficients/``."""
        files = self.files(tree)
        return files.objects.entry(files.root, FOLDER)[1]

    def standing(self, withdrawn: frozenset[str] = frozenset()) -> Iterator[tuple[str, Registry]]:
        """The accepted states that are valid and were not ``withdrawn`` with these versions.

        The newest first, and behind them those releases that were made on a branch which was
        merged later. None at all where one of the versions is not known here: its values may be
        any of them.
        """
        if self.unknown(withdrawn):
            return
        yield from self._standing(self.states(), withdrawn)
        known = {commit for commit, _ in self._commits(FOLDER)}
        merged = ((commit, self.reading(tree)[0]) for commit, tree, _ in self._releases())
        yield from self._standing((one for one in merged if one[0] not in known), withdrawn)

    def unknown(self, versions: frozenset[str]) -> tuple[str, ...]:
        """Of these versions those of which the repository has no tag, in order."""
        return tuple(sorted(versions - self._tagged_versions)) if versions else ()

    @cached_property
    def _tagged_versions(self) -> frozenset[str]:
        """The versions of which the repository has a tag, wherever it stands."""
        form = "--format=%(refname:lstrip=2)"
        listing = self._repository.git("for-each-ref", form, f"refs/tags/{TAG_PREFIX}*").decode()
        return frozenset(tag.removeprefix(TAG_PREFIX) for tag in listing.split())

    def _standing(
        self, states: Iterable[tuple[str, Registry | None]], withdrawn: frozenset[str]
    ) -> Iterator[tuple[str, Registry]]:
        valid = ((commit, registry) for commit, registry in states if registry is not None)
        versions = frozenset(
            one for text in withdrawn if (one := Version.parsed(text)) is not None
        )
        return (
            standing(valid, lambda one: self._versions_of(one[1]), versions) if versions else valid
        )

    def _versions_of(self, registry: Registry) -> frozenset[Version]:
        """The releases up to ``commit`` that have these values."""
        if self._released is None:
            released = ((self.reading(tree)[0], version) for _, tree, version in self._releases())
            self._released = [(digest_of(one), version) for one, version in released if one]
        wanted = digest_of(registry)
        return frozenset(version for name, version in self._released if name == wanted)

    def since_anchor(self) -> tuple[tuple[str, Registry], ...]:
        """The valid states from the anchor to the newest one, the anchor first; empty where there is none.

        The anchor is the older of two states: the last release, and the one before the last
        ``ANCHOR_CHANGES`` accepted changes (the first, where there are fewer). A release in
        between resets nothing, and a change counts that brings numbers, claims or calls which no
        later state has: comments, and steps to and fro, would push the anchor away.
        """
        found: dict[object, tuple[str, Registry]] = {}
        for commit, tree in self._commits(FOLDER, SAMPLES):
            registry = self.reading(tree)[0]
            if registry is not None:
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

    def _calls(self, tree: str) -> object:
        """What a state stores: the objects below ``samples/``, and which calls are retired."""
        files = self.files(tree)
        _, folder = files.objects.entry(files.root, SAMPLES)
        listing = files.objects.listing(folder) if folder else {}
        listed = {f"{SAMPLES}/{name}": one for name, one in listing.items()}
        retired = retirements(files, None)[0] if RETIRED in listed else {}
        return frozenset(
            (name, one) for name, one in listed.items() if name not in KNOWN
        ), frozenset(retired)

    def _releases(self) -> tuple[tuple[str, str, Version], ...]:
        """Commit, tree and version of every release before or at ``commit``, the newest first."""
        if self._tagged is None:
            form = "%(objecttype) %(refname:lstrip=2) %(*objecttype) %(*objectname) %(*tree)"
            listing = self._repository.git(
                *(
                    "for-each-ref",
                    "--sort=-creatordate",
                    f"--format={form}",
                    f"refs/tags/{TAG_PREFIX}*",
                )
            )
            merged = merged_tags(self._repository, self._commit)
            rows = (row.split() for row in listing.decode().splitlines())
            self._tagged = tuple(
                (row[3], row[4], version)
                for row in rows
                if len(row) == 5
                and row[1] in merged
                and row[2] == "commit"
                and (version := Version.of_tag(row[1])) is not None
            )
        return self._tagged

    def released(self) -> Iterator[tuple[str, Registry]]:
        """Tag and registry of the releases up to ``commit`` that are valid today, the nearest first."""
        passed_over: tuple[str, ...] = ()
        while True:
            try:
                described = self._repository.git(
                    "describe", "--abbrev=0", *RELEASES, *passed_over, self._commit
                )
            except EnvironmentProblem:
                return
            tag = described.decode().strip()
            tree = (
                self._repository.git("rev-parse", "--verify", f"refs/tags/{tag}^{{tree}}")
                .decode()
                .strip()
            )
            registry, _ = self.reading(tree)
            if registry is not None:
                yield tag, registry
            passed_over += ("--exclude", tag)

    def reading(self, tree: str) -> Reading:
        """The registry in a tree object of the repository, or ``None`` with every problem there is."""
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


def _said(registry: Registry) -> object:
    """What a registry says: its values, and what each claims to rest on."""
    claims = (
        (value.name, value.basis.kind, value.basis.samples, value.basis.interval)
        for value in values_of(registry).values()
    )
    return digest_of(registry), frozenset(claims)
