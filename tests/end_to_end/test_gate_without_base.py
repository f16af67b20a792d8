"""Never green without a judge: no base is found, and the command that is printed brings it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.end_to_end import checkouts
from tests.end_to_end.checkouts import MUST_OBJECT, Server, git, server, shell, spoil, typed
from tests.end_to_end.conftest import SHIPPED, Coefgate, Outcome

Checkout = Callable[[Server, Path], Path]
CHECKOUTS: Final[dict[str, Checkout]] = {
    "pull-request": checkouts.checkout_of_a_pull_request,
    "shallow": checkouts.shallow_clone,
    "single-branch": checkouts.single_branch,
    "detached": checkouts.detached,
    "no-origin-head": checkouts.without_origin_head,
}
ONE_SCREEN: Final = 12
ESTIMATE: Final = ("estimate", "--category", "docs", "--complexity", "low", "create:docs/a.md")


Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Server]:
    """The server with an accepted branch of this name, made once and never changed."""

    @cache
    def made(default: str) -> Server:
        root = tmp_path_factory.mktemp("server") / "registry"
        for folder in ("coefficients", "samples"):
            shutil.copytree(SHIPPED / folder, root / folder)
        return server(root, default=default)

    return made


@pytest.fixture
def serve(registry: Path, served: Callable[[str], Server]) -> Serve:
    """Make the registry a server with a short history, and a proposal that is to be stopped."""

    def run(*, default: str = "main") -> Server:
        there = served(default)
        shutil.rmtree(registry)
        shutil.copytree(there.root, registry)
        return replace(there, root=registry)

    return run


def remedy(outcome: Outcome) -> str:
    """The command that an error ends with."""
    assert outcome.code == 5, outcome.text
    assert outcome.out == "", outcome.text
    lines = outcome.err.strip().splitlines()
    assert len(lines) <= ONE_SCREEN
    assert lines[-1].startswith("git "), outcome.err
    assert "--base REV" in outcome.err
    return lines[-1]


def judged(outcome: Outcome) -> dict[str, Any]:
    """The report on the proposal, which must not pass."""
    assert outcome.code == 1, outcome.text
    report: dict[str, Any] = json.loads(outcome.out)
    red = {rule["rule"] for rule in report["rules"] if rule["status"] != "pass"}
    assert red >= MUST_OBJECT
    assert report["alone"] is None
    return report


def base_of(outcome: Outcome) -> tuple[str, str]:
    base = json.loads(outcome.out)["base"]
    return base["name"], base["found_by"]


# --- Checkouts without a base
# --------------------------------------------------------------------------


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


# --- What a CI names
# -----------------------------------------------------------------------------------

NAMES: Final = {
    "COEFGATE_TARGET_BRANCH": "release/1.x",
    "GITHUB_BASE_REF": "release/1.x",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release/1.x",
    "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME": "release/1.x",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/release/1.x",
    "BITBUCKET_PR_DESTINATION_BRANCH": "release/1.x",
    "CHANGE_TARGET": "release/1.x",
}


def test_the_target_that_a_ci_names_judges(
    registry: Path, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    git(registry, "branch", "release/1.x", "main~1")
    git(registry, "tag", "release/1.x", "pr")  # a tag of the same name judges nothing
    git(registry, "tag", "origin/release/1.x", "pr")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch=pr", there.url, str(clone))
    target = git(registry, "rev-parse", "refs/heads/release/1.x")
    for variable, name in NAMES.items():
        found = judged(
            coefgate("gate", "--format", "json", cwd=clone, environment={variable: name})
        )
        assert found["base"]["revision"] == target
        assert (found["base"]["name"], found["base"]["found_by"]) == (
            "origin/release/1.x",
            variable,
        )


def test_a_base_that_is_named_judges_whatever_a_ci_names_and_else_the_default_branch(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch=pr", serve().url, str(clone))
    ci = dict.fromkeys(NAMES, "x")
    asked = coefgate(
        "gate", "--base", "origin/main", "--format", "json", cwd=clone, environment=ci
    )
    assert base_of(asked) == ("origin/main", "--base")
    assert base_of(coefgate("gate", "--format", "json", cwd=clone)) == (
        "origin/main",
        "origin/HEAD",
    )


@pytest.mark.parametrize("checkout", ["pull-request", "shallow", "single-branch", "detached"])
def test_a_target_that_is_not_here_gives_way_to_no_other(
    checkout: str, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    clone = CHECKOUTS[checkout](there, tmp_path / "clone")
    git(
        clone, "update-ref", "refs/remotes/fork/main", "HEAD"
    )  # a proposal may have a branch of that name
    git(clone, "branch", "main", "HEAD")
    named = {"GITHUB_BASE_REF": "main"}
    refused = coefgate("gate", cwd=clone, environment=named)
    command = remedy(refused)
    assert "GITHUB_BASE_REF names main" in refused.err
    assert command.endswith("origin +refs/heads/main:refs/remotes/origin/main")
    assert ("--unshallow" in command) == (
        git(clone, "rev-parse", "--is-shallow-repository") == "true"
    )
    typed(clone, command)
    found = judged(coefgate("gate", "--format", "json", cwd=clone, environment=named))
    assert (found["base"]["name"], found["base"]["found_by"]) == ("origin/main", "GITHUB_BASE_REF")


def test_a_hostile_name_is_quoted(serve: Serve, coefgate: Coefgate, tmp_path: Path) -> None:
    clone = checkouts.single_branch(serve(), tmp_path / "clone")
    git(clone, "update-ref", "refs/remotes/origin/main", "origin/pr")
    git(
        clone, "remote", "set-url", "origin", str(tmp_path / "nowhere")
    )  # which cannot say that it lacks it
    for branch in ("a $(touch pwned) b", "-x", "main; touch pwned", "*", "ma?n"):
        command = remedy(coefgate("gate", cwd=clone, environment={"CHANGE_TARGET": branch}))
        subprocess.run(["sh", "-ec", command], cwd=clone, capture_output=True, check=False)
        assert not (clone / "pwned").exists(), branch


@pytest.mark.parametrize("empty", [True, False])
def test_a_target_that_the_remote_lacks_is_fetched_by_no_command(
    empty: bool, registry: Path, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    url = (tmp_path / "empty.git").as_uri() if empty else there.url
    git(registry, "remote", "add", "origin", url)
    refused = coefgate("gate", environment={"GITHUB_BASE_REF": "main" if empty else "mai?"})
    assert refused.code == 5, refused.text
    assert f"origin has no {'branches yet' if empty else 'branch of that name'}" in refused.err
    assert refused.err.strip().endswith("coefgate gate --base REV")
    assert "git fetch" not in refused.err


# --- Several remotes
# -----------------------------------------------------------------------------------


def pushing(clone: Path, remote: str) -> dict[str, str]:
    """What a hook is told in a push."""
    return {"PRE_COMMIT_REMOTE_NAME": remote, "PRE_COMMIT_TO_REF": git(clone, "rev-parse", "HEAD")}


def clone_with_remotes(there: Server, clone: Path, *, own: str, other: str) -> Path:
    """The proposal is checked out. It is the ``main`` of the remote ``own``; ``other`` is the server."""
    git(clone.parent, "clone", "--quiet", "--bare", there.url, "own.git")
    git(clone.parent / "own.git", "branch", "--quiet", "--force", "main", "pr")
    git(clone.parent, "clone", "--quiet", f"--origin={own}", "own.git", str(clone))
    git(clone, "remote", "add", other, there.url)
    git(clone, "fetch", "--quiet", other)
    return clone


@pytest.mark.parametrize("by_address", [False, True])
def test_a_push_is_judged_by_what_it_goes_to_and_not_by_a_fork(
    by_address: bool, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    clone = clone_with_remotes(there, tmp_path / "clone", own="origin", other="upstream")
    told = pushing(clone, there.url if by_address else "upstream")
    found = judged(
        coefgate("gate", "--head", "hook", "--format", "json", cwd=clone, environment=told)
    )
    assert (found["base"]["name"], found["base"]["found_by"]) == ("upstream/main", "main")


def test_of_several_remotes_none_is_taken_by_its_name(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    clone = clone_with_remotes(serve(), tmp_path / "clone", own="fork", other="upstream")
    for arguments, told in (
        ((), {}),
        ((), {"GITHUB_BASE_REF": "main"}),
        (("--head", "hook"), pushing(clone, "ssh://example.org/elsewhere")),
    ):
        refused = coefgate("gate", *arguments, cwd=clone, environment=told)
        assert refused.code == 5, refused.text
        assert "the remotes fork and upstream" in refused.err
        assert refused.err.strip().endswith("coefgate gate --base REV")
    judged(coefgate("gate", "--base", "upstream/main", "--format", "json", cwd=clone))
    for arguments, told in (
        (("--head", "hook"), pushing(clone, "upstream")),
        (("--head", "hook"), {**pushing(clone, "upstream"), "GITHUB_BASE_REF": "main"}),
    ):
        judged(coefgate("gate", *arguments, "--format", "json", cwd=clone, environment=told))
    git(clone, "remote", "rename", "upstream", "origin")
    judged(coefgate("gate", "--format", "json", cwd=clone))


@pytest.mark.parametrize("depth", [(), ("--depth=1",)])
def test_a_push_to_an_address_says_how_it_becomes_a_remote(
    depth: tuple[str, ...], serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", *depth, "--branch=pr", there.url, str(clone))
    git(clone, "remote", "remove", "origin")
    told = pushing(clone, there.url)
    typed(clone, remedy(coefgate("gate", "--head", "hook", cwd=clone, environment=told)))
    found = judged(
        coefgate("gate", "--head", "hook", "--format", "json", cwd=clone, environment=told)
    )
    assert (found["base"]["name"], found["base"]["found_by"]) == ("origin/main", "origin/HEAD")


# --- Names of branches
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main", "master", "trunk"])
@pytest.mark.parametrize("where", ["remote", "local"])
def test_a_default_branch_by_its_name(
    name: str, where: str, serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = serve(default=name)
    root = (
        checkouts.without_origin_head(there, tmp_path / "clone")
        if where == "remote"
        else there.root
    )
    git(root, "checkout", "--quiet", "--detach", "origin/pr" if where == "remote" else "pr")
    if name == "trunk":
        assert coefgate("gate", cwd=root).code == 5
        git(root, "config", "init.defaultBranch", "trunk")
    found = judged(coefgate("gate", "--format", "json", cwd=root))
    assert found["base"]["name"] == (f"origin/{name}" if where == "remote" else name)
    assert found["base"]["found_by"] == ("init.defaultBranch" if name == "trunk" else name)


def registry_after_main(root: Path, *, accepted_on: str | None) -> Server:
    """A server whose ``main`` holds no registry; ``pr`` brings one, or spoils what is ``accepted_on``."""
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "commit", "--quiet", "--allow-empty", "--message=a placeholder")
    git(root, "switch", "--quiet", "--create", accepted_on or "pr")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=a registry")
    if accepted_on:
        git(root, "switch", "--quiet", "--create=pr")
        spoil(root)
        git(root, "commit", "--quiet", "--all", "--message=proposed")
    git(root, "switch", "--quiet", "--detach", accepted_on or "main")
    git(root, "merge", "--quiet", "--no-ff", "--message=merged", "pr")
    merge = git(root, "rev-parse", "HEAD")
    git(root, "switch", "--quiet", accepted_on or "main")
    return Server(root, accepted_on or "main", merge)


@pytest.mark.parametrize("merged", [False, True])
def test_main_without_a_registry_is_no_target_beside_a_branch_that_has_one(
    merged: bool, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = registry_after_main(registry, accepted_on="develop")
    clone = checkouts.without_origin_head(there, tmp_path / "clone")
    if merged:
        git(clone, "fetch", "--quiet", "origin", there.merge)
        git(clone, "checkout", "--quiet", "--detach", there.merge)
    for head in ("worktree", "HEAD"):
        refused = coefgate("gate", "--head", head, cwd=clone)
        remedy(refused)
        assert "there is one on origin/develop. Name the target" in refused.err
    judged(coefgate("gate", "--base", "origin/develop", "--format", "json", cwd=clone))
    typed(clone, remedy(coefgate("gate", "--head", "hook", cwd=clone)))
    found = coefgate("gate", "--format", "json", cwd=clone)
    judged(found)
    assert base_of(found) == ("origin/develop", "origin/HEAD")


@pytest.mark.parametrize("merged", [False, True])
def test_a_first_registry_has_branches_of_its_own(
    merged: bool, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = registry_after_main(registry, accepted_on=None)
    clone = checkouts.without_origin_head(there, tmp_path / "clone")
    if merged:
        git(clone, "fetch", "--quiet", "origin", there.merge)
        git(clone, "checkout", "--quiet", "--detach", there.merge)
    for head in ("worktree", "HEAD", "hook"):
        found = coefgate("gate", "--head", head, "--format", "json", cwd=clone)
        assert alone(found) == "the base origin/main holds no registry yet"


def test_of_many_branches_with_a_registry_few_are_named(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    there = registry_after_main(registry, accepted_on="develop")
    for number in range(5):
        git(registry, "branch", f"at-{number}", "develop")
    clone = checkouts.without_origin_head(there, tmp_path / "clone")
    refused = coefgate("gate", cwd=clone)
    remedy(refused)
    assert "origin/at-0, origin/at-1, origin/at-2 and 3 more" in refused.err


def test_a_branch_here_is_no_judge_beside_a_remote(
    serve: Serve, coefgate: Coefgate, tmp_path: Path
) -> None:
    """``git init``, and the proposal fetched into what is checked out: ``main`` is the proposal itself."""
    there = serve()
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=main")
    git(clone, "remote", "add", "origin", there.url)
    git(clone, "pull", "--quiet", there.url, "pr")
    typed(clone, remedy(coefgate("gate", cwd=clone)))
    judged(coefgate("gate", "--format", "json", cwd=clone))


def test_every_rendering_names_the_base(serve: Serve, coefgate: Coefgate, tmp_path: Path) -> None:
    clone = checkouts.single_branch(serve(), tmp_path / "clone")
    git(clone, "fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main")
    named = {"GITHUB_BASE_REF": "main"}
    for form in ("text", "markdown"):
        found = coefgate("gate", "--format", form, cwd=clone, environment=named)
        assert found.code == 1
        assert "origin/main by GITHUB" in found.out.replace("`", ""), found.out


# --- Nothing before
# ------------------------------------------------------------------------------------


def alone(outcome: Outcome) -> str:
    """Why a state was judged by itself; it must pass."""
    assert outcome.code == 0, outcome.text
    report = json.loads(outcome.out)
    assert report["base"] is None
    assert len(report["rules"]) == 4
    asked = report["alone"] == "asked for with --at"
    assert (f"nothing is compared, since {report['alone']}" in outcome.err) != asked
    reason: str = report["alone"]
    return reason


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
    """Where there is no git, CI may fetch an archive in the place of a clone."""
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
# -------------------------------------------------------------


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
    assert f"{worktree}/.git leads to no repository (gitdir: {root}/.git/worktrees/" in refused.err
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
# ------------------------------------------------------------------------------------


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
