"""Where the gate works: any clone, checkout, folder; what it compares or says if it cannot."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.checkouts import git as git_in
from tests.end_to_end.conftest import Coefgate, Outcome

Git = Callable[..., str]
LOW = ("coefficients/overhead/implementation.yaml", "tokens: 920", "tokens: 500")
BETTER = ("coefficients/marginal_costs.yaml", "tokens: 2210", "tokens: 2200")


def edit(root: Path, change: tuple[str, str, str]) -> None:
    file, old, new = change
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), "utf-8")


def report(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def red(outcome: Outcome) -> list[str]:
    return [rule["rule"] for rule in report(outcome)["rules"] if rule["status"] != "pass"]


# --- Base and head


def test_the_worktree_is_judged_against_the_default_branch(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    base = git("rev-parse", "HEAD")
    git("checkout", "-qb", "proposal")
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    assert report(found)["base"]["revision"] == base
    assert report(found)["head"]["revision"] == "worktree"
    assert "stratum-regression" in red(found)


def test_an_unchanged_registry_passes(git: Git, coefgate: Coefgate) -> None:
    found = coefgate("gate", "--format", "json")
    assert found.code == 0
    assert report(found)["changes"] == []


def test_where_head_lacks_the_tip_the_last_accepted_state_that_it_has_judges_with_a_warning(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    fork = git("rev-parse", "HEAD")
    git("checkout", "-qb", "proposal")
    edit(registry, BETTER)
    git("commit", "-qam", "better")
    git("checkout", "-q", "main")
    for number in range(2):
        git("commit", "-q", "--allow-empty", "-m", f"{number}")
    git("checkout", "-q", "proposal")
    found = coefgate("gate", "--format", "json")
    assert report(found)["base"]["revision"] == fork
    assert report(found)["base"]["behind"] == 2
    assert "2 commits behind main" in found.err
    assert "git merge main" in found.err


def merged_with_an_inner_commit(root: Path, git: Git, change: tuple[str, str, str]) -> str:
    """Merge a branch that makes and takes back a change; give the unjudged commit between."""
    git("checkout", "-qb", "merged")
    edit(root, change)
    git("commit", "-qam", "try something")
    inner = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-edit", "merged")
    return inner


@pytest.mark.parametrize("named", [(), ("--base", "main")])
def test_an_inner_commit_of_a_merged_branch_is_no_judge(
    named: tuple[str, ...], registry: Path, git: Git, coefgate: Coefgate
) -> None:
    fork = git("rev-parse", "HEAD")
    looser = ("coefficients/gates.yaml", "mean_below: 50", "mean_below: 190")
    git("checkout", "-qb", "proposal", merged_with_an_inner_commit(registry, git, looser))
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    found = coefgate("gate", *named, "--format", "json")
    assert found.code == 1
    assert report(found)["base"]["revision"] == fork
    assert report(found)["base"]["behind"] == 2
    assert {"gates-loosened", "stratum-regression"} <= set(red(found))
    assert "git merge main" in found.err
    git("merge", "-q", "--no-edit", "main")
    assert set(red(coefgate("gate", *named, "--format", "json"))) == {"stratum-regression"}


def test_values_of_an_inner_commit_of_a_merged_branch_are_no_restore(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    merged_with_an_inner_commit(registry, git, LOW)
    git("checkout", "-qb", "proposal", "merged")
    git("revert", "--no-edit", "HEAD")
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    assert report(found)["headline"] == "FAIL"
    assert "stratum-regression" in red(found)


def test_a_target_that_shares_nothing_accepted_wants_a_merge(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("checkout", "-q", "--orphan", "proposal")
    git("commit", "-qm", "another beginning")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-edit", "--allow-unrelated-histories", "-s", "ours", "proposal")
    git("checkout", "-q", "proposal")
    edit(registry, BETTER)
    git("commit", "-qam", "better")
    found = coefgate("gate")
    assert found.code == 2
    assert found.err.strip().endswith("git merge main")


def test_the_remote_s_default_branch_comes_first(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git_in(tmp_path, "clone", "-q", "--bare", str(registry), "origin.git")
    clone = tmp_path / "clone"
    git_in(tmp_path, "clone", "-q", "origin.git", str(clone))
    accepted = git_in(clone, "rev-parse", "HEAD")
    edit(clone, BETTER)
    git_in(clone, "commit", "-qam", "on the local main")
    found = coefgate("gate", "--format", "json", cwd=clone)
    assert report(found)["base"]["revision"] == accepted
    assert [change["coefficient"] for change in report(found)["changes"]] == [
        "marginal.create.doc"
    ]


def test_revisions_are_judged_whatever_lies_in_the_folder(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    edit(registry, ("coefficients/registry.yaml", "format: 1", "format: ["))
    found = coefgate("gate", "--base", "HEAD~1", "--head", "HEAD", "--format", "json")
    assert found.code == 1
    assert coefgate("gate", "--base", "HEAD~1").code == 3


def test_the_index_is_judged_and_not_the_folder(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, LOW)
    git("add", "-A")
    git("restore", "--source=HEAD", "--worktree", ".")
    assert coefgate("gate", "--head", "worktree").code == 0
    assert coefgate("gate", "--head", "index").code == 1
    git("restore", "--staged", ".")
    edit(registry, LOW)
    assert coefgate("gate", "--head", "index").code == 0
    assert coefgate("gate").code == 1


def test_a_conflict_in_the_index_is_told(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-qb", "other")
    edit(registry, LOW)
    git("commit", "-qam", "other")
    git("checkout", "-q", "main")
    edit(registry, (*LOW[:2], "tokens: 930"))
    git("commit", "-qam", "main")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "-q", "other")
    found = coefgate("gate", "--head", "index")
    assert found.code == 2
    assert "merge conflict" in found.err


# --- Kinds of clones


def test_a_bare_repository(registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path) -> None:
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    git_in(tmp_path, "clone", "-q", "--bare", str(registry), "bare.git")
    bare = tmp_path / "bare.git"
    assert coefgate("gate", "--base", "HEAD~1", cwd=bare).code == 1
    assert coefgate("gate", "--base", "HEAD~1", "--registry", str(bare), cwd=tmp_path).code == 1
    last = coefgate("gate", "--format", "json", cwd=bare)
    assert (last.code, report(last)["base"]["name"]) == (1, "main~1")
    refused = coefgate("gate", "--head", "worktree", cwd=bare)
    assert refused.code == 2
    assert "--head REV" in refused.err


def test_the_head_of_a_bare_repository_is_its_default_branch(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git("checkout", "-qb", "develop")
    git("commit", "-q", "--allow-empty", "-m", "accepted")
    git("checkout", "-qb", "proposal")
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    git("branch", "-f", "main")  # the proposal by a name that is often the default one's
    git("checkout", "-q", "develop")
    for kind in ("--bare", "--mirror"):
        bare = tmp_path / f"bare{kind}.git"
        git_in(tmp_path, "clone", "-q", kind, str(registry), str(bare))
        found = coefgate("gate", "--head", "proposal", "--format", "json", cwd=bare)
        assert found.code == 1, found.text
        base = report(found)["base"]
        assert (base["revision"], base["name"]) == (git("rev-parse", "develop"), "develop")
        assert base["found_by"] == "HEAD"


def test_a_linked_worktree_and_a_detached_head(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    linked = tmp_path / "linked"
    git("worktree", "add", "-q", "--detach", str(linked))
    assert coefgate("gate", cwd=linked).code == 0
    edit(linked, LOW)
    assert coefgate("gate", cwd=linked).code == 1
    assert coefgate("gate").code == 0


def test_a_shallow_clone_says_how_to_get_the_rest(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git("checkout", "-qb", "proposal")
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    shallow = tmp_path / "shallow"
    git_in(
        tmp_path,
        "clone",
        "-q",
        "--depth",
        "1",
        "--no-single-branch",
        f"file://{registry}",
        str(shallow),
    )
    for arguments in (
        ("--base", "HEAD~1"),
        ("--base", "origin/main", "--head", "origin/proposal"),
    ):
        found = coefgate("gate", *arguments, cwd=shallow)
        assert found.code == 5, found.text
        assert "git fetch --unshallow" in found.err
    assert coefgate("gate", cwd=shallow).code == 0
    edit(shallow, LOW)
    found = coefgate("gate", cwd=shallow)  # it may be a restore of a state that is not here
    assert found.code == 5
    assert "git fetch --unshallow" in found.err


def test_a_registry_in_a_folder_of_a_larger_repository(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    larger = tmp_path / "larger"
    larger.mkdir()
    git_in(larger, "init", "-q", "-b", "main")
    (larger / "service").mkdir()
    (larger / "service" / "x.py").write_text("1\n")
    registry.rename(larger / "registry")
    subprocess.run(["rm", "-rf", str(larger / "registry" / ".git")], check=True)
    git_in(larger, "add", "-A")
    git_in(larger, "commit", "-qm", "first")
    assert coefgate("gate", cwd=larger / "registry").code == 0
    edit(larger / "registry", BETTER)
    (larger / "service" / "x.py").write_text("2\n")  # not what judges
    found = coefgate("gate", "--format", "json", cwd=larger / "registry" / "samples")
    assert found.code == 0, found.text
    assert [change["coefficient"] for change in report(found)["changes"]] == [
        "marginal.create.doc"
    ]


def test_a_submodule_beside_the_registry(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git_in(other, "init", "-q", "-b", "main")
    git_in(other, "commit", "-q", "--allow-empty", "-m", "first")
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "tools")
    git("commit", "-qm", "a submodule")
    git_in(registry / "tools", "commit", "-q", "--allow-empty", "-m", "second")
    edit(registry, BETTER)
    found = coefgate("gate", "--format", "json")
    assert found.code == 0, found.text
    assert len(report(found)["changes"]) == 1


# --- Without a base


def test_without_git_the_state_is_judged_by_itself(coefgate: Coefgate) -> None:
    found = coefgate("gate", "--format", "json")
    assert found.code == 0
    assert report(found)["base"] is None
    assert len(report(found)["rules"]) == 4
    assert "git init" in found.err
    assert coefgate("gate", "--base", "main").code == 5


def test_before_the_first_commit_there_is_no_base(registry: Path, coefgate: Coefgate) -> None:
    git_in(registry, "init", "-q", "-b", "main")
    found = coefgate("gate", "--format", "json")
    assert found.code == 0
    assert report(found)["base"] is None
    assert report(found)["alone"] == "nothing is committed yet"


def test_the_commit_that_brings_the_registry_has_no_base(
    registry: Path, coefgate: Coefgate
) -> None:
    git_in(registry, "init", "-q", "-b", "main")
    git_in(registry, "commit", "-q", "--allow-empty", "-m", "before the registry")
    git_in(registry, "checkout", "-qb", "proposal")
    git_in(registry, "add", "-A")
    git_in(registry, "commit", "-qm", "the registry")
    found = coefgate("gate", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["base"] is None
    assert "holds no registry yet" in found.err


def test_a_proposal_that_brings_the_registry_is_judged_from_the_target(
    registry: Path, coefgate: Coefgate
) -> None:
    git_in(registry, "init", "-q", "-b", "main")
    git_in(registry, "commit", "-q", "--allow-empty", "-m", "before the registry")
    git_in(registry, "checkout", "-qb", "proposal")
    git_in(registry, "add", "-A")
    git_in(registry, "commit", "-qm", "the registry")
    git_in(registry, "checkout", "-q", "main")
    assert not (registry / "coefficients").exists()
    found = coefgate("gate", "--base", "main", "--head", "proposal", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["base"] is None
    nothing = coefgate("gate")
    assert nothing.code == 2
    assert "no registry here" in nothing.err


@pytest.mark.parametrize(
    ("old", "new"), [("", "reg/"), ("reg/", ""), ("a/reg/", "b/reg/"), ("reg/old/", "reg/")]
)
@pytest.mark.parametrize("head", ["worktree", "index", "HEAD"])
def test_a_registry_that_moves_is_not_the_first(
    old: str, new: str, head: str, registry: Path, coefgate: Coefgate
) -> None:
    repository = registry.parent / "repository"
    repository.joinpath(old).mkdir(parents=True)
    for folder in ("coefficients", "samples"):
        (registry / folder).rename(repository / old / folder)
    git_in(repository, "init", "-q", "-b", "main")
    git_in(repository, "add", "-A")
    git_in(repository, "commit", "-qm", "first")
    git_in(repository, "checkout", "-qb", "proposal")
    repository.joinpath(new).mkdir(parents=True, exist_ok=True)
    git_in(repository, "mv", f"{old}coefficients", f"{old}samples", new or ".")
    edit(repository / new, LOW)
    git_in(repository, "add", "-A")
    if head == "HEAD":
        git_in(repository, "commit", "-qm", "moved, and lower")
    refused = coefgate("gate", "--head", head, "--registry", new or ".", cwd=repository)
    assert refused.code == 2, refused.text
    assert f"the base main has its registry in {old}coefficients," in refused.err.replace(
        "/registry.yaml", ""
    )
    git_in(repository, "reset", "-q", "--hard")
    subprocess.run(
        ["sh", "-ec", refused.err.strip().rpartition(": ")[2]], cwd=repository, check=True
    )
    assert (repository / old / "coefficients/registry.yaml").is_file()


def test_a_second_registry_is_the_first_of_its_folder(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / "teams").mkdir()
    for folder in ("coefficients", "samples"):
        subprocess.run(["cp", "-r", str(registry / folder), str(registry / "teams")], check=True)
    found = coefgate("gate", "--registry", "teams", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["alone"] == "the base main holds no registry yet"


def test_without_a_default_branch_a_base_is_asked_for(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("branch", "-m", "main", "trunk")
    git("commit", "-q", "--allow-empty", "-m", "second")
    found = coefgate("gate")
    assert found.code == 5
    assert "--base REV" in found.err
    assert report(coefgate("gate", "--base", "trunk", "--format", "json"))["base"]["behind"] == 0


def test_histories_without_a_common_commit(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-q", "--orphan", "stranger")
    git("commit", "-qm", "another beginning")
    found = coefgate("gate", "--base", "main")
    assert found.code == 2
    assert "no accepted commit in common" in found.err
    assert "--base REV" in found.err


@pytest.mark.parametrize(
    "arguments", [("--at", "HEAD", "--base", "HEAD"), ("--base", "nowhere"), ("--head", "nowhere")]
)
def test_what_the_command_cannot_take(
    arguments: tuple[str, ...], git: Git, coefgate: Coefgate
) -> None:
    assert coefgate("gate", *arguments).code == 2
