"""Where a verdict goes: one stream or the other, each format, and a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
FILES = {"report.json", "report.md", "annotations.txt", "report.html", "chart.png"}


def _spoil(registry: Path) -> None:
    path = registry / DOCS
    path.write_text(path.read_text("utf-8").replace("tokens: 15490", "tokens: -1", 1), "utf-8")


def _fall_behind(git: Git) -> None:
    git("checkout", "-qb", "proposal")
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    git("checkout", "-q", "proposal")


@pytest.mark.parametrize("command", [["gate"], ["try", "docs.low=14716"]])
@pytest.mark.parametrize("output_format", ["text", "markdown", "json"])
def test_a_note_stands_in_the_result_and_beside_it_only_for_programs(
    command: list[str], output_format: str, git: Git, coefgate: Coefgate
) -> None:
    _fall_behind(git)
    outcome = coefgate(*command, "--format", output_format)
    assert outcome.code == 0
    assert outcome.out.count("1 commit behind main") == 1
    assert outcome.err.count("1 commit behind main") == (output_format != "text")


@pytest.mark.parametrize(
    ("output_format", "beginning"),
    [
        ("github", f"::error file={DOCS},line=6,col=13,"),
        ("markdown", "## ❌ INVALID: 1 problem in 1 file\n"),
        ("html", "<!DOCTYPE html>\n"),
    ],
)
def test_an_invalid_registry_is_told_in_the_format_asked_for(
    output_format: str, beginning: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _spoil(registry)
    outcome = coefgate("gate", "--format", output_format)
    assert outcome.code == 3
    assert outcome.out.startswith(beginning)
    assert "overhead.low.tokens" in outcome.out
    assert outcome.err.startswith(f"{DOCS}:6:13  overhead.low.tokens is -1")


def test_an_invalid_registry_is_no_report(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _spoil(registry)
    for output_format in ("text", "json"):
        assert coefgate("gate", "--format", output_format).out == ""


@pytest.mark.parametrize("command", ["check", "gate"])
def test_no_problem_is_left_out_where_there_is_no_report(
    command: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / "samples/autopack").rename(registry / "samples/elsewhere")  # each line's origin
    told = coefgate(command, "--format", "github")
    named = coefgate(command)
    assert told.code == named.code == 3
    first = named.text.count("Move the line to")  # of a file, and the lines of the others
    more = sum(map(int, re.findall(r"and (\d+) more like it in lines 2–\d+", named.text)))
    assert told.out.count("title=wrong-folder::") == first + more > 100
    assert "more annotations" not in told.out


@pytest.mark.parametrize("output_format", ["text", "markdown", "github"])
def test_what_a_red_rule_requires_is_marked_as_such(
    output_format: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    path = registry / DOCS
    path.write_text(path.read_text("utf-8").replace("tokens: 15490", "tokens: 1800", 1), "utf-8")
    costs = registry / "coefficients/marginal_costs.yaml"
    costs.write_text(costs.read_text("utf-8").replace("tokens: 2210", "tokens: 1900", 1), "utf-8")
    found = coefgate("gate", "--format", output_format, environment={"COLUMNS": "2000"})
    assert found.code == 1
    told = re.findall(
        r"\b([a-z0-9-]+)(?:\*\*)? (?:fails|is not measurable) \((requires: )?", found.out
    )
    if output_format == "github":  # where the title says that it fails
        told = re.findall(r"::([a-z0-9-]+) \((requires: )?", found.out)
        assert [rule for rule, _ in told] == [
            "underestimation"
        ]  # a finding of other rules says what is wrong
    else:
        assert {rule for rule, _ in told} >= {"underestimation", "stratum-regression", "swing"}
    assert all(requires for _, requires in told)


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_the_feasible_margin_promises_the_four_limits_and_no_more(
    output_format: str, git: Git, coefgate: Coefgate
) -> None:
    found = coefgate("try", "margin.default=1.06", "--format", output_format)
    assert found.code == 1  # stratum-regression refuses it, which is none of the four
    assert (
        "any single safety margin from 1 to 1.068 meets the four limits on these calls"
        in found.out
    )
    assert "all rules" not in found.out


def test_files_of_a_report_are_made_as_any_other(
    git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    mask = os.umask(0o027)
    try:
        assert coefgate("gate", "--output", str(tmp_path / "report")).code == 0
    finally:
        os.umask(mask)
    found = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "report").iterdir()}
    assert found == dict.fromkeys(FILES, 0o640)


def test_the_page_on_standard_output_is_the_file(
    git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    told = coefgate("gate", "--format", "html", "--output", str(tmp_path / "report"))
    assert told.code == 0
    assert told.out == (tmp_path / "report/report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--base", "nowhere"], 2), (["--at", "HEAD", "--base", "HEAD"], 2)]
)
def test_an_earlier_answer_is_no_answer(
    arguments: list[str], code: int, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    report = tmp_path / "report"
    assert coefgate("gate", "--output", str(report)).code == 0
    (report / "notes.txt").write_text("mine")
    assert coefgate("gate", *arguments, "--output", str(report)).code == code
    assert [path.name for path in report.iterdir()] == ["notes.txt"]


def test_problems_take_the_place_of_a_report(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    report = tmp_path / "report"
    assert coefgate("gate", "--output", str(report)).code == 0
    _spoil(registry)
    assert coefgate("gate", "--output", str(report)).code == 3
    assert {path.name for path in report.iterdir()} == FILES - {"report.json", "chart.png"}
