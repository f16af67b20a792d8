"""The life of one number, on real histories."""

from __future__ import annotations

import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.number_history import last_steps, lives_of
from coefgate.git.repository import Repository
from coefgate.registry.reading import read_registry
from tests.git.conftest import Git
from tests.git.number_lives import DOCS, docs_low, edit, numbers_of, read_life, subjects_of

# --- A straight line


def test_every_value_newest_first(registry: Path, git: Git) -> None:
    for tokens in (1000, 2000):
        docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    life = read_life(registry, "docs.low")
    assert numbers_of(life) == [2000, 1000, 15490]
    assert subjects_of(life.steps) == ["docs.low 2000", "docs.low 1000", "first"]
    assert [step.before.number for step in life.steps] == [1000, 15490, None]
    first = life.steps[-1]
    assert (first.after.file, first.after.line, first.after.basis) == (DOCS, 6, "fit")
    assert first.commit is not None
    assert first.commit.id == git("rev-parse", "HEAD~2")
    assert first.commit.committed_at == git("log", "-1", "--format=%cI", "HEAD~2")
    assert not life.cut


def test_what_does_not_touch_the_number_is_no_step(registry: Path, git: Git) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: 15490 # as fitted")
    git("commit", "-qam", "comment")
    (registry / "README").write_text("hello")
    git("add", "README")
    git("commit", "-qm", "elsewhere")
    edit(registry, DOCS, "aliases: [documentation]", "aliases: [documentation, guides]")
    git("commit", "-qam", "alias")
    assert subjects_of(read_life(registry, "docs.low").steps) == ["first"]


def test_a_revert_is_a_step_of_its_own(registry: Path, git: Git) -> None:
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("revert", "--no-edit", "HEAD")
    assert numbers_of(read_life(registry, "docs.low")) == [15490, 1000, 15490]


@pytest.mark.parametrize(
    ("name", "file", "step"),
    [
        ("margin.default", "safety_margins.yaml", ("factor: 1", "factor: 1.25")),
        ("marginal.create.backend", "marginal_costs.yaml", ("tokens: 1450", "tokens: 1500")),
        ("fallback.overhead", "registry.yaml", ("tokens: 2000", "tokens: 2100")),
        ("no_deliverables.low", "registry.yaml", ("tokens: 8192", "tokens: 8000")),
    ],
)
def test_every_kind_of_number(
    name: str, file: str, step: tuple[str, str], registry: Path, git: Git
) -> None:
    old, new = step
    edit(registry, f"coefficients/{file}", old, new)
    git("commit", "-qam", "changed")
    life = read_life(registry, name)
    numbers = [Fraction(text.partition(": ")[2]) for text in (new, old)]
    assert [step.after.number for step in life.steps] == numbers
    assert {step.after.name for step in life.steps} == {name}


def test_a_margin_that_a_cell_gets_and_loses(registry: Path, git: Git) -> None:
    own = "cells: {docs: {low: {factor: 1.2, basis: {kind: prior, reference: docs/a.md}}}}"
    edit(registry, "coefficients/safety_margins.yaml", "cells: {}", own)
    git("commit", "-qam", "own margin")
    edit(registry, "coefficients/safety_margins.yaml", own, "cells: {}")
    git("commit", "-qam", "default again")
    life = read_life(registry, "margin.docs.low")
    assert [(step.before.number, step.after.number) for step in life.steps] == [
        (Fraction(6, 5), None),
        (None, Fraction(6, 5)),
    ]


# --- The folder


def test_the_folder_comes_first_where_it_differs(registry: Path, git: Git) -> None:
    assert subjects_of(read_life(registry, "docs.low").steps) == ["first"]
    docs_low(registry, 1000)
    life = read_life(registry, "docs.low")
    assert subjects_of(life.steps) == ["worktree", "first"]
    assert numbers_of(life) == [1000, 15490]
    assert life.steps[0].written is None
    assert numbers_of(read_life(registry, "docs.low", folder=False)) == [15490]


def test_the_last_steps_are_those_of_the_life(registry: Path, git: Git) -> None:
    for tokens in (1000, 2000):
        docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    life = read_life(registry, "docs.low")
    with Repository(registry) as repository:
        assert last_steps(repository, "docs.low", folder=FolderTree(registry)) == life.steps[:1]
    docs_low(registry, 3000)
    with Repository(registry) as repository:
        found = last_steps(repository, "docs.low", folder=FolderTree(registry))
    assert subjects_of(found) == ["worktree", "docs.low 2000"]


def test_before_the_first_commit(registry: Path, git: Git) -> None:
    git("update-ref", "-d", "HEAD")
    assert subjects_of(read_life(registry, "docs.low").steps) == ["worktree"]
    with pytest.raises(UsageProblem, match="nothing is committed here yet"):
        read_life(registry, "docs.low", folder=False)


# --- Names


def _rename(registry: Path, git: Git, new: str, aliases: str) -> None:
    git("mv", DOCS, f"coefficients/overhead/{new}.yaml")
    file = f"coefficients/overhead/{new}.yaml"
    edit(registry, file, "category: docs", f"category: {new}")
    edit(registry, file, "aliases: [documentation]", f"aliases: {aliases}")
    git("commit", "-qam", f"rename to {new}")


def test_a_category_is_followed_through_its_former_name(registry: Path, git: Git) -> None:
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    _rename(registry, git, "writing", "[docs, documentation]")
    for name in ("writing.low", "docs.low", "documentation.low"):
        life = read_life(registry, name)
        assert numbers_of(life) == [1000, 1000, 15490], name
        assert [step.after.name for step in life.steps] == ["writing.low", "docs.low", "docs.low"]


def test_a_category_that_took_another_name_without_alias_is_gone(registry: Path, git: Git) -> None:
    _rename(registry, git, "writing", "[]")
    assert numbers_of(read_life(registry, "docs.low")) == [None, 15490]
    assert numbers_of(read_life(registry, "writing.low")) == [15490]


def test_a_number_that_is_gone_has_a_life_all_the_same(registry: Path, git: Git) -> None:
    git("rm", "-q", DOCS)
    git("commit", "-qm", "no more docs")
    life = read_life(registry, "docs.low")
    assert subjects_of(life.steps) == ["no more docs", "first"]
    assert numbers_of(life) == [None, 15490]
    assert life.steps[0].after.problem is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("docs.lwo", "Did you mean docs.low"),
        (
            "margin.docs.low",
            "The cell docs.low has no margin of its own: margin.default serves it.",
        ),
        ("docs", "Did you mean docs.low"),
        ("zzz", "Numbers are named like docs.low"),
        ("", "an empty name is not a number"),
        ("marginal.create", "is not a number of this registry, now or earlier."),
    ],
)
def test_a_wrong_name(name: str, hint: str, registry: Path, git: Git) -> None:
    with pytest.raises(UsageProblem) as error:
        read_life(registry, name)
    assert hint in str(error.value)


# --- Invalid states


def test_an_invalid_state_is_told_with_the_number_in_it(registry: Path, git: Git) -> None:
    edit(registry, "coefficients/registry.yaml", "unit: call", "unit: calls")
    docs_low(registry, 1000)
    git("commit", "-qam", "broken elsewhere")
    edit(registry, "coefficients/registry.yaml", "unit: calls", "unit: call")
    git("commit", "-qam", "mended")
    life = read_life(registry, "docs.low")
    assert subjects_of(life.steps) == ["mended", "broken elsewhere", "first"]
    assert numbers_of(life) == [1000, 1000, 15490]
    broken = life.steps[1].after
    assert broken.problem is not None
    assert (broken.problem.file, broken.problem.path) == ("coefficients/registry.yaml", "unit")
    assert (broken.file, broken.line, broken.basis) == (DOCS, 6, None)
    assert life.steps[0].after.problem is None


def test_a_number_that_cannot_be_read_is_told_as_well(registry: Path, git: Git) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: lots")
    git("commit", "-qam", "broken")
    life = read_life(registry, "docs.low")
    assert numbers_of(life) == [None, 15490]
    problem = life.steps[0].after.problem
    assert problem is not None
    assert problem.path == "overhead.low.tokens"


def test_an_invalid_folder_is_told(registry: Path, git: Git) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: -1")
    life = read_life(registry, "docs.low")
    assert subjects_of(life.steps) == ["worktree", "first"]
    assert numbers_of(life) == [-1, 15490]
    assert life.steps[0].after.problem is not None


# --- Places


def test_in_a_folder_of_a_larger_repository(tmp_path: Path, registry: Path, git: Git) -> None:
    above = tmp_path / "above"
    inner = above / "my registry" / "inner"
    inner.parent.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=above, check=True)
    (registry / "coefficients").rename(inner.parent / "coefficients")
    inner.mkdir()
    (inner.parent / "coefficients").rename(inner / "coefficients")
    people = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
    environment = {
        **os.environ,
        **{
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in people.items()
        },
    }
    for arguments in (["add", "-A"], ["commit", "-qm", "inner"]):
        subprocess.run(["git", *arguments], cwd=above, env=environment, check=True)
    assert subjects_of(read_life(inner, "docs.low").steps) == ["inner"]
    with Repository(inner) as repository:
        states = list(AcceptedStates(repository, repository.commit("HEAD")).states())
    assert [registry == read_registry(FolderTree(inner)) for _, registry in states] == [True]


def test_in_a_repository_with_longer_hashes(registry: Path, git: Git) -> None:
    shutil.rmtree(registry / ".git")
    git("init", "-q", "-b", "main", "--object-format=sha256")
    git("add", "-A")
    git("commit", "-qm", "first")
    step = read_life(registry, "docs.low").steps[0]
    assert step.commit is not None
    assert len(step.commit.id) == 64
    assert step.after.number == Fraction(15490)


def test_in_a_bare_repository(registry: Path, git: Git, tmp_path: Path) -> None:
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--bare", str(registry), str(tmp_path / "bare.git"))
    assert numbers_of(read_life(tmp_path / "bare.git", "docs.low", folder=False)) == [1000, 15490]


def test_a_shallow_clone_says_that_it_is_cut(registry: Path, git: Git, tmp_path: Path) -> None:
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    life = read_life(tmp_path / "shallow", "docs.low")
    assert life.cut
    assert numbers_of(life) == [1000]
    with pytest.raises(UsageProblem, match="git fetch --unshallow"):
        read_life(tmp_path / "shallow", "nothing.low")


# --- All numbers at once


def test_the_lives_of_all_numbers_are_those_of_each(registry: Path, git: Git) -> None:
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("mv", DOCS, "coefficients/overhead/guides.yaml")
    edit(registry, "coefficients/overhead/guides.yaml", "category: docs", "category: guides")
    edit(registry, "coefficients/overhead/guides.yaml", "[documentation]", "[documentation, docs]")
    git("commit", "-qam", "rename")
    names = [one.name for one in read_registry(FolderTree(registry)).numbers.values()]
    with Repository(registry) as repository:
        found = lives_of(repository, names, commit=repository.head(), folder=None)
    assert found == {name: read_life(registry, name, folder=False) for name in names}
    assert numbers_of(found["guides.low"]) == [1000, 1000, 15490]


def test_up_to_a_commit_nothing_later_is_known(registry: Path, git: Git) -> None:
    for tokens in (1000, 2000):
        docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    with Repository(registry) as repository:
        commit = repository.commit("HEAD~1")
        found = lives_of(repository, ["docs.low"], commit=commit, folder=None)
    assert numbers_of(found["docs.low"]) == [1000, 15490]
