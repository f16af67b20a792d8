"""``coefgate samples propose``: a commit on a branch of its own, and nothing else is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from coefgate.samples.model import fields_of, stored_line
from coefgate.use_cases.propose_samples import propose_samples
from tests.end_to_end.checkouts import git as git_in
from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.stored_calls import append, is_eligible, new_calls, stored

BRANCH = "proposed-samples"


@pytest.fixture
def git(git: Git) -> Git:
    """Where git knows who commits."""
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    return git


@pytest.fixture
def calls(registry: Path, tmp_path: Path) -> Path:
    """Six new calls of a full cell, six of an empty one, each a phase; two that are not scored."""
    [like, *_] = stored(registry, is_eligible)
    drafts = new_calls(like, 6, category="tests", complexity="high", origin="agent")
    drafts += [
        one | {"phase_id": f"full-{n}", "reference": f"full:{n}"}
        for n, one in enumerate(new_calls(like, 6, origin="agent"))
    ]
    for number, one in enumerate(drafts):
        one["actual_output_tokens"] = 1000 + 100 * number
        one.pop("id")
    partial = drafts[0] | {"reference": "x:1", "phase_id": "x", "paths": "partial"}
    return _written(tmp_path / "calls.jsonl", [*drafts, partial, partial | {"reference": "x:2"}])


def _written(file: Path, drafts: Sequence[Mapping[str, Any]]) -> Path:
    file.write_text("".join(f"{json.dumps(one)}\n" for one in drafts), "utf-8")
    return file


def _state(registry: Path, git: Git) -> tuple[object, ...]:
    """Everything that a proposal must leave as it was."""
    files = {
        str(path.relative_to(registry)): path.read_bytes()
        for path in registry.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    index = (registry / ".git/index").read_bytes()
    return (
        files,
        index,
        git("symbolic-ref", "HEAD"),
        git("rev-parse", "main"),
        git("stash", "list"),
    )


def test_the_gate_judges_what_is_proposed(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    append(registry, "coefficients/registry.yaml", "# being edited\n")
    (registry / "notes.txt").write_text("staged")
    git("add", "notes.txt")
    before = _state(registry, git)
    found = coefgate("samples", "propose", str(calls), "--limit", "8", "--format", "json")
    assert found.code == 0, found.err
    assert _state(registry, git) == before
    told = json.loads(found.out)
    assert (told["branch"], told["base"], told["calls"], told["phases"]) == (BRANCH, "main", 8, 8)
    assert told["commit"] == git("rev-parse", BRANCH).strip()
    assert git("rev-parse", f"{BRANCH}~").strip() == git("rev-parse", "main").strip()
    # All of the empty cell, which stays behind the other; then two of that.
    filled = {
        f"{one['category']}.{one['complexity']}": one["after"]["phases"] - one["before"]["phases"]
        for one in told["cells"]
        if one["before"] != one["after"]
    }
    assert sum(filled.values()) == 8
    assert filled["tests.high"] == 6
    assert {reason: one["count"] for reason, one in told["left_out"].items()} == {
        "limit": 4,
        "partial": 1,
        "copy": 1,
    }
    assert told["left_out"]["partial"]["places"] in ([f"{calls}:13"], [f"{calls}:14"])
    [file] = told["files"]
    assert git("diff", "--name-status", "main", BRANCH).split() == ["A", file]
    assert file.startswith("samples/agent/")
    assert "Store 8 calls of 8 phases" in git("log", "-1", "--format=%s", BRANCH)
    judged = coefgate("gate", "--base", "main", "--head", BRANCH)
    assert judged.code == 0, judged.text


def test_again_proposes_nothing_that_is_stored_or_proposed(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    def propose(*options: str) -> dict[str, Any]:
        found = coefgate("samples", "propose", str(calls), *options, "--format", "json")
        assert found.code == 0, found.err
        told: dict[str, Any] = json.loads(found.out)
        return told

    first = propose("--limit", "5")
    second = propose("--limit", "100")
    assert (first["calls"], second["calls"]) == (5, 7)
    assert second["base"] == f"the branch {BRANCH}"
    assert second["parent"] == first["commit"]
    assert not set(first["chosen"]) & set(second["chosen"])
    third = propose()
    assert (third["calls"], third["commit"]) == (0, None)
    assert third["left_out"]["stored"]["count"] == 12
    assert git("rev-parse", BRANCH).strip() == second["commit"]
    # The same once they are accepted, under any branch.
    git("merge", "-q", "--ff-only", BRANCH)
    assert propose("--branch", "other")["calls"] == 0
    assert not git("branch", "--list", "other")
    # A branch that was accepted goes on from there.
    git("commit", "-q", "--allow-empty", "-m", "later")
    assert propose()["base"] == "main"


def test_a_dry_run_says_it_and_writes_nothing(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    before = _state(registry, git)
    objects = len(list((registry / ".git/objects").rglob("*")))
    found = coefgate("samples", "propose", str(calls), "--dry-run")
    assert (found.code, _state(registry, git)) == (0, before)
    assert "12 calls of 12 phases would be proposed on the branch proposed-samples" in found.out
    assert "tests.high" in found.out
    assert "its paths are not all known" in found.out
    assert not git("branch", "--list", BRANCH)
    assert len(list((registry / ".git/objects").rglob("*"))) == objects


def test_the_same_is_proposed_whatever_the_coefficients_are(
    registry: Path, coefgate: Coefgate, calls: Path
) -> None:
    """They may not decide which calls judge them. Without git a dry run takes the folder."""

    def chosen() -> list[str]:
        found = coefgate(
            *("samples", "propose", str(calls), "--dry-run", "--limit", "4", "--format", "json")
        )
        assert found.code == 0, found.err
        ids: list[str] = json.loads(found.out)["chosen"]
        return ids

    before = chosen()
    assert len(before) == 4
    margins = registry / "coefficients/safety_margins.yaml"
    text = margins.read_text("utf-8")
    changed = text.replace("factor: 1\n", "factor: 4\n", 1)
    assert changed != text
    margins.write_text(changed, "utf-8")
    assert chosen() == before


def test_in_a_folder_below_the_top(
    registry: Path, coefgate: Coefgate, calls: Path, git: Git, tmp_path: Path
) -> None:
    inner = registry / "models/ours"
    inner.mkdir(parents=True)
    for name in ("coefficients", "samples"):
        git("mv", name, f"models/ours/{name}")
    git("commit", "-qm", "moved")
    found = coefgate("samples", "propose", str(calls), "--format", "json", cwd=inner)
    assert found.code == 0, found.err
    [file] = json.loads(found.out)["files"]
    assert git("diff", "--name-only", "main", BRANCH).split() == [f"models/ours/{file}"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--branch", "main"), "the branch main is checked out in "),
        (("--branch", "a b"), "'a b' is not a branch name"),
        (("--branch", "-x"), "-x is not a branch name"),
        (("--branch", "@"), "@ is not a branch name"),
        (("--branch", "refs/heads/x"), "refs/heads/x is not a branch name"),
        (("--branch", "stands"), "stands points to another one, refs/heads/main, which would"),
        (("--base", "nowhere"), "'nowhere' names no commit here"),
        (("--limit", "0"), "Invalid value for '--limit'"),
    ],
)
def test_what_cannot_be_proposed_to(
    options: Sequence[str], said: str, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    git("symbolic-ref", "refs/heads/stands", "refs/heads/main")
    before = git("for-each-ref")
    found = coefgate("samples", "propose", str(calls), *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert git("for-each-ref") == before


def test_branches_of_other_folders_and_of_everybody_are_left_alone(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path, tmp_path: Path
) -> None:
    git("worktree", "add", "-q", "-b", "elsewhere", str(tmp_path / "other"))
    found = coefgate("samples", "propose", str(calls), "--branch", "elsewhere")
    assert found.code == 2
    assert f"the branch elsewhere is checked out in {tmp_path / 'other'}" in found.err
    git("switch", "-q", "-c", "work")
    found = coefgate("samples", "propose", str(calls), "--branch", "main")
    assert found.code == 2
    assert "main is the branch that changes go to" in found.err
    git("checkout", "-q", "--orphan", "unborn")
    found = coefgate("samples", "propose", str(calls), "--branch", "unborn", "--base", "main")
    assert found.code == 2
    assert f"the branch unborn is checked out in {registry}" in found.err
    found = coefgate("samples", "propose", str(calls), "--branch", "born", "--base", "main")
    assert found.code == 0, found.err
    # A branch below another's name is another branch.
    git("branch", f"{BRANCH}/x", "main")
    found = coefgate("samples", "propose", str(calls), "--base", "main")
    assert found.code == 5
    assert "refs/heads/proposed-samples" in found.err


def test_bad_lines_are_all_named_and_nothing_is_written(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text('{"origin": 7}\n', "utf-8")
    with calls.open("a", encoding="utf-8") as file:
        file.write("no JSON\n")
    found = coefgate("samples", "propose", str(calls), str(other))
    assert (found.code, found.out) == (3, "")
    assert f"{calls}:15:1" in found.err
    assert f"{other}:1:" in found.err
    assert not git("branch", "--list", BRANCH)
    found = coefgate("samples", "propose", str(tmp_path))
    assert found.code == 2
    assert "is no regular file. Name a file of JSON Lines" in found.err


def test_facts_that_all_calls_share_and_files_of_two_origins(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    facts = {"category": "docs", "complexity": "high", "truncated": False, "success": True}
    drafts = [
        facts | {"deliverables": [f"docs/{n}.md"], "actual_output_tokens": 700 + n}
        for n in range(3)
    ]
    file = _written(tmp_path / "a.jsonl", [drafts[0] | {"origin": "other"}, *drafts[1:]])
    options = ("--origin", "agent", "--fact", "unit=call", "--fact", "paths=real")
    found = coefgate("samples", "propose", str(file), *options, "--format", "json")
    assert found.code == 0, found.err
    told = json.loads(found.out)
    assert (told["calls"], len(told["files"])) == (3, 2)
    assert [path.split("/")[1] for path in told["files"]] == ["agent", "other"]


TABLE = """\
when,category,complexity,files,output_tokens,finish_reason,model,phase
2026-03-01 10:00:00,docs,high,docs/a.md,1200,stop,claude-sonnet-4-5,T-1
2026-03-01 10:05:00,docs,high,docs/b.md,2500,stop,claude-sonnet-4-5,T-2
2026-03-01 10:06:00,,,docs/c.md,900,stop,claude-sonnet-4-5,T-3
2026-03-01 10:07:00,docs,high,docs/d.md,n/a,stop,claude-sonnet-4-5,T-4
"""


def test_foreign_records(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path, tmp_path: Path
) -> None:
    table = tmp_path / "calls.csv"
    table.write_text(TABLE, "utf-8")
    asked = ("samples", "propose", str(table), "--as", "csv", "--origin", "agent")
    found = coefgate(*asked, "--limit", "1")
    assert found.code == 0, found.err
    said = " ".join(found.out.split())
    assert "1 call of 1 phase proposed on the branch proposed-samples, commit " in said
    assert "beside what is stored at main" in said
    assert "the source holds 4 calls: 3 new, 0 stored before, 1 that make no sample" in said
    assert "no output tokens stated 1 calls.csv:5" in said
    assert "a fact that scoring needs is not known 1 calls.csv:4" in said
    assert "of phases beyond the limit 1 calls.csv:" in said
    assert "next: coefgate gate --head proposed-samples" in said
    assert "next: git push -u origin proposed-samples" in said
    labels = _written(
        tmp_path / "labels.jsonl",
        [{"phase_id": f"T-{n}", "category": "docs", "complexity": "high"} for n in (1, 2, 3)],
    )
    found = coefgate(*asked, "--labels", str(labels), "--format", "json")
    assert found.code == 0, found.err
    told = json.loads(found.out)
    assert (told["calls"], told["left_out"]) == (2, {})
    assert told["files"][0].startswith("samples/agent/2026-03-01-")
    found = coefgate(*asked)
    assert "nothing to propose" in found.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--as", "nothing-known"), "nothing-known"),
        (("--as", "csv", "--fact", "unit=call"), "--fact states what samples leave out"),
        (("--unit", "call"), "Say which format it has with: --as FORMAT"),
    ],
)
def test_options_of_samples_and_of_foreign_records(
    options: Sequence[str], said: str, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    found = coefgate("samples", "propose", str(calls), *options)
    assert (found.code, found.out) == (2, "")
    assert said in found.err


def test_samples_of_a_stream(registry: Path, calls: Path) -> None:
    with calls.open("rb") as stream:
        found = propose_samples([stream], registry, dry_run=True)
    assert len(found.chosen) == 12
    assert {one.file for left in found.left_out.values() for one in left.first} == {"<stdin>"}


def test_where_nothing_is_committed(registry: Path, coefgate: Coefgate, calls: Path) -> None:
    found = coefgate("samples", "propose", str(calls))
    assert found.code == 5  # there is no repository
    git_in(registry, "init", "-q", "-b", "main")
    found = coefgate("samples", "propose", str(calls))
    assert found.code == 2
    assert "nothing is committed here yet" in found.err


def test_git_has_to_know_who_commits(git: Git, coefgate: Coefgate, calls: Path) -> None:
    git("config", "user.name", "")
    found = coefgate("samples", "propose", str(calls))
    assert found.code == 5
    assert "git does not know who commits" in found.err
    assert not git("branch", "--list", BRANCH)


def test_what_was_erased_does_not_come_back_by_a_branch_that_goes_on(
    registry: Path, git: Git, coefgate: Coefgate, calls: Path
) -> None:
    old = stored(registry, is_eligible)[0]
    assert coefgate("samples", "erase", old.id, "--reason", "a name").code == 0
    git("add", "-A")
    git("commit", "-qm", "erased")
    calls.write_bytes(calls.read_bytes() + stored_line(fields_of(old)))
    for _ in range(2):
        told = coefgate("samples", "propose", str(calls), "--limit", "1", "--format", "json")
        assert old.id not in json.loads(told.out)["chosen"]
        assert json.loads(told.out)["left_out"]["stored"]["count"] >= 1
