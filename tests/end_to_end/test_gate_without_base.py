"""Never green without a judge: no base is found, and the command that is printed brings it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end import checkouts
from tests.end_to_end.checkouts import (
    CHECKOUTS,
    alone,
    base_of,
    git,
    judged,
    remedy,
    shell,
    spoil,
    typed,
)
from tests.end_to_end.conftest import Coefgate, Outcome, Serve

ESTIMATE: Final = ("estimate", "--category", "docs", "--complexity", "low", "create:docs/a.md")


# --- Checkouts without a base


@pytest.mark.parametrize(
    ("checkout", "default"),
    [
        *((checkout, "main") for checkout in CHECKOUTS),
        ("single-branch", "develop"),
        ("no-origin-head", "develop"),
    ],
)
def test_a_checkout_without_a_base_is_no_pass(
    checkout: str, default: str, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve(default=default)
    clone = CHECKOUTS[checkout](there, tmp_path / "clone")
    if checkout == "no-origin-head" and default == "main":
        judged(coefgate("gate", "--format", "json", cwd=clone))  # origin/main is known by its name
        return
    typed(clone, remedy(coefgate("gate", cwd=clone)))
    found = judged(coefgate("gate", "--format", "json", cwd=clone))
    assert found["base"]["revision"] == git(there.root, "rev-parse", default)
    assert (found["base"]["name"], found["base"]["found_by"]) == (
        f"origin/{default}",
        "origin/HEAD",
    )


@pytest.mark.parametrize("checkout", ["pull-request", "shallow", "single-branch", "detached"])
def test_a_hook_has_no_base_either(
    checkout: str, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = CHECKOUTS[checkout](serve(), tmp_path / "clone")
    pushed = {
        "PRE_COMMIT_REMOTE_NAME": "origin",
        "PRE_COMMIT_TO_REF": git(clone, "rev-parse", "HEAD"),
    }
    committed = coefgate("gate", "--head", "hook", cwd=clone)
    command = remedy(coefgate("gate", "--head", "hook", cwd=clone, environment=pushed))
    assert command == remedy(committed)
    typed(clone, command)
    judged(coefgate("gate", "--head", "hook", "--format", "json", cwd=clone, environment=pushed))
    judged(coefgate("gate", "--head", "hook", "--format", "json", cwd=clone))


def test_no_report_is_left_where_nothing_was_judged(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = checkouts.single_branch(serve(), tmp_path / "clone")
    output = tmp_path / "report"
    output.mkdir()
    for form in ("text", "json", "markdown", "github"):
        for name in ("report.json", "report.md", "annotations.txt"):
            (output / name).write_text("an earlier PASS", "utf-8")
        remedy(coefgate("gate", "--format", form, "--output", str(output), cwd=clone))
        assert list(output.iterdir()) == [], form
    typed(clone, remedy(coefgate("gate", cwd=clone)))
    assert coefgate("gate", "--output", str(output), cwd=clone).code == 1
    judged(Outcome(1, (output / "report.json").read_text("utf-8"), ""))


def test_a_trial_has_no_base_either(serve: Serve, coefgate: Coefgate, tmp_path: Path) -> None:
    clone = checkouts.single_branch(serve(), tmp_path / "clone")
    remedy(coefgate("try", "docs.low=40000", cwd=clone))


# --- Nothing before


def test_what_really_has_nothing_before_is_judged_by_itself(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    assert alone(coefgate("gate", "--format", "json")) == "there is no git repository"
    git(registry, "init", "--quiet", "--initial-branch=trunk")
    assert alone(coefgate("gate", "--format", "json")) == "nothing is committed yet"
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=first")
    first = coefgate("gate", "--head", "HEAD", "--format", "json")
    assert alone(first) == "it is the first commit"
    assert alone(coefgate("gate", "--at", "HEAD", "--format", "json")) == "asked for with --at"
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    git(registry, "remote", "add", "origin", (tmp_path / "empty.git").as_uri())
    git(registry, "commit", "--quiet", "--allow-empty", "--message=second")
    pushed = {
        "PRE_COMMIT_REMOTE_NAME": "origin",
        "PRE_COMMIT_TO_REF": git(registry, "rev-parse", "HEAD"),
    }
    hook = coefgate("gate", "--head", "hook", "--format", "json", environment=pushed)
    assert alone(hook) == "origin has no branches yet"


def test_the_tip_of_the_only_branch_is_no_judge_of_itself(
    registry: Path, coefgate: Coefgate
) -> None:
    git(registry, "init", "--quiet", "--initial-branch=main")
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=first")
    for head in ("worktree", "HEAD"):
        assert (
            alone(coefgate("gate", "--head", head, "--format", "json")) == "it is the first commit"
        )
    spoil(registry)
    git(registry, "add", "--all")
    for head in ("worktree", "index"):
        assert base_of(coefgate("gate", "--head", head, "--format", "json")) == ("main", "main")
    git(registry, "commit", "--quiet", "--all", "--message=on main itself")
    for head in ("worktree", "HEAD"):
        last = coefgate("gate", "--head", head, "--format", "json")
        assert judged(last)["base"]["revision"] == git(registry, "rev-parse", "main~1")
        assert base_of(last) == ("main~1", "main")
    (registry / "notes.txt").write_text("beside the registry", "utf-8")
    assert base_of(coefgate("gate", "--format", "json")) == ("main", "main")


def test_a_trial_is_held_against_the_tip(registry: Path, coefgate: Coefgate) -> None:
    git(registry, "init", "--quiet", "--initial-branch=main")
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=first")
    tried = coefgate("try", "docs.low=15490", "--format", "json")  # what it is already
    assert json.loads(tried.out)["report"]["base"]["name"] == "main"


def test_a_history_without_a_known_branch_asks_for_a_base(
    registry: Path, coefgate: Coefgate
) -> None:
    git(registry, "init", "--quiet", "--initial-branch=trunk")
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=first")
    spoil(registry)
    for head in ("worktree", "index"):
        refused = coefgate("gate", "--head", head)
        assert refused.code == 5
        assert refused.err.strip().endswith("coefgate gate --base REV")
    judged(coefgate("gate", "--base", "trunk", "--format", "json"))
    git(registry, "commit", "--quiet", "--all", "--message=second")
    assert coefgate("gate", "--head", "HEAD").code == 5  # no first commit


def test_a_shallow_clone_has_no_first_commit(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = checkouts.shallow_clone(serve(default="develop"), tmp_path / "clone")
    git(clone, "remote", "remove", "origin")
    assert coefgate("gate", "--head", "HEAD", cwd=clone).code == 5


def test_a_remote_that_gives_no_answer_is_no_empty_one(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    git(registry, "init", "--quiet", "--initial-branch=main")
    git(registry, "add", "--all")
    git(registry, "remote", "add", "origin", (tmp_path / "nowhere").as_uri())
    for committed in (False, True):
        if committed:
            git(registry, "commit", "--quiet", "--message=first")
        refused = coefgate("gate")
        assert refused.code == 5, refused.text
        assert "could not be asked" in refused.err
        assert refused.err.strip().endswith("coefgate gate --base REV")
    assert coefgate("gate", "--base", "main").code == 0


def test_a_remote_that_is_empty_leaves_the_branches_here(
    registry: Path, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    serve()
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    git(registry, "remote", "add", "origin", (tmp_path / "empty.git").as_uri())
    git(registry, "switch", "--quiet", "pr")
    judged(coefgate("gate", "--format", "json"))


def test_the_registry_that_came_in_meanwhile_judges(registry: Path, coefgate: Coefgate) -> None:
    """A proposal that left before there was a registry brings one of its own."""
    git(registry, "init", "--quiet", "--initial-branch=main")
    git(registry, "commit", "--quiet", "--allow-empty", "--message=before the registry")
    git(registry, "switch", "--quiet", "--create=pr")
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=a registry")
    assert "holds no registry yet" in alone(coefgate("gate", "--format", "json"))
    git(registry, "branch", "--force", "main", "pr")
    git(registry, "commit", "--quiet", "--amend", "--message=another registry")
    refused = coefgate("gate")
    assert refused.code == 2, refused.text
    assert refused.err.strip().endswith("git merge main")


@pytest.mark.parametrize("below", [False, True])
def test_without_git_a_repository_is_judged_by_nobody(
    below: bool, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    git(tmp_path if below else registry, "init", "--quiet", "--initial-branch=main")
    spoil(registry)
    no_git = {"PATH": str(tmp_path / "nothing")}
    for judges in (("gate",), ("try", "docs.low=40000")):
        refused = coefgate(*judges, environment=no_git)
        assert refused.code == 5, refused.text
        assert refused.out == ""
        assert "git is not installed, or not on PATH" in refused.err
        assert refused.err.strip().endswith("git --version")
    if not below:
        for arguments in (("check",), ESTIMATE, ("replay",), ("coverage",), ("samples", "audit")):
            assert coefgate(*arguments, environment=no_git).code in (0, 1), arguments


@pytest.mark.parametrize(
    ("variable", "git_is_there"), [("GITHUB_BASE_REF", False), ("COEFGATE_TARGET_BRANCH", True)]
)
def test_an_archive_of_a_proposal_is_judged_by_nobody(
    variable: str, git_is_there: bool, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    """Where there is no git, CI may fetch an archive in place of a clone."""
    told = {variable: "main"} | ({} if git_is_there else {"PATH": str(tmp_path / "nothing")})
    for command in (("gate",), ("try", "docs.low=40000")):
        refused = coefgate(*command, environment=told)
        assert refused.code == 5, refused.text
        assert f"{variable} names main" in refused.err
        assert refused.err.strip().endswith("git --version")
    assert coefgate(*ESTIMATE, environment=told).code == 0
    del told[variable]
    assert (
        alone(coefgate("gate", "--format", "json", environment=told))
        == "there is no git repository"
    )


def test_an_orphan_beside_another_history_is_no_first_commit(
    registry: Path, coefgate: Coefgate
) -> None:
    git(registry, "init", "--quiet", "--initial-branch=trunk")
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message=first")
    first = git(registry, "rev-parse", "HEAD")
    git(registry, "commit", "--quiet", "--allow-empty", "--message=second")
    for commit in (first, "trunk~1"):  # of a history that goes on it is the first all the same
        assert (
            alone(coefgate("gate", "--head", commit, "--format", "json"))
            == "it is the first commit"
        )
    git(registry, "checkout", "--quiet", "--orphan", "evil")
    spoil(registry)
    for head in ("worktree", "index"):  # before it is committed, too
        assert coefgate("gate", "--head", head).code == 5
    git(registry, "commit", "--quiet", "--all", "--message=from nothing")
    kept = "refs/heads/trunk"
    for keeps in (kept, "refs/remotes/there/trunk", "refs/tags/coefficients/v1.0.0"):
        git(registry, "update-ref", keeps, kept)
        if keeps != kept:
            git(registry, "update-ref", "-d", kept)
        kept = keeps
        refused = coefgate("gate", "--head", "HEAD")
        assert refused.code == 5, refused.text
        assert refused.err.strip().endswith("coefgate gate --base REV")
    git(registry, "update-ref", "-d", kept)
    found = coefgate("gate", "--head", "HEAD", "--format", "json")
    assert json.loads(found.out)["alone"] == "it is the first commit"


# --- Repositories that git does not follow


def test_what_git_itself_says_to_type_stands_alone(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    root = serve().root
    told = {
        "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "settings"),
    }
    refused = coefgate("gate", environment=told)
    assert refused.code == 5, refused.text
    assert "dubious ownership" in refused.err
    *_, command = refused.err.strip().splitlines()
    assert command == f"git config --global --add safe.directory {root}"
    shell(root, "env", f"GIT_CONFIG_GLOBAL={tmp_path / 'settings'}", "sh", "-ec", command)
    assert coefgate("gate", environment=told).code == 0


def test_a_worktree_whose_repository_was_moved_says_how_it_is_found_again(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    root = serve().root
    worktree, moved = tmp_path / "work tree", tmp_path / "moved"
    git(root, "worktree", "add", "--quiet", "--detach", str(worktree), "pr")
    root.rename(moved)
    refused = coefgate("gate", cwd=worktree)
    assert refused.code == 5, refused.text
    assert (
        f"{worktree}/.git does not lead to a repository (gitdir: {root}/.git/worktrees/"
        in refused.err
    )
    _, command = refused.err.strip().split("type where it is now: ")
    typed(moved, command)
    judged(coefgate("gate", "--format", "json", cwd=worktree))


@pytest.mark.parametrize(("lost", "mended"), [("HEAD", "git init"), ("objects", "git clone")])
def test_a_damaged_repository_says_what_it_lacks(
    lost: str, mended: str, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    (serve().root / ".git" / lost).rename(tmp_path / lost)
    refused = coefgate("gate")
    assert refused.code == 5, refused.text
    assert f"is damaged, it holds no {lost}." in refused.err
    assert refused.err.strip().endswith(mended)


# --- Shallow clones


def test_a_shallow_clone_compares_nothing_and_only_then_passes(
    registry: Path, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", there.url, str(clone))
    assert coefgate("gate", cwd=clone).code == 0
    (clone / "notes.txt").write_text("beside the registry", "utf-8")
    assert coefgate("gate", cwd=clone).code == 0
    for file in (clone / checkouts.DOCS, clone / checkouts.GATES):
        before = file.read_text("utf-8")
        file.write_text(f"{before}# a remark\n", "utf-8")
        refused = coefgate("gate", cwd=clone)
        assert refused.code == 5, refused.text
        assert refused.err.strip().endswith("git fetch --unshallow")
        file.write_text(before, "utf-8")
    git(clone, "fetch", "--quiet", "--unshallow")
    spoil(clone)
    judged(coefgate("gate", "--format", "json", cwd=clone))
