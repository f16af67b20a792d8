"""``coefgate rollback --push``: what was pushed, and what is left to push."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.releases import (
    LOW,
    Git,
    clone,
    commit,
    digest_of,
    meanwhile,
    minor,
    once,
    origin,
    origin_of_twice,
    prepared,
    releasable,
    succeeded,
    three,
    twice,
)

__all__ = [
    "minor",
    "once",
    "origin",
    "origin_of_twice",
    "prepared",
    "releasable",
    "three",
    "twice",
]


def test_what_was_not_pushed_is_pushed_the_next_time(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    succeeded(coefgate("rollback"))
    found = succeeded(coefgate("rollback"))
    assert found.out.splitlines()[-1] == "next: git push --atomic origin main coefficients/v1.0.2"
    found = succeeded(coefgate("rollback", "--push"))
    assert found.out.splitlines()[-1] == "pushed: branch and coefficients/v1.0.2 to origin"
    assert elsewhere(origin_of_twice, "rev-parse", "main") == git("rev-parse", "HEAD")


def _left(coefgate: Coefgate, *arguments: str) -> tuple[str, bool | None, str | None]:
    """Where there is nothing to do: the last line, and what a program is told of the push."""
    line = succeeded(coefgate("rollback", *arguments)).out.splitlines()[-1]
    said = _object(succeeded(coefgate("rollback", *arguments, "--format", "json")))
    assert said["status"] == "nothing"
    return line, said["pushed"], said["next"]


PUSH = "git push --atomic origin main coefficients/v1.0.2"
ALL_IS_THERE = ("nothing to push: origin has branch and coefficients/v1.0.2", True, None)


@pytest.mark.parametrize("again", [["--push"], [], ["--dry-run"], ["--dry-run", "--push"]])
def test_what_was_pushed_asks_for_no_push(
    again: list[str], twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    succeeded(coefgate("rollback", "--push"))
    assert _left(coefgate, *again) == ALL_IS_THERE


def test_of_a_push_only_what_is_left_is_asked_for(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    succeeded(coefgate("rollback"))
    git("push", "-q", "origin", "main")
    assert (
        _left(coefgate) == _left(coefgate, "--push", "--dry-run") == (f"next: {PUSH}", False, PUSH)
    )
    git(*PUSH.split()[1:])
    assert _left(coefgate) == ALL_IS_THERE


def test_a_release_that_was_pushed_beside_the_branch_is_there_and_has_to_be_merged(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path, tmp_path: Path
) -> None:
    succeeded(coefgate("rollback"))
    git("push", "-q", "--atomic", "origin", "main:coefficients-1.0.2", "coefficients/v1.0.2")
    merge = f"but not in main. Merge the pull request that brings it, or: {PUSH}"
    behind = (f"origin has coefficients/v1.0.2, {merge}", False, PUSH)
    assert _left(coefgate) == _left(coefgate, "--push") == behind
    other = clone(git, origin_of_twice, tmp_path / "other")
    elsewhere(other, "merge", "-q", "--no-ff", "origin/coefficients-1.0.2")
    elsewhere(other, "push", "-q", "origin", "main")
    pull = "git pull --no-rebase --tags origin main"
    assert _left(coefgate)[0] == (
        "origin has coefficients/v1.0.2, and origin has commits on main that are not here. "
        f"Get what is there with: {pull}."
    )
    git(*pull.split()[1:])
    assert _left(coefgate) == _left(coefgate, "--push") == ALL_IS_THERE


def test_a_server_that_does_not_answer_is_no_server_that_has_it(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    succeeded(coefgate("rollback", "--push"))
    origin_of_twice.rename(f"{origin_of_twice}.gone")
    said = succeeded(coefgate("rollback")).out
    assert "not known whether origin has coefficients/v1.0.2: git ls-remote failed" in said
    assert _left(coefgate) == (f"If it has not: {PUSH}", None, PUSH)


def test_what_others_pushed_while_an_earlier_release_is_pushed_comes_first(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path, tmp_path: Path
) -> None:
    other = clone(git, origin_of_twice, tmp_path / "other")
    elsewhere(other, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    succeeded(coefgate("rollback"))
    meanwhile(twice, other, "main")
    found = coefgate("rollback", "--push")
    pull = "git pull --no-rebase --tags origin main"
    assert found.code == 5
    assert found.err.endswith(
        f"origin has commits on main that are not here. Get what is there with: {pull}; then do "
        "this again.\n"
    )
    (twice / ".git/hooks/pre-push").unlink()
    git(*pull.split()[1:])
    assert _left(coefgate, "--push")[1] is True


def _object(found: Outcome) -> dict[str, Any]:
    document = json.loads(found.out)
    assert isinstance(document, dict)
    return document


def test_a_program_is_told_what_was_done(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    good = digest_of(twice, "coefficients/v1.0.0")
    plan = {
        "version": "1.0.2",
        "tag": "coefficients/v1.0.2",
        "last": "1.0.1",
        "level": "patch",
        "reasons": ["it has the values of 1.0.0 again"],
        "restores": "1.0.0",
        "digest": good,
        "verdict": "pass",
        "headline": "RESTORE",
        "failed": [],
        "back_to": "1.0.0",
        "withdrawn": ["1.0.1"],
    }
    found = _object(succeeded(coefgate("rollback", "--dry-run", "--format", "json")))
    assert found == plan | {
        "status": "planned",
        "commit": None,
        "files": [],
        "pushed": False,
        "next": None,
    }
    found = _object(succeeded(coefgate("rollback", "--push", "--format", "json")))
    names = ("coefficients-1.0.2.json", "coefficients-1.0.2.json.sha256", "index.json")
    made = {
        "commit": git("rev-parse", "HEAD"),
        "files": [str(twice / "dist" / name) for name in names],
    }
    assert [Path(file).name for file in found["files"]] == list(names)
    assert found | made == plan | made | {"status": "released", "pushed": True, "next": None}
    assert found["commit"] == made["commit"]
    found = _object(succeeded(coefgate("rollback", "--format", "json")))
    said = {
        "status": "nothing",
        "version": "1.0.2",
        "tag": plan["tag"],
        "digest": good,
        "next": None,
    }
    assert found == said | {"commit": made["commit"], "files": [], "pushed": True}


def test_a_program_is_told_of_a_gate_that_says_no(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(once, git, LOW)
    found = coefgate("release", "--format", "json")
    assert found.code == 1
    said = _object(found)
    assert (said["status"], said["version"], said["verdict"]) == ("refused", "1.0.1", "fail")
    assert "stratum-regression" in said["failed"]
    assert "1.0.1 is not released" in found.err


def test_a_program_is_told_what_was_made_although_the_push_is_refused(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    hook = releasable / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    found = coefgate("release", "--push", "--format", "json")
    assert (found.code, "nothing of it was pushed" in found.err) == (5, True)
    said = _object(found)
    command = "git push --atomic origin main coefficients/v1.0.0"
    assert (said["status"], said["pushed"], said["next"]) == ("released", False, command)
    hook.unlink()
    found = succeeded(coefgate("release", "--push", "--format", "json"))
    assert (_object(found)["status"], _object(found)["pushed"]) == ("nothing", True)
    found = succeeded(coefgate("release", "--assets", "1.0.0", "--format", "json"))
    assert [Path(file).name for file in _object(found)["files"]][-1] == "index.json"


def test_a_rollback_arrives_at_the_server_in_one_piece(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path
) -> None:
    found = succeeded(coefgate("rollback", "--push", "--reason", "cuts off"))
    assert found.out.endswith("pushed: branch and coefficients/v1.0.2 to origin\n")
    heads = elsewhere(
        origin_of_twice, "rev-parse", "main", "coefficients/v1.0.2^{commit}"
    ).splitlines()
    assert heads == [git("rev-parse", "HEAD")] * 2


def test_two_people_go_back_at_once_and_one_of_them_does_it_again(
    twice: Path, git: Git, coefgate: Coefgate, origin_of_twice: Path, tmp_path: Path
) -> None:
    base = git("rev-parse", "HEAD")
    other = clone(git, origin_of_twice, tmp_path / "other")
    succeeded(coefgate("rollback", cwd=other))
    meanwhile(twice, other, "main", "coefficients/v1.0.2")
    found = coefgate("rollback", "--push")
    assert found.code == 5
    take_back = f"git tag -d coefficients/v1.0.2 && git reset --keep {base[:12]}"
    assert f"Take this release back: {take_back}. Get what is there with: git pull" in found.err
    assert "Then again" not in found.err
    (twice / ".git/hooks/pre-push").unlink()
    git("tag", "-d", "coefficients/v1.0.2")
    git("reset", "-q", "--keep", base[:12])
    git("pull", "-q", "--no-rebase", "--tags", "origin", "main")
    assert digest_of(twice) == digest_of(twice, "coefficients/v1.0.0")
    assert succeeded(coefgate("rollback", "1.0.0", "--push")).out.startswith("nothing to do: ")


def test_changed_samples_are_no_hindrance_and_stay(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    (three / "samples/autopack/notes").write_text("mine", "utf-8")
    (three / "page.md").write_text("mine", "utf-8")
    git("add", "page.md")
    succeeded(coefgate("rollback"))
    assert git("status", "--porcelain").splitlines() == [
        "A  page.md",
        "?? dist/",
        "?? samples/autopack/notes",
    ]
