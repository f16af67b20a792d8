from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.commands import cli
from coefgate.publishing.__main__ import main
from coefgate.publishing.comments import marker
from tests.publishing.stand_in import TOKEN, Fault, GitHub

ROOT = Path(__file__).parents[2]
COMMIT = "a1" * 20
Publish = Callable[..., int]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """What `coefgate gate --output` leaves behind after a pass."""
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.md").write_text("# PASS\n", encoding="utf-8")
    document = {"verdict": "pass", "headline": "PASS", "restore": False, "rules": []}
    document |= {"metrics": {"head": {"samples": 58}}}
    (folder / "report.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture
def publish(github: GitHub, report: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    for name, value in github.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> int:
        return cli.run(["publish", str(report), "--commit", COMMIT, *arguments])

    return run


def states(github: GitHub) -> list[str]:
    return [status["state"] for status in github.statuses.get(COMMIT, [])]


def test_a_pass_sets_the_status_and_writes_the_report(
    github: GitHub, publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--outcome", "0", "--pull-request", "7") == 0
    (status,) = github.statuses[COMMIT]
    (comment,) = github.comments[7]
    assert (status["state"], status["description"]) == ("success", "PASS, on 58 calls")
    assert status["target_url"] == comment["html_url"]
    assert comment["body"].splitlines()[:2] == [marker(), "# PASS"]
    assert f"success for commit {COMMIT}" in comment["body"]
    assert capsys.readouterr().out == f"coefgate/verdict on {COMMIT}: success, PASS, on 58 calls\n"


def test_the_comment_links_the_whole_report(github: GitHub, publish: Publish) -> None:
    page = "https://github.com/octo/registry/actions/runs/42/artifacts/7"
    assert publish("--outcome", "0", "--pull-request", "7", "--page", page) == 0
    assert github.comments[7][0]["body"].endswith(f" · [whole report]({page})\n")


def test_without_a_pull_request_there_is_no_comment(github: GitHub, publish: Publish) -> None:
    assert publish("--outcome", "0") == 0
    assert states(github) == ["success"]
    assert github.comments == {}
    assert github.statuses[COMMIT][0]["target_url"].endswith("/actions/runs/42")


def test_a_conflict_fails_and_says_what_to_do(github: GitHub, publish: Publish) -> None:
    # A report of an earlier run may still lie there; it says nothing about this commit.
    assert publish("--outcome", "conflict", "--pull-request", "7") == 0
    assert github.statuses[COMMIT][0]["description"] == "merge conflict: update the branch"
    assert states(github) == ["failure"]
    assert "# PASS" not in github.comments[7][0]["body"]
    assert "Update the branch" in github.comments[7][0]["body"]


def test_a_missing_report_is_no_pass(github: GitHub, publish: Publish, report: Path) -> None:
    for file in report.iterdir():
        file.unlink()
    report.rmdir()
    assert publish("--outcome", "0", "--pull-request", "7") == 0
    assert states(github) == ["error"]
    assert "its run says why" in github.comments[7][0]["body"]


def test_a_status_never_says_more_than_its_comment(github: GitHub, publish: Publish) -> None:
    github.faults = [None, Fault(403)]
    assert publish("--outcome", "0", "--pull-request", "7") == 5
    assert states(github) == []


def test_another_account_keeps_its_own_comment(github: GitHub, publish: Publish) -> None:
    github.comment(7, f"{marker()}\nold", login="registry-bot")
    assert publish("--outcome", "0", "--pull-request", "7", "--author", "registry-bot") == 0
    assert [comment["body"].splitlines()[1] for comment in github.comments[7]] == ["# PASS"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--outcome", ""),
        ("--outcome", "256"),
        ("--outcome", "-1"),
        ("--outcome", "passed"),
        ("--outcome", "0", "--pull-request", "0"),
        ("--outcome", "0", "--pull-request", "7/../8"),
        ("--outcome", "0", "--commit", "main"),
        ("--outcome", "0", "--page", "http://example.org/x"),
        ("--outcome", "0", "--page", "https://example.org/x) [y](https://example.com/y"),
        ("--outcome", "0", "--page", "javascript:alert(1)"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error_and_publishes_nothing(
    github: GitHub, publish: Publish, arguments: tuple[str, ...]
) -> None:
    assert publish(*arguments) == 2
    assert github.calls == []


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_what_the_environment_lacks_is_named(
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.delenv(name)
    assert publish("--outcome", "0") == 5
    assert f"{name} is not set" in capsys.readouterr().err


def test_the_token_is_never_shown(
    github: GitHub, publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    github.faults = [Fault(401)]
    assert publish("--outcome", "0") == 5
    shown = capsys.readouterr()
    assert TOKEN not in shown.out + shown.err


@pytest.mark.parametrize("state", ["pending", "error"])
def test_what_is_announced_without_a_verdict(
    github: GitHub, publish: Publish, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    assert main([state, COMMIT]) == 0
    assert states(github) == [state]
    assert capsys.readouterr().err.startswith(f"coefgate/verdict on {COMMIT}: {state}, ")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("success", COMMIT),
        ("pending", "main"),
        ("pending", COMMIT, "x y"),
        ("pending", COMMIT, "x", "y"),
    ],
)
def test_nothing_but_pending_and_error_can_be_announced(
    github: GitHub,
    publish: Publish,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("coefgate: ")
    assert github.calls == []


def announce(github: GitHub, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the announcer with a Python that sees no installed package."""
    return subprocess.run(
        [sys.executable, "-S", "-P", "-m", "coefgate.publishing", *arguments],
        env={**os.environ, **github.environment(), "PYTHONPATH": str(ROOT / "validator")},
        check=False,
        capture_output=True,
        text=True,
    )


def test_before_and_without_a_judge_the_standard_library_is_enough(github: GitHub) -> None:
    done = announce(github, "pending", COMMIT)
    assert (done.returncode, done.stdout) == (0, "")
    assert states(github) == ["pending"]


def test_an_announcement_that_is_refused_ends_with_5(github: GitHub) -> None:
    github.faults = [Fault(403)]
    done = announce(github, "pending", COMMIT)
    assert done.returncode == 5
    assert "statuses: write" in done.stderr


def test_each_status_has_a_comment_of_its_own(github: GitHub, publish: Publish) -> None:
    for name in ("coefgate/verdict", "coefgate/verdict-docs", "coefgate/verdict-docs"):
        told = ("--outcome", "0", "--pull-request", "7", "--status", name)
        assert publish(*told) == 0
    assert [one["context"] for one in github.statuses[COMMIT]] == [
        "coefgate/verdict",
        *["coefgate/verdict-docs"] * 2,
    ]
    firsts = [comment["body"].partition("\n")[0] for comment in github.comments[7]]
    assert firsts == [marker(), marker("coefgate/verdict-docs")]


@pytest.mark.parametrize("name", ["", "a b", "x-->", "-x", "a" * 101, "a\n"])
def test_a_name_that_is_none_of_a_status_is_refused(
    name: str, github: GitHub, publish: Publish
) -> None:
    assert publish("--outcome", "0", "--status", name) == 2
    assert github.calls == []
