"""``coefgate rollback``: the old values, the old digest, a patch release, and what came between withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.releases import (
    ALIAS,
    LOW,
    TIGHTER,
    Git,
    clone,
    commit,
    digest_of,
    edit,
    meanwhile,
    minor,
    once,
    origin,
    origin_of_twice,
    prepared,
    releasable,
    release_of,
    released,
    state,
    succeeded,
    three,
    twice,
)
from tests.end_to_end.test_gate_places import elsewhere

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

GATES = "coefficients/gates.yaml"
DOCS = "coefficients/overhead/docs.yaml"
YANKED = "coefficients/yanked.yaml"
DAY = {
    "GIT_COMMITTER_DATE": "2026-01-15T23:30:00-0500",
    "GIT_AUTHOR_DATE": "2026-01-15T23:30:00-0500",
}


def test_a_rollback_brings_back_the_digest_and_withdraws_what_came_after(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    bad, good = digest_of(three), digest_of(three, "coefficients/v1.0.0")
    found = succeeded(coefgate("rollback", "1.0.0", "--reason", 'cuts "off"', environment=DAY))
    assert digest_of(three) == good
    lines = found.out.splitlines()
    values, section = git("rev-parse", "HEAD~1", "HEAD").splitlines()
    assert lines[:-2] == [
        f"back to: 1.0.0, from {bad}",
        "withdrawn: 1.1.0, 1.0.1",
        "coefficients 1.1.1 after 1.1.0",
        "why: patch: it has the values of 1.0.0 again",
        f"digest: {good}, which is that of 1.0.0",
        "gate: RESTORE (1.0.0 was released with these values: today's figures block nothing)",
        f"commits: {values} (coefficients/) and {section} (CHANGELOG.md)",
        "tag: coefficients/v1.1.1",
    ]
    assert lines[-1] == "next: git push --atomic REMOTE main coefficients/v1.1.1"
    release = release_of(three, "1.1.1")
    assert release.snapshot.digest == good
    assert [
        (yank.version, yank.date, yank.reason, yank.replacement) for yank in release.yanked
    ] == [
        ("1.1.0", "2026-01-15", 'cuts "off"', "1.1.1"),
        ("1.0.1", "2026-01-15", 'cuts "off"', "1.1.1"),
    ]
    changed = git("diff", "--name-only", "coefficients/v1.1.0", "HEAD").splitlines()
    assert changed == [
        "CHANGELOG.md",
        "coefficients/gates.yaml",
        "coefficients/guardrails.yaml",
        "coefficients/marginal_costs.yaml",
        DOCS,
        YANKED,
    ]
    assert git("diff", "--name-only", "HEAD~2", "HEAD", "--", *changed[1:3], "samples") == ""
    assert git("log", "-1", "--format=%B", "HEAD~1").splitlines() == [
        "Roll back the coefficients to 1.0.0",
        "",
        'cuts "off"',
        "",
        "Withdrawn: 1.1.0, 1.0.1",
        f"Digest: {good}",
    ]
    assert "## coefficients/v1.1.1 (2026-01-15)" in (three / "CHANGELOG.md").read_text("utf-8")
    assert git("status", "--porcelain") == "?? dist/"
    assert (three / YANKED).read_text("utf-8").startswith("# yaml-language-server")
    assert coefgate("check").code == 0


def _way_back_of(root: Path, version: str) -> list[tuple[str, str | None]]:
    return [(yank.version, yank.replacement) for yank in release_of(root, version).yanked]


def test_unless_told_otherwise_it_goes_to_the_newest_release_with_other_values(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")
    assert _way_back_of(three, "1.1.1") == [("1.1.0", "1.1.1")]


def test_once_more_goes_no_further(three: Path, git: Git, coefgate: Coefgate) -> None:
    succeeded(coefgate("rollback"))
    before = state(three, git)
    found = succeeded(coefgate("rollback"))
    assert found.out.splitlines() == [
        "nothing to do: these coefficients are released, and what came after them is withdrawn",
        "to go further back: coefgate rollback VERSION",
    ]
    assert state(three, git) == before
    succeeded(coefgate("rollback", "1.0.0"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.0")
    assert _way_back_of(three, "1.1.2") == [
        ("1.1.1", "1.1.2"),
        ("1.0.1", "1.1.2"),
        ("1.1.0", "1.1.1"),
    ]
    assert succeeded(coefgate("rollback")).out.startswith("nothing to do: ")


def test_what_was_gone_back_to_with_git_is_completed_and_not_undone(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    good = digest_of(twice, "coefficients/v1.0.0")
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.0.2"
    found = succeeded(coefgate("rollback", "--reason", "cuts off"))
    assert found.out.startswith(f"back to: 1.0.0, from {good}\n")
    assert digest_of(twice) == good
    assert _way_back_of(twice, "1.0.3") == [("1.0.1", "1.0.3")]
    commit(twice, git, ALIAS)
    assert released(coefgate) == "1.1.0"
    succeeded(coefgate("rollback"))
    assert digest_of(twice) == good
    assert _way_back_of(twice, "1.1.1") == [("1.1.0", "1.1.1"), ("1.0.1", "1.0.3")]


def test_what_goes_to_and_fro_asks_for_a_version(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback", "1.0.1"))
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.1.2"
    before = state(three, git)
    found = coefgate("rollback")
    assert found.code == 2
    assert found.err.endswith(
        "it is not clear which release to go back to: 1.1.1 went back past 1.1.0 before. "
        "Name one of 1.1.2, 1.1.1, 1.1.0, 1.0.1, 1.0.0: coefgate rollback VERSION\n"
    )
    assert state(three, git) == before
    succeeded(coefgate("rollback", "1.1.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_where_all_that_came_before_is_withdrawn_nothing_is_gone_back_to(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    rows = '  - {version: 1.0.0, date: "2026-11-01", reason: bad, replacement: 1.0.1}\n'
    (twice / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")
    before = state(twice, git)
    found = coefgate("rollback")
    assert (found.code, "no release before 1.0.1 has other values" in found.err) == (2, True)
    assert state(twice, git) == before


def test_a_release_that_was_withdrawn_by_hand_is_not_stayed_on(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.0.2"
    rows = '  - {version: 1.0.2, date: "2026-11-01", reason: bad, replacement: null}\n'
    (twice / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")
    found = coefgate("rollback")
    assert (found.code, "1.0.2 went back past 1.0.1 before" in found.err) == (2, True)


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


def test_files_that_came_in_go_and_those_that_went_come_back(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    overhead = once / "coefficients/overhead"
    (overhead / "deployment.yaml").rename(overhead / "delivery.yaml")
    edit(
        once, ("coefficients/overhead/delivery.yaml", "category: deployment", "category: delivery")
    )
    git("add", "-A", "coefficients")
    git("rm", "-q", "--cached", YANKED)
    (once / YANKED).unlink()
    git("commit", "-qm", "rename")
    assert released(coefgate, "--major") == "2.0.0"
    succeeded(coefgate("rollback", "v1.0.0"))
    assert (overhead / "deployment.yaml").is_file()
    assert not (overhead / "delivery.yaml").exists()
    assert (once / YANKED).is_file()
    assert digest_of(once) == digest_of(once, "coefficients/v1.0.0")
    assert [yank.version for yank in release_of(once, "2.0.1").yanked] == ["2.0.0"]


def test_values_that_were_never_released_are_taken_back_as_well(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, LOW)
    assert coefgate("release").code == 1
    succeeded(coefgate("rollback", "coefficients/v1.0.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_coefficients_that_cannot_be_read_are_no_hindrance(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, (DOCS, "tokens: 15490", "tokens: -1"))
    assert coefgate("check").code == 3
    found = succeeded(coefgate("rollback", "1.0.1"))
    assert found.out.startswith("back to: 1.0.1, from coefficients that cannot be read\n")
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_what_stays_has_to_be_readable_and_the_way_on_is_told(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, (GATES, "mean_below: 49", "mean_below: ["))
    before = state(three, git)
    found = coefgate("rollback", "1.0.1")
    assert (found.code, GATES in found.err) == (3, True)
    assert "git checkout TAG -- FILE && git commit; then do this again" in found.err
    assert state(three, git) == before
    git("checkout", "coefficients/v1.1.0", "--", GATES)
    git("commit", "-qm", "readable gates")
    succeeded(coefgate("rollback", "1.0.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_a_way_back_that_is_reverted_says_what_is_no_longer_withdrawn(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback", "1.0.1"))
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.1.2"
    assert digest_of(three) == digest_of(three, "coefficients/v1.1.0")
    section = (three / "CHANGELOG.md").read_text("utf-8").split("## ")[1]
    assert section.rstrip().endswith("- no longer withdrawn: 1.1.0")


def test_what_was_reverted_by_hand_is_only_withdrawn_and_released(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    git("checkout", "coefficients/v1.0.1", "--", DOCS)
    git("commit", "-qm", "by hand")
    found = succeeded(coefgate("rollback", "--reason", "too low"))
    assert git("show", "--name-only", "--format=", "HEAD~1") == YANKED
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")
    assert "withdrawn: 1.1.0" in found.out
    found = succeeded(coefgate("rollback", "1.0.1"))
    assert found.out.startswith("nothing to do: ")


def test_where_runners_are_already_there_is_nothing_to_release(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, LOW)
    before = state(three, git)
    found = coefgate("rollback", "1.1.0")
    assert (found.code, "the newest release, 1.1.0, has the values of 1.1.0" in found.err) == (
        2,
        True,
    )
    assert state(three, git) == before


def test_a_dry_run_moves_nothing(three: Path, git: Git, coefgate: Coefgate) -> None:
    before = state(three, git)
    found = succeeded(coefgate("rollback", "--dry-run"))
    assert state(three, git) == before
    assert "withdrawn: 1.1.0" in found.out
    assert "- withdrawn: 1.1.0 (use 1.1.1 instead): `rolled back to 1.0.1`" in found.out
    assert found.out.endswith("dry run: nothing was written\n")


def test_a_reason_is_whatever_the_list_may_hold(three: Path, coefgate: Coefgate) -> None:
    found = succeeded(coefgate("rollback", "--dry-run", "--reason", " 50\u00a0% too low "))
    assert (
        "- withdrawn: 1.1.0 (use 1.1.1 instead): `50 % too low`" in found.out
    )  # as markdown shows it


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


def _changed(root: Path, _git: Git) -> None:
    edit(root, (DOCS, "tokens: 15490", "tokens: 15480"))


def _broken_yanks(root: Path, git: Git) -> None:
    (root / YANKED).write_text("yanked: [\n", "utf-8")
    git("commit", "-qam", "broken")


def _odd_yanks(root: Path, git: Git) -> None:
    (root / YANKED).write_text("? yanked\n: !!seq []\n", "utf-8")
    git("commit", "-qam", "odd")


def _yanked(root: Path, git: Git) -> None:
    rows = '  - {version: 1.0.1, date: "2026-11-01", reason: bad, replacement: null}\n'
    (root / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")


def _nothing(root: Path, git: Git) -> None:
    """All is as it was."""


def _lying(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    git("tag", "-d", "coefficients/v1.0.1")
    message = message.replace('"version":"1.0.0"', '"version":"1.0.1"')
    commit_of = git("rev-list", "-1", "HEAD~3")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.1", commit_of)


@pytest.mark.parametrize(
    ("prepare", "arguments", "code", "words"),
    [
        (_changed, [], 2, f"this is not: {DOCS}."),
        (_broken_yanks, [], 3, YANKED),
        (_odd_yanks, [], 3, YANKED),
        (
            _yanked,
            ["1.0.1"],
            2,
            (
                "1.0.1 was withdrawn itself (bad). Those that stand are 1.1.0, 1.0.0: coefgate "
                "rollback VERSION"
            ),
        ),
        (
            _nothing,
            ["1.4.0"],
            2,
            "'1.4.0' is no release of this branch. The releases are 1.1.0, 1.0.1, 1.0.0",
        ),
        (_nothing, ["main"], 2, "'main' is no release"),
        (_nothing, ["--reason", "a\nb"], 2, "a reason is one line of 1 to 500 visible characters"),
        (
            _nothing,
            ["--reason", "a\udce4b"],
            2,
            "a reason is one line of 1 to 500 visible characters",
        ),
        (_nothing, ["--reason", " "], 2, "a reason is one line"),
        (_nothing, ["--push"], 2, "git remote add origin URL"),
        (_nothing, ["--output", "coefficients/x"], 2, "lies in coefficients/"),
        (_lying, ["1.0.1"], 3, "the files of 1.0.1 give the digest"),
    ],
)
def test_what_cannot_be_gone_back_to_leaves_everything_as_it_was(
    prepare: Callable[[Path, Git], None],
    arguments: list[str],
    code: int,
    words: str,
    *,
    three: Path,
    git: Git,
    coefgate: Coefgate,
) -> None:
    prepare(three, git)
    before = state(three, git)
    found = coefgate("rollback", *arguments)
    assert found.code == code, found.err
    assert words in found.err
    assert state(three, git) == before


def test_before_the_first_release_there_is_nothing_to_go_back_to(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    found = coefgate("rollback")
    assert (found.code, "nothing was released yet" in found.err) == (2, True)


def test_a_way_back_that_is_no_restore_is_held_to_the_rules(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(releasable, git, LOW)
    git("tag", "-a", "-m", "by hand", "coefficients/v1.0.0")
    commit(releasable, git, (LOW[0], LOW[2], LOW[1]))
    git("tag", "-a", "-m", "by hand", "coefficients/v1.0.1")
    commit(releasable, git, TIGHTER, (DOCS, "tokens: 15490", "tokens: -1"))
    before = state(releasable, git)
    found = coefgate("rollback")
    assert found.code == 1
    assert "stratum-regression fails" in found.out
    assert found.err.endswith(
        "the way back to 1.0.0 does not pass the gate; nothing has changed\n"
    )
    assert state(releasable, git) == before
