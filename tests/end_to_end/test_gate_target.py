"""Which branch judges: named by a CI, the remote, or its default; never by its mere name."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end import checkouts
from tests.end_to_end.checkouts import (
    CHECKOUTS,
    Server,
    alone,
    base_of,
    git,
    judged,
    remedy,
    spoil,
    typed,
)
from tests.end_to_end.conftest import Coefgate, Serve

# --- What a CI names


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


def pushing(clone: Path, remote: str) -> dict[str, str]:
    """What a hook is told in a push."""
    return {"PRE_COMMIT_REMOTE_NAME": remote, "PRE_COMMIT_TO_REF": git(clone, "rev-parse", "HEAD")}


def clone_with_remotes(there: Server, clone: Path, *, own: str, other: str) -> Path:
    """The proposal, checked out, is ``main`` of the remote ``own``; ``other`` is the server."""
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
    """A server whose ``main`` has no registry; ``pr`` brings or spoils one (``accepted_on``)."""
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
    """``git init``, and the proposal fetched into the checkout: ``main`` is the proposal."""
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
