"""The life of one number, on real histories."""

from __future__ import annotations

import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.number_history import last_steps, life_of
from coefgate.git.repository import Repository
from coefgate.registry.number_history import NumberHistory, Step
from coefgate.registry.reading import Memo, read_registry
from tests.git.conftest import Git

DOCS = "coefficients/overhead/docs.yaml"


def _edit(registry: Path, file: str, old: str, new: str) -> None:
    path = registry / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def _docs_low(registry: Path, tokens: int) -> None:
    """Give docs.low this number; it is the first one in its file."""
    path = registry / DOCS
    document = yaml.safe_load(path.read_text("utf-8"))
    _edit(registry, DOCS, f"tokens: {document['overhead']['low']['tokens']}", f"tokens: {tokens}")


def _life(registry: Path, name: str, *, folder: bool = True) -> NumberHistory:
    with Repository(registry) as repository:
        return life_of(repository, name, folder=FolderTree(registry) if folder else None)


def _numbers(life: NumberHistory) -> list[int | None]:
    return [None if step.after.number is None else int(step.after.number) for step in life.steps]


def _subjects(steps: tuple[Step, ...]) -> list[str]:
    return [step.commit.subject if step.commit else "worktree" for step in steps]


# --- A straight line
# ------------------------------------------------------------------------------------


def test_every_value_newest_first(registry: Path, git: Git) -> None:
    for tokens in (1000, 2000):
        _docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    life = _life(registry, "docs.low")
    assert _numbers(life) == [2000, 1000, 15490]
    assert _subjects(life.steps) == ["docs.low 2000", "docs.low 1000", "first"]
    assert [step.before.number for step in life.steps] == [1000, 15490, None]
    first = life.steps[-1]
    assert (first.after.file, first.after.line, first.after.basis) == (DOCS, 6, "fit")
    assert first.commit is not None
    assert first.commit.id == git("rev-parse", "HEAD~2")
    assert first.commit.committed_at == git("log", "-1", "--format=%cI", "HEAD~2")
    assert not life.cut


def test_what_does_not_touch_the_number_is_no_step(registry: Path, git: Git) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: 15490 # as fitted")
    git("commit", "-qam", "comment")
    (registry / "README").write_text("hello")
    git("add", "README")
    git("commit", "-qm", "elsewhere")
    _edit(registry, DOCS, "aliases: [documentation]", "aliases: [documentation, guides]")
    git("commit", "-qam", "alias")
    assert _subjects(_life(registry, "docs.low").steps) == ["first"]


def test_a_revert_is_a_step_of_its_own(registry: Path, git: Git) -> None:
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("revert", "--no-edit", "HEAD")
    assert _numbers(_life(registry, "docs.low")) == [15490, 1000, 15490]


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
    _edit(registry, f"coefficients/{file}", old, new)
    git("commit", "-qam", "changed")
    life = _life(registry, name)
    numbers = [Fraction(text.partition(": ")[2]) for text in (new, old)]
    assert [step.after.number for step in life.steps] == numbers
    assert {step.after.name for step in life.steps} == {name}


def test_a_margin_that_a_cell_gets_and_loses(registry: Path, git: Git) -> None:
    own = "cells: {docs: {low: {factor: 1.2, basis: {kind: prior, reference: docs/a.md}}}}"
    _edit(registry, "coefficients/safety_margins.yaml", "cells: {}", own)
    git("commit", "-qam", "own margin")
    _edit(registry, "coefficients/safety_margins.yaml", own, "cells: {}")
    git("commit", "-qam", "default again")
    life = _life(registry, "margin.docs.low")
    assert [(step.before.number, step.after.number) for step in life.steps] == [
        (Fraction(6, 5), None),
        (None, Fraction(6, 5)),
    ]


# --- The folder
# -----------------------------------------------------------------------------------------


def test_the_folder_comes_first_where_it_differs(registry: Path, git: Git) -> None:
    assert _subjects(_life(registry, "docs.low").steps) == ["first"]
    _docs_low(registry, 1000)
    life = _life(registry, "docs.low")
    assert _subjects(life.steps) == ["worktree", "first"]
    assert _numbers(life) == [1000, 15490]
    assert life.steps[0].written is None
    assert _numbers(_life(registry, "docs.low", folder=False)) == [15490]


def test_the_last_steps_are_those_of_the_life(registry: Path, git: Git) -> None:
    for tokens in (1000, 2000):
        _docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    life = _life(registry, "docs.low")
    with Repository(registry) as repository:
        assert last_steps(repository, "docs.low", folder=FolderTree(registry)) == life.steps[:1]
    _docs_low(registry, 3000)
    with Repository(registry) as repository:
        found = last_steps(repository, "docs.low", folder=FolderTree(registry))
    assert _subjects(found) == ["worktree", "docs.low 2000"]


def test_before_the_first_commit(registry: Path, git: Git) -> None:
    git("update-ref", "-d", "HEAD")
    assert _subjects(_life(registry, "docs.low").steps) == ["worktree"]
    with pytest.raises(UsageProblem, match="nothing is committed here yet"):
        _life(registry, "docs.low", folder=False)


# --- Names
# ----------------------------------------------------------------------------------------------


def _rename(registry: Path, git: Git, new: str, aliases: str) -> None:
    git("mv", DOCS, f"coefficients/overhead/{new}.yaml")
    file = f"coefficients/overhead/{new}.yaml"
    _edit(registry, file, "category: docs", f"category: {new}")
    _edit(registry, file, "aliases: [documentation]", f"aliases: {aliases}")
    git("commit", "-qam", f"rename to {new}")


def test_a_category_is_followed_through_its_former_name(registry: Path, git: Git) -> None:
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    _rename(registry, git, "writing", "[docs, documentation]")
    for name in ("writing.low", "docs.low", "documentation.low"):
        life = _life(registry, name)
        assert _numbers(life) == [1000, 1000, 15490], name
        assert [step.after.name for step in life.steps] == ["writing.low", "docs.low", "docs.low"]


def test_a_category_that_took_another_name_without_alias_is_gone(registry: Path, git: Git) -> None:
    _rename(registry, git, "writing", "[]")
    assert _numbers(_life(registry, "docs.low")) == [None, 15490]
    assert _numbers(_life(registry, "writing.low")) == [15490]


def test_a_number_that_is_gone_has_a_life_all_the_same(registry: Path, git: Git) -> None:
    git("rm", "-q", DOCS)
    git("commit", "-qm", "no more docs")
    life = _life(registry, "docs.low")
    assert _subjects(life.steps) == ["no more docs", "first"]
    assert _numbers(life) == [None, 15490]
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
        ("", "an empty name is no number"),
        ("marginal.create", "is no number of this registry, neither now nor earlier."),
    ],
)
def test_a_wrong_name(name: str, hint: str, registry: Path, git: Git) -> None:
    with pytest.raises(UsageProblem) as error:
        _life(registry, name)
    assert hint in str(error.value)


# --- Invalid states
# -------------------------------------------------------------------------------------


def test_an_invalid_state_is_told_with_the_number_in_it(registry: Path, git: Git) -> None:
    _edit(registry, "coefficients/registry.yaml", "unit: call", "unit: calls")
    _docs_low(registry, 1000)
    git("commit", "-qam", "broken elsewhere")
    _edit(registry, "coefficients/registry.yaml", "unit: calls", "unit: call")
    git("commit", "-qam", "mended")
    life = _life(registry, "docs.low")
    assert _subjects(life.steps) == ["mended", "broken elsewhere", "first"]
    assert _numbers(life) == [1000, 1000, 15490]
    broken = life.steps[1].after
    assert broken.problem is not None
    assert (broken.problem.file, broken.problem.path) == ("coefficients/registry.yaml", "unit")
    assert (broken.file, broken.line, broken.basis) == (DOCS, 6, None)
    assert life.steps[0].after.problem is None


def test_a_number_that_cannot_be_read_is_told_as_well(registry: Path, git: Git) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: lots")
    git("commit", "-qam", "broken")
    life = _life(registry, "docs.low")
    assert _numbers(life) == [None, 15490]
    problem = life.steps[0].after.problem
    assert problem is not None
    assert problem.path == "overhead.low.tokens"


def test_an_invalid_folder_is_told(registry: Path, git: Git) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: -1")
    life = _life(registry, "docs.low")
    assert _subjects(life.steps) == ["worktree", "first"]
    assert _numbers(life) == [-1, 15490]
    assert life.steps[0].after.problem is not None


# --- Merges and people
# ----------------------------------------------------------------------------------


def _as(git: Git, who: str, *arguments: str) -> None:
    git("-c", f"user.name={who}", *arguments, f"--author={who} <{who.lower()}@example.org>")


def test_a_merge_is_the_moment_and_its_commit_the_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    _docs_low(registry, 1000)
    _as(
        git,
        "Ada",
        "commit",
        "-qam",
        "lower\n\nReviewed-by: Grace <grace@example.org>\nSigned-off-by: Ada <a@x>",
    )
    (registry / "note").write_text("noise")
    git("add", "note")
    _as(git, "Edsger", "commit", "-qm", "noise")
    git("switch", "-q", "main")
    (registry / "other").write_text("noise")
    git("add", "other")
    git("commit", "-qm", "elsewhere")
    git(
        "merge",
        "-q",
        "--no-ff",
        "side",
        "-m",
        "merge side\n\nAcked-by: Alan <alan@example.org>\nFixes: 12",
    )
    life = _life(registry, "docs.low")
    assert _subjects(life.steps) == ["merge side", "first"]
    step = life.steps[0]
    assert step.commit is not None
    assert step.written is not None
    assert step.commit.id == git("rev-parse", "HEAD")
    assert (step.written.author, step.written.subject) == ("Ada", "lower")
    assert [one.subject for one in step.merged] == ["lower"]
    assert [(one.key, one.value) for one in step.people] == [
        ("Acked-by", "Alan <alan@example.org>"),
        ("Reviewed-by", "Grace <grace@example.org>"),
        ("Signed-off-by", "Ada <a@x>"),
    ]


def test_a_branch_that_took_in_main_is_not_blamed_for_it(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    _edit(registry, "coefficients/registry.yaml", "tokens: 2000", "tokens: 2100")
    _as(git, "Ada", "commit", "-qam", "fallback")
    git("switch", "-q", "main")
    _docs_low(registry, 1000)
    _as(git, "Alan", "commit", "-qam", "docs on main")
    git("switch", "-q", "side")
    git("merge", "-q", "main", "-m", "take in main")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "side", "-m", "merge side")
    docs = _life(registry, "docs.low").steps[0]
    assert (docs.written and docs.written.author, docs.merged) == ("Alan", ())
    fallback = _life(registry, "fallback.overhead").steps[0]
    assert fallback.commit is not None
    assert fallback.commit.subject == "merge side"
    assert [one.author for one in fallback.merged] == ["Ada"]


def test_several_commits_of_one_merge_newest_first(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    for tokens in (1000, 2000):
        _docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "side", "-m", "merge side")
    step = _life(registry, "docs.low").steps[0]
    assert [one.subject for one in step.merged] == ["docs.low 2000", "docs.low 1000"]
    assert (int(step.before.number or 0), int(step.after.number or 0)) == (15490, 2000)


def test_a_merge_within_a_merge_is_not_the_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "inner")
    _docs_low(registry, 1000)
    _as(git, "Ada", "commit", "-qam", "lower")
    git("switch", "-qc", "outer", "main")
    git("merge", "-q", "--no-ff", "inner", "-m", "merge inner")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "outer", "-m", "merge outer")
    step = _life(registry, "docs.low").steps[0]
    assert [one.subject for one in step.merged] == ["lower"]


def test_a_merge_that_decides_by_itself_is_its_own_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    (registry / "coefficients" / "yanked.yaml").write_text(
        (registry / "coefficients" / "yanked.yaml").read_text("utf-8") + "# noise\n", "utf-8"
    )
    git("commit", "-qam", "noise")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    _docs_low(registry, 1000)
    git("commit", "-qam", "merge with a number of its own")
    step = _life(registry, "docs.low").steps[0]
    assert (step.written, step.merged) == (step.commit, ())


def test_a_merge_that_sets_another_number_than_its_commits_is_its_own_author(
    registry: Path, git: Git
) -> None:
    git("switch", "-qc", "side")
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    _docs_low(registry, 2000)
    git("commit", "-qam", "merge with a number of its own")
    step = _life(registry, "docs.low").steps[0]
    assert step.after.number == 2000
    assert (step.written, step.merged) == (step.commit, ())


def test_hostile_words_of_a_commit_stay_words(registry: Path, git: Git) -> None:
    _docs_low(registry, 1000)
    git("config", "i18n.logOutputEncoding", "latin1")
    _as(
        git,
        "Zoë \x1b[31m",
        "commit",
        "-qam",
        "%H %x00 é \t\n\nNot-a-trailer\n\nReviewed-by:\nHelped-by: Ünal",
    )
    step = _life(registry, "docs.low").steps[0]
    assert step.commit is not None
    assert (step.commit.author, step.commit.subject) == ("Zoë \x1b[31m", "%H %x00 é")
    assert [(one.key, one.value) for one in step.people] == [("Helped-by", "Ünal")]


@pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="commits are signed with ssh-keygen"
)
def test_signatures_are_not_taken_for_history(registry: Path, git: Git, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingKey", str(key)),
        ("log.showSignature", "true"),
    ):
        git("config", name, value)
    _docs_low(registry, 1000)
    git("commit", "-q", "-S", "-am", "signed")
    assert (
        git("log", "-1", "--format=") != ""
    )  # what git says of the signature stands before everything else
    steps = _life(registry, "docs.low").steps
    assert [step.commit and step.commit.id for step in steps] == git("rev-list", "HEAD").split()


# --- Places
# ---------------------------------------------------------------------------------------------


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
    assert _subjects(_life(inner, "docs.low").steps) == ["inner"]
    with Repository(inner) as repository:
        states = list(AcceptedStates(repository, repository.commit("HEAD")).states())
    assert [registry == read_registry(FolderTree(inner)) for _, registry in states] == [True]


def test_in_a_repository_with_longer_hashes(registry: Path, git: Git) -> None:
    shutil.rmtree(registry / ".git")
    git("init", "-q", "-b", "main", "--object-format=sha256")
    git("add", "-A")
    git("commit", "-qm", "first")
    step = _life(registry, "docs.low").steps[0]
    assert step.commit is not None
    assert len(step.commit.id) == 64
    assert step.after.number == Fraction(15490)


def test_in_a_bare_repository(registry: Path, git: Git, tmp_path: Path) -> None:
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--bare", str(registry), str(tmp_path / "bare.git"))
    assert _numbers(_life(tmp_path / "bare.git", "docs.low", folder=False)) == [1000, 15490]


def test_a_shallow_clone_says_that_it_is_cut(registry: Path, git: Git, tmp_path: Path) -> None:
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    life = _life(tmp_path / "shallow", "docs.low")
    assert life.cut
    assert _numbers(life) == [1000]
    with pytest.raises(UsageProblem, match="git fetch --unshallow"):
        _life(tmp_path / "shallow", "nothing.low")


# --- The past
# -------------------------------------------------------------------------------------------


def test_states_are_what_each_commit_left_behind(registry: Path, git: Git) -> None:
    _edit(registry, DOCS, "tokens: 15490", "tokens: -1")
    git("commit", "-qam", "broken")
    git("revert", "--no-edit", "HEAD")
    with Repository(registry) as repository:
        past = AcceptedStates(repository, repository.commit("HEAD"))
        states = list(past.states())
        assert [commit for commit, _ in states] == git("log", "--format=%H").split()
        assert [state is None for _, state in states] == [False, True, False]
        assert states[0][1] == states[2][1] == read_registry(repository.tree("HEAD"))
        assert list(past.states()) == states


def test_a_registry_behind_a_link_is_invalid_in_the_past_too(registry: Path, git: Git) -> None:
    git("mv", "coefficients", "elsewhere")
    (registry / "coefficients").symlink_to("elsewhere")
    git("add", "-A")
    git("commit", "-qm", "link")
    with Repository(registry) as repository:
        past = AcceptedStates(repository, repository.commit("HEAD"))
        assert [state is None for _, state in past.states()] == [True, False]


def test_the_last_release(registry: Path, git: Git) -> None:
    def released() -> tuple[str, bool] | None:
        with Repository(registry) as repository:
            found = next(AcceptedStates(repository, repository.commit("HEAD")).released(), None)
            return (
                None
                if found is None
                else (found[0], found[1] == read_registry(FolderTree(registry)))
            )

    assert released() is None
    git("tag", "coefficients/v9.9.9")  # not annotated, so no release
    assert released() is None
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    assert released() == ("coefficients/v1.0.0", True)
    _docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    assert released() == ("coefficients/v1.0.0", False)


def test_what_was_parsed_once_is_not_parsed_again(registry: Path, git: Git) -> None:
    memo: Memo = {}
    first = read_registry(FolderTree(registry), memo)
    parsed = dict(memo)
    assert len(parsed) == len(FolderTree(registry).entries("coefficients"))
    assert read_registry(FolderTree(registry), memo) == first
    _docs_low(registry, 1000)
    assert read_registry(FolderTree(registry), memo) != first
    assert [path for path, _ in memo.keys() - parsed.keys()] == [DOCS]
    assert all(memo[key] is parsed[key] for key in parsed)
