"""Expected errors, interruption and bugs end in different exits, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import click
import pytest

from coefgate.commands.cli import exit_code_of, run
from coefgate.core.problems import (
    EnvironmentProblem,
    InvalidInput,
    Problem,
    UsageProblem,
)

PROBLEM = Problem(
    "a.yaml", 3, 5, "docs.low", "range", "is -1", "tokens are 0 to 9", "Remove the sign."
)


def _raising(error: BaseException) -> Callable[[], NoReturn]:
    def command() -> NoReturn:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageProblem("no such thing"), 2, "coefgate: no such thing"),
        (click.UsageError("no such option"), 2, "no such option"),
        (
            InvalidInput([PROBLEM]),
            3,
            "a.yaml:3:5  docs.low is -1; tokens are 0 to 9. Remove the sign.",
        ),
        (EnvironmentProblem("git is missing"), 5, "git is missing"),
        (OSError(28, "No space left on device", "x"), 5, "x: No space left on device"),
        (
            ModuleNotFoundError("no pandas", name="pandas"),
            5,
            "Install them (extra cli) with: python -m pip install 'click>=",
        ),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
    ],
)
def test_exits(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(_raising(error), []) == code
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "error", [ValueError("oops"), ModuleNotFoundError("x", name="coefgate.nowhere")]
)
def test_a_bug_comes_with_a_report_to_paste(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(_raising(error), ["gate", "--format", "a b"]) == 70
    said = capsys.readouterr().err
    assert "This is a bug in Coefgate" in said
    assert "$ coefgate gate --format 'a b'" in said
    assert str(error) in said


@pytest.mark.parametrize("form", [["--notify", "{}"], ["--notify={}"]])
def test_a_report_to_paste_does_not_name_who_is_told_of_alerts(
    form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    address = "slack://TokenA/TokenB"
    arguments = ["gate", *(one.format(address) for one in form), "--at", "HEAD"]
    assert exit_code_of(_raising(ValueError("planted")), arguments) == 70
    said = capsys.readouterr().err
    assert "Token" not in said
    assert "slack://***" in said
    assert "--at HEAD" in said


def test_an_address_in_the_wrong_place_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["gate", "slack://TokenA/TokenB"]) == 2
    said = capsys.readouterr().err
    assert "Token" not in said
    assert "unexpected extra argument (slack://***" in said


def test_a_command_without_a_code_passes() -> None:
    assert exit_code_of(lambda: None, []) == 0
    assert exit_code_of(lambda: 4, []) == 4


def test_no_reason_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> NoReturn:
        raise UsageProblem("no branch \x1b[31mred\x07. Type:\n\tgit branch")

    assert exit_code_of(fail, []) == 2
    assert capsys.readouterr().err == (
        "coefgate: no branch \\x1b[31mred\\x07. Type:\n        git branch\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["gate", "--help"], ["--version"]])
def test_help_and_version_pass(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert "coefgate" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["gate", "--no-such-option"]])
def test_wrong_usage(arguments: list[str]) -> None:
    assert run(arguments) == 2
