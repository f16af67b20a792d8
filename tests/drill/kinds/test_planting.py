"""What is planted is what it says: readable where judged, else refused for its own reason."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import pytest

from coefgate.core.problems import Problem
from coefgate.drill.fileset import GATES, REGISTRY, Fileset
from coefgate.drill.kinds import blinded
from coefgate.drill.kinds.catalogue import HARMLESS, KINDS, REGRESSIONS
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant
from coefgate.registry.reading import Memo, registry_problems
from coefgate.samples.reading import contradiction_problems, sample_problems
from tests.drill.conftest import OF_PROCEDURES, REMEMBERED, FilesTree

SEEDS = (1, 2, 3)

# What must be said of each kind that is not even read, so that it is not refused for a slip of the
# drill.
REASONS = {
    "yaml-duplicate-key": {"duplicate-key"},
    "yaml-alias": {"anchor", "alias"},
    "yaml-merge-key": {"anchor", "alias", "merge-key"},
    "yaml-tag": {"tag"},
    "yaml-nan": {"unclear-number", "wrong-type"},
    "yaml-quoted-number": {"wrong-type"},
    "yaml-odd-number": {"unclear-number"},
    "yaml-second-document": {"several-documents"},
    "out-of-range": {"out-of-range", "wrong-type"},
    "falling-overhead": {"not-rising"},
    "coefficients-linked": {"symlink"},
    "samples-linked": {"symlink"},
    "unknown-file": {"unknown-file"},
    "gates-removed": {"missing-file"},
    "id-kept": {"wrong-id"},
    "facts-contradict": {"contradiction"},
    "same-call-in-utc": {"rival-lines"},
    "same-call-with-less": {"rival-lines"},
    "corrected-twice": {"rival-lines"},
}
FOLLOWS = {"missing-key", "not-rising"}
"""What is wrong as well once a value cannot be read, or is far too low."""


def planted(kind: Kind, state: Fileset, seed: int) -> Plant:
    return kind.plant(state, Random(f"{seed}/{kind.name}"))  # noqa: S311 (draws, no secrets)


# There is one unit to change to, and one file of samples to take away.
WITHOUT_CHOICE = {"unit-changed", "sample-file-removed", "base-misses-forgiven", "gates-removed"}


READ: Memo = {}
"""The files of coefficients that were read for one plant, and need not be for the next."""


def problems_of(tree: FilesTree) -> tuple[Problem, ...]:
    _, in_coefficients = registry_problems(tree, READ)
    stored = ((path, new) for path, new in tree.files.items() if path.startswith("samples/"))
    return (*in_coefficients, *problems_of_samples(frozenset(stored)))


@lru_cache(maxsize=16)
def problems_of_samples(files: frozenset[tuple[str, bytes | str | None]]) -> tuple[Problem, ...]:
    tree = FilesTree(dict(files))
    store, found = sample_problems(tree)
    return found if store is None else contradiction_problems(tree, store.samples)


@pytest.mark.parametrize("kind", REMEMBERED, ids=lambda kind: kind.name)
def test_the_seed_decides_what_is_planted_and_it_is_what_it_says(
    kind: Kind, by_hand: Fileset
) -> None:
    plants = [planted(kind, by_hand, seed) for seed in SEEDS]
    assert planted(kind, Fileset(dict(by_hand.files)), SEEDS[0]) == plants[0]
    assert any(plant != plants[0] for plant in plants) or kind.name in WITHOUT_CHOICE
    for plant in plants:
        check(kind, plant, by_hand)


RENAMED = ("category-removed", "category-renamed", "kind-renamed", "category-taken-back")
"""What a procedure starts from goes along with these."""


@pytest.mark.parametrize("name", [*sorted(OF_PROCEDURES), *RENAMED, "samples-claimed", "no-harm"])
def test_what_is_planted_under_a_procedure_is_what_it_says(
    name: str, with_procedure: Fileset
) -> None:
    (kind,) = (kind for kind in KINDS if kind.name == name)
    plants = [planted(kind, with_procedure, seed) for seed in SEEDS]
    assert planted(kind, Fileset(dict(with_procedure.files)), SEEDS[0]) == plants[0]
    for plant in plants:
        assert bool(plant.rules) == (kind.expected == "stopped")
        check(kind, plant, with_procedure)


def check(kind: Kind, plant: Plant, base: Fileset) -> None:
    """It is valid, or refused for the reason that its kind is about; its base is valid."""
    for index, files in enumerate(plant.past):
        base = base.after(files)
        assert not problems_of(FilesTree(base.files)), index
    head = FilesTree({**base.files, **plant.changed})
    assert head.files != base.files
    found = {problem.code for problem in problems_of(head)}
    if kind.expected == "refused":
        assert found & REASONS[kind.name]
        assert found <= REASONS[kind.name] | FOLLOWS, problems_of(head)
    else:
        assert not found, problems_of(head)


def test_there_are_enough_kinds_with_names_of_their_own() -> None:
    assert len(REGRESSIONS) >= 30
    assert len(HARMLESS) >= 12
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_every_regression_names_the_rules_that_must_object(by_hand: Fileset) -> None:
    for kind in REMEMBERED:
        rules = planted(kind, by_hand, 1).rules
        assert bool(rules) == (kind.expected == "stopped"), kind.name


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [kind.name for kind in blinded.REGRESSIONS])
def test_a_judge_with_what_is_proposed_would_not_see_it(
    name: str, seed: int, by_hand: Fileset
) -> None:
    """What judges is changed first, then the number: not all that base sees is seen."""
    (kind,) = (kind for kind in REMEMBERED if kind.name == name)
    plant = planted(kind, by_hand, seed)
    of_judge = (GATES, REGISTRY)
    judge = {
        file: new
        for file, new in plant.changed.items()
        if file in of_judge or file.startswith("samples/")
    }
    values = {file: new for file, new in plant.changed.items() if file not in judge}
    assert judge
    assert values
    blind = by_hand.after(judge)
    seen = Opinion(by_hand, by_hand.after(values)).broken
    assert len(plant.rules - seen) == 1  # the rule that objects to the change of the judge
    assert plant.rules & seen - Opinion(blind, blind.after(values)).broken


def test_a_registry_without_calls_says_what_cannot_be_planted(by_hand: Fileset) -> None:
    bare = Fileset(
        {path: content for path, content in by_hand.files.items() if "jsonl" not in path}
    )
    reasons = {}
    for kind in KINDS:
        try:
            planted(kind, bare, 1)
        except NotPlantable as reason:
            reasons[kind.name] = str(reason)
    assert reasons["sample-removed"] == "no eligible call is stored"
    assert reasons["overhead-raised"] == "no eligible call is stored"
    assert not {"smape-loosened", "overhead-removed", "unused-swung", "yaml-tag", "comment"} & set(
        reasons
    )


def test_a_registry_without_aliases_says_so(by_hand: Fileset) -> None:
    files = {
        path: content.replace(b"aliases: [", b"aliases: [] # [")
        if b"\naliases: [" in content
        else content
        for path, content in by_hand.files.items()
    }
    for kind in KINDS:
        if kind.name in {"alias-removed", "alias-hijacked"}:
            with pytest.raises(NotPlantable, match="no category has an alias"):
                planted(kind, Fileset(files), 1)
