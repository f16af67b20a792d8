"""Every `run:` step of the gate's workflow, executed in order for proposals of all kinds."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from coefgate.publishing.comments import marker
from tests.github.conftest import Author, Judge, pull_request
from tests.github.runner import Run, Runner, obeyed
from tests.publishing.stand_in import GitHub

DOCS = "coefficients/overhead/docs.yaml"


def statuses(github: GitHub, commit: str) -> list[tuple[str, str]]:
    return [(status["state"], status["description"]) for status in github.statuses.get(commit, [])]


def verdict(github: GitHub, commit: str, run: Run) -> tuple[str, str]:
    """The status that stands in the end; the first was `pending`, and came before all else."""
    said = statuses(github, commit)
    assert len(said) == 2, run.text
    assert said[0] == ("pending", "being judged")
    assert github.calls[0] == ("POST", f"/repos/example/registry/statuses/{commit}")
    return said[1]


def only_the_target_is_there(run: Run, author: Author) -> bool:
    """Is what was checked out still the tip of the target branch, and nothing beside it?"""
    clone = Author(run.workspace)
    tip = author.git("ls-remote", "origin", "refs/heads/main").partition("\t")[0]
    return clone.git("rev-parse", "HEAD") == tip and not clone.git(
        "status", "--porcelain", "--ignored"
    )


def test_a_proposal_that_harms_nothing_passes(
    author: Author, installing: Runner, github: GitHub
) -> None:
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    run = installing.execute(pull_request(head))
    state, description = verdict(github, head, run)
    assert state == "success", run.text
    assert description.startswith("PASS – nothing changed, on 58 calls")
    assert run.outcomes == {
        "Say that the judge is at work": "success",
        "Install the judge": "success",
        "Fetch the proposal as data": "success",
        "Judge": "success",
        "Publish the verdict": "success",
        "Say that there is no verdict": "skipped",
    }
    (comment,) = github.comments[1]
    assert comment["body"].startswith(marker())
    assert github.statuses[head][-1]["target_url"] == comment["html_url"]
    assert run.summary.strip() in comment["body"]
    (kept,) = run.kept.values()
    assert list(run.kept) == ["coefgate-verdict.html"]
    assert "<h1 " in kept
    assert "[whole report](https://github.example/runs/42/artifacts/1)" in comment["body"]
    assert only_the_target_is_there(run, author)


def test_what_is_installed_is_the_lock_by_its_hashes_and_the_target(
    author: Author, judge: Judge
) -> None:
    author.write("docs/note.md", "A note.\n")
    run = judge(author.propose())
    pip = f"-m pip --python {run.temporary}/coefgate/venv/bin/python"
    install = f"{pip} --disable-pip-version-check --no-input install --quiet"
    lock = f"--requirement {run.workspace}/requirements/action.txt"
    assert [line for line in run.python if line.startswith("-m pip")] == [
        f"{install} --require-hashes --no-deps --only-binary :all: {lock}",
        f"{install} --no-deps --no-build-isolation {run.workspace}",
    ]


def test_a_proposal_that_makes_predictions_worse_fails(
    author: Author, judge: Judge, github: GitHub
) -> None:
    author.scale(DOCS, 5)
    head = author.propose()
    run = judge(head)
    state, description = verdict(github, head, run)
    assert state == "failure", run.text
    assert description.startswith("FAIL: ")
    assert "swing" in description
    assert f"::error file={DOCS},line=" in run.text
    assert only_the_target_is_there(run, author)


def test_the_next_proposal_of_a_pull_request_gets_the_same_comment(
    author: Author, runner: Runner, github: GitHub, tmp_path: Path, program: tuple[str, ...]
) -> None:
    github.comment(1, f"{marker()}\n# PASS", login="mallory")
    author.scale(DOCS, 5)
    runner.execute(pull_request(author.propose()))
    author.git("revert", "--no-edit", "HEAD")
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    run = Runner(tmp_path / "second", runner.origin, github, program=program).execute(
        pull_request(head)
    )
    assert statuses(github, head)[-1][0] == "success", run.text
    forged, own = github.comments[1]
    assert forged["body"] == f"{marker()}\n# PASS"
    assert f"success for commit {head}" in own["body"]


def test_a_verdict_never_waits_for_what_keeps_its_page(
    author: Author, runner: Runner, github: GitHub
) -> None:
    runner.artifacts_are_down = True
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    run = runner.execute(pull_request(head))
    assert verdict(github, head, run)[0] == "success"
    assert "whole report" not in github.comments[1][0]["body"]


def test_an_invalid_registry_fails_and_its_problems_are_reported(
    author: Author, judge: Judge, github: GitHub
) -> None:
    author.scale(DOCS, -1)
    head = author.propose()
    run = judge(head)
    said = verdict(github, head, run)
    assert said == ("failure", "registry or samples invalid: the report names each problem"), (
        run.text
    )
    assert DOCS in github.comments[1][0]["body"]


def test_a_conflict_fails_and_nothing_is_judged(
    author: Author, judge: Judge, github: GitHub
) -> None:
    author.git("checkout", "-q", "-b", "proposal")
    author.scale(DOCS, 2)
    head = author.propose()
    author.git("checkout", "-q", "main")
    author.scale(DOCS, 3)
    author.commit()
    author.git("push", "-q", "origin", "main")
    run = judge(head)
    assert verdict(github, head, run) == ("failure", "merge conflict: update the branch"), run.text
    assert run.outcomes["Judge"] == "skipped"
    assert "Update the branch" in github.comments[1][0]["body"]
    assert only_the_target_is_there(run, author)


def test_the_merge_result_is_judged_not_the_branch_alone(
    author: Author, judge: Judge, github: GitHub
) -> None:
    # The proposal removes a category that a change of the target has begun to need: each is valid
    # by itself.
    author.git("checkout", "-q", "-b", "proposal")
    author.write("coefficients/overhead/other.yaml", _category("other", "[shared]"))
    head = author.propose()
    author.git("checkout", "-q", "main")
    author.write("coefficients/overhead/another.yaml", _category("another", "[shared]"))
    author.commit()
    author.git("push", "-q", "origin", "main")
    run = judge(head)
    assert verdict(github, head, run)[1].startswith("registry or samples invalid"), run.text


def _category(name: str, aliases: str) -> str:
    values = "".join(
        f"  {complexity}:\n    tokens: 9000\n    basis: {{kind: prior, reference: docs/note.md}}\n"
        for complexity in ("low", "medium", "high")
    )
    return f"category: {name}\naliases: {aliases}\noverhead:\n{values}"


def test_nothing_of_the_proposal_is_executed(
    author: Author, installing: Runner, github: GitHub, tmp_path: Path
) -> None:
    trace = tmp_path / "executed"
    python = (
        f"import pathlib, sys\npathlib.Path({str(trace)!r}).touch()\nprint('PASS')\nsys.exit(0)\n"
    )
    shell = f"#!/bin/bash\ntouch '{trace}'\necho exit-code=0 >>\"$GITHUB_OUTPUT\"\n"
    for file in (
        "validator/coefgate/__init__.py",
        "validator/coefgate/commands/gate.py",
        "validator/coefgate/publishing/__main__.py",
        "sitecustomize.py",
        "usercustomize.py",
        "pip.py",
        "venv.py",
        "hatchling.py",
        "conftest.py",
        "setup.py",
    ):
        author.write(file, python)
    for file in (
        ".github/scripts/judge.sh",
        ".github/scripts/fetch_proposal.sh",
        "python3",
        "git",
        "Makefile",
    ):
        author.write(file, shell)
        (author.folder / file).chmod(0o755)
    author.write(".gitattributes", "* merge=planted filter=planted diff=planted\n")
    author.write("action.yml", "runs: {using: composite, steps: []}\n")
    author.write("requirements/action.txt", "")
    author.scale(DOCS, 5)
    head = author.propose()
    run = installing.execute(pull_request(head))
    state, description = verdict(github, head, run)
    assert not trace.exists()
    assert state == "failure", run.text
    assert "judge-and-values" in description
    assert only_the_target_is_there(run, author)


def test_what_a_proposal_is_named_is_never_executed(
    author: Author, judge: Judge, github: GitHub
) -> None:
    author.write("docs/::set-output name=x::y.md", "::stop-commands::x\n")
    author.write("coefficients/overhead/$(touch pwned).yaml", "::add-path::/tmp\n")
    head = author.propose()
    run = judge(head)
    assert verdict(github, head, run)[0] == "failure", run.text
    assert only_the_target_is_there(run, author)
    assert not [
        line
        for line in obeyed(run.text)
        if not line.startswith(("::error file=", "::stop-commands::"))
    ]


@pytest.mark.parametrize("worse", [False, True])
def test_a_merge_group_is_judged_as_it_is_queued(
    author: Author, runner: Runner, github: GitHub, worse: bool
) -> None:
    base = author.git("rev-parse", "HEAD")
    author.git("checkout", "-q", "-b", "proposal")
    if worse:
        author.scale(DOCS, 5)
    author.write("docs/note.md", "A note.\n")
    author.commit()
    author.git("checkout", "-q", "-b", "queue", base)
    author.git("merge", "-q", "--no-ff", "-m", "merge group", "proposal")
    head = author.git("rev-parse", "HEAD")
    queued = f"refs/heads/gh-readonly-queue/main/pr-1-{base}"
    author.git("push", "-q", "origin", f"HEAD:{queued}")
    group = {"base_ref": "refs/heads/main", "base_sha": base, "head_ref": queued, "head_sha": head}
    run = runner.execute({"action": "checks_requested", "merge_group": group})
    assert verdict(github, head, run)[0] == ("failure" if worse else "success"), run.text
    assert github.comments == {}
    assert only_the_target_is_there(run, author)


def test_a_merge_group_is_judged_against_the_group_before_it(
    author: Author, runner: Runner, github: GitHub
) -> None:
    # The group before is not in main yet: its commits are data too, and main's program judges.
    author.git("checkout", "-q", "-b", "queue")
    author.scale(DOCS, 5)
    base = author.commit()
    author.write("docs/note.md", "A note.\n")
    head = author.commit()
    author.git("push", "-q", "origin", "HEAD:refs/heads/gh-readonly-queue/main/pr-2")
    group = {"base_ref": "refs/heads/main", "base_sha": base, "head_sha": head}
    run = runner.execute({"action": "checks_requested", "merge_group": group})
    assert verdict(github, head, run)[0] == "success", run.text
    assert only_the_target_is_there(run, author)


def test_a_head_that_moved_on_gets_no_verdict(
    author: Author, judge: Judge, github: GitHub
) -> None:
    author.write("docs/note.md", "A note.\n")
    old = author.propose()
    author.write("docs/note.md", "Another note.\n")
    author.propose()
    run = judge(old)
    assert verdict(github, old, run)[0] == "error"
    assert "moved on" in run.text
    assert run.outcomes["Judge"] == "skipped"


@pytest.mark.parametrize(
    ("tool", "broken"),
    [("python", "Install the judge"), ("git", "Fetch the proposal as data"), ("od", "Judge")],
)
def test_a_judge_that_breaks_leaves_an_error_and_no_older_verdict(
    author: Author, runner: Runner, github: GitHub, tool: str, broken: str
) -> None:
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    github.statuses[head] = [{"state": "success", "description": "of an earlier target"}]
    runner.put_tool(tool, "#!/bin/bash\nexit 1\n")
    run = runner.execute(pull_request(head))
    assert run.outcomes[broken] == "failure", run.text
    assert [state for state, _ in statuses(github, head)] == ["success", "pending", "error"]
    assert github.comments == {}


def test_nothing_is_judged_that_could_not_be_announced(
    author: Author, runner: Runner, github: GitHub
) -> None:
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    github.statuses[head] = [{"state": "success", "description": "of an earlier target"}]
    real = shlex.quote(sys.executable)
    runner.put_tool("python3", f'#!/bin/bash\n[[ $* != *pending* ]] || exit 1\nexec {real} "$@"\n')
    run = runner.execute(pull_request(head))
    announced, *between, last = run.outcomes.values()
    assert (announced, set(between), last) == ("failure", {"skipped"}, "success"), run.text
    assert [state for state, _ in statuses(github, head)] == ["success", "error"]


def test_the_second_registry_is_judged_under_a_status_and_comment_of_its_own(
    author: Author, runner: Runner, github: GitHub, tmp_path: Path, program: tuple[str, ...]
) -> None:
    author.scale("examples/airun/coefficients/overhead/code-translation.yaml", 5)
    head = author.propose()
    first = runner.execute(pull_request(head))
    second = Runner(tmp_path / "second", runner.origin, github, program=program).execute(
        pull_request(head), job="example"
    )
    said = [(one["context"], one["state"]) for one in github.statuses[head]]
    assert said == [
        ("coefgate/verdict", "pending"),
        ("coefgate/verdict", "success"),
        ("coefgate/verdict-airun", "pending"),
        ("coefgate/verdict-airun", "failure"),
    ], first.text + second.text
    own, other = (comment["body"] for comment in github.comments[1])
    assert own.startswith(marker())
    assert other.startswith(marker("coefgate/verdict-airun"))
    assert "`coefgate/verdict-airun`: failure" in other
