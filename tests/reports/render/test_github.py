"""Annotations as GitHub's runner reads them: on their lines, the gravest first, not too many."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings

from coefgate.core.characters import visible
from coefgate.core.problems import Problem
from coefgate.gates.verdict import Finding
from coefgate.reports.page import Remark
from coefgate.reports.pages.problems import problems_page
from coefgate.reports.render.github import workflow_command, workflow_commands
from coefgate.samples.model import Retirement
from coefgate.use_cases.report import Report
from tests.reports.formats import verdict_annotations
from tests.reports.hostile import NASTY, texts, with_text
from tests.reports.verdicts import (
    CORRECTED,
    CUT_OFF,
    DOCS,
    DOCS_LOW,
    DOCS_TOO_LOW,
    MARGINS,
    OLD,
    SAMPLES,
    TESTS,
    alone,
    call,
    change,
)

ANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True, slots=True)
class Read:
    """One command as the runner understands it."""

    level: str
    properties: dict[str, str]
    message: str

    @property
    def place(self) -> tuple[str | None, str | None]:
        return self.properties.get("file"), self.properties.get("line")


def _read(text: str) -> list[Read]:
    """Every line of ``text``, read as the runner reads it; each must be one of the three commands.

    Source: actions/runner, ActionCommand.TryParseV2. Its reader also ends a line at a lone CR.
    """
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        assert line.startswith("::"), line
        head, _, data = line[2:].partition("::")
        level, _, rest = head.partition(" ")
        assert level in {"error", "warning", "notice"}
        pairs = [pair.split("=", 1) for pair in rest.split(",")]
        found.append(Read(level, {key: unquote(value) for key, value in pairs}, unquote(data)))
    return found


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_is_one_annotation(text: str) -> None:
    _assert_one(text)


@given(text=texts)
def test_any_text_is_one_annotation(text: str) -> None:
    _assert_one(text)


def _assert_one(text: str) -> None:
    (read,) = _read(workflow_command(Remark("error", text[:300], text, (text, 4))))
    assert list(read.properties) == ["file", "line", *(["title"] if text else [])]
    assert read.properties.get("title", "") == visible(text[:300])
    assert read.properties["file"] == visible(text)
    assert read.properties["line"] == "4"
    if len(text) <= 4000:
        lines = text.replace("\r\n", "\n").split("\n")
        assert read.message == "\n".join(map(visible, lines))


def test_a_problem_is_an_error_on_its_place() -> None:
    problem = Problem(
        "coefficients/a,b:c.yaml",
        9,
        13,
        "overhead.low",
        "out-of-range",
        "is 100%",
        "it is\nless",
        "Lower it.",
    )
    assert workflow_commands(problems_page([problem])) == (
        "::error file=coefficients/a%2Cb%3Ac.yaml,line=9,col=13,title=out-of-range::"
        "overhead.low is 100%25; it is%0Aless. Lower it."
    )


# --- A verdict


def test_a_change_for_the_worse_is_red_on_its_line(folder: Path) -> None:
    found = _read(verdict_annotations(change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF))))
    errors = [read for read in found if read.level == "error"]
    assert [(read.properties["title"], read.place) for read in errors] == [
        ("underestimation fails", (DOCS, "5")),
        ("stratum-regression fails", (DOCS, "5")),
        ("swing fails", (DOCS, "5")),
    ]
    assert 'acknowledge: {from: 1500, to: 700, reason: "…"}' in errors[2].message
    assert errors[2].message.endswith("See: coefgate explain swing")
    notices = [read for read in found if read.level == "notice"]
    assert notices[0].place == (None, None)
    assert notices[0].message.startswith(
        "FAIL, on 24 calls + 1 cut off, 25 phases. Per 1,000 calls"
    )
    assert notices[1].place == (DOCS, "5")
    moved = "12 calls + 1 cut off, 13 phases predicted differently: SMAPE +1.2,"
    assert notices[1].message.startswith(f"docs.low: 1500 → 700; {moved}")
    assert [read.level for read in found] == ["error"] * 3 + ["notice"] * 2


def test_what_is_not_measurable_blocks_and_so_it_is_an_error(folder: Path) -> None:
    report = change(folder, {DOCS: ("tokens: 3500", "tokens: 3600")})
    assert report.verdict == "not-measurable"
    (error, *_) = _read(verdict_annotations(report))
    assert (error.level, error.properties["title"]) == ("error", "unmeasured is not measurable")
    assert error.place == (DOCS, "8")


def test_bad_news_is_a_warning_on_the_threshold(folder: Path) -> None:
    report = change(folder, added=[call(n, 9000) for n in range(50, 80)])
    found = _read(verdict_annotations(report))
    assert [(read.level, read.place) for read in found] == [
        ("warning", ("coefficients/gates.yaml", "2")),
        ("warning", ("coefficients/gates.yaml", "3")),
        ("warning", ("coefficients/gates.yaml", "4")),
        ("notice", (None, None)),
    ]
    assert found[1].message.startswith(
        "today's coefficients miss underestimation (requires: rate below 0.1): 0.0% → 55.6% by "
        "new calls. "
    )
    assert found[3].message.startswith(
        "NO WORSE – the registry misses smape, underestimation and waste-band, on 54 calls, 54 "
        "phases; on calls found later: 100.0% underestimated, SMAPE 78.3, waste 0.44. Per 1,000 "
        "calls like these: 0 → 556 (by new calls) replies"
    )


def test_a_retirement_is_a_warning_on_its_line(folder: Path) -> None:
    report = change(
        folder, retired=[Retirement(SAMPLES[0].id, "told twice", "samples/retired.yaml", 4)]
    )
    (warning, _) = _read(verdict_annotations(report))
    assert (warning.level, warning.place) == ("warning", ("samples/retired.yaml", "4"))
    assert warning.message.endswith("told twice")


def test_a_restore_says_so_and_blocks_nothing(folder: Path) -> None:
    found = _read(verdict_annotations(change(folder, DOCS_TOO_LOW, restored=OLD)))
    assert {read.level for read in found} == {"warning", "notice"}
    summary = next(read for read in found if read.level == "notice")
    assert summary.message.startswith("RESTORE, on 24 calls")
    assert f"restores the coefficients of {OLD[:12]}" in summary.message


def test_changes_that_go_together_name_each_other(folder: Path) -> None:
    # low above high is no registry, so neither can be taken back alone.
    edits = {DOCS: ("tokens: 1500", "tokens: 3600"), TESTS: ("tokens: 900", "tokens: 910")}
    text = (
        (folder / DOCS).read_text().replace("tokens: 3500", "tokens: 3700").replace("1500", "3600")
    )
    edits[DOCS] = ((folder / DOCS).read_text(), text)
    notices = [
        read
        for read in _read(verdict_annotations(change(folder, edits)))
        if read.level == "notice"
    ]
    assert [read.message.partition(":")[0] for read in notices[1:]] == [
        "docs.low",
        "docs.high",
        "tests.low",
    ]
    assert "together with docs.high: 12 calls" in notices[1].message
    assert "together" not in notices[3].message


def test_a_state_by_itself_points_to_its_thresholds(folder: Path) -> None:
    found = _read(verdict_annotations(alone(folder, samples=[call(n, 9000) for n in range(12)])))
    assert [(read.level, read.place) for read in found] == [
        ("error", ("coefficients/gates.yaml", "2")),
        ("error", ("coefficients/gates.yaml", "3")),
        ("error", ("coefficients/gates.yaml", "4")),
        ("notice", (None, None)),
    ]


def _with_findings(report: Report, **numbers: int) -> Report:
    def findings(rule: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(f"{rule} {n}", f"samples/{n}.jsonl", n) for n in range(1, numbers[rule] + 1)
        )

    rules = tuple(
        replace(rule, status="fail", met=False, findings=findings(rule.rule.replace("-", "_")))
        if rule.rule.replace("-", "_") in numbers
        else rule
        for rule in report.rules
    )
    return replace(report, verdict="fail", rules=rules)


def test_no_more_than_github_shows_and_no_rule_hides_another(folder: Path) -> None:
    report = _with_findings(change(folder, DOCS_LOW), sample_removed=500, swing=2)
    found = _read(verdict_annotations(report))
    errors = [read for read in found if read.level == "error"]
    titles = [read.properties["title"].partition(" ")[0] for read in errors]
    assert titles == [*("sample-removed", "swing") * 2, *["sample-removed"] * 5, "coefgate"]
    assert errors[-1].message == "493 more annotations: the report has all of them."
    assert [read.level for read in found] == ["error"] * 10 + ["notice"] * 2


def test_changes_that_a_terminal_does_not_show_are_counted(folder: Path) -> None:
    report = change(folder, DOCS_LOW)
    against = report.comparison
    assert against is not None
    many = replace(report, comparison=replace(against, changes=against.changes * 30))
    found = _read(verdict_annotations(many))
    # The summary and 30 changes; 9 of them are shown.
    assert found[-1].message == "22 more annotations: the report has all of them."


def test_what_fails_comes_before_what_is_open(folder: Path) -> None:
    report = change(folder, {DOCS: ("tokens: 3500", "tokens: 3600")})  # unmeasured
    found = _read(verdict_annotations(_with_findings(report, judge_and_values=1)))
    assert [read.properties["title"] for read in found if read.level == "error"] == [
        "judge-and-values fails",
        "unmeasured is not measurable",
    ]


@pytest.fixture(scope="module")
def busy(folder: Path) -> Report:
    return change(
        folder,
        {**DOCS_TOO_LOW, MARGINS: ("factor: 1.125", "factor: 1.13")},
        samples=[*SAMPLES, call(63, 3500, model="gpt-x"), CUT_OFF],
        added=[CORRECTED],
        retired=[Retirement(SAMPLES[0].id, "told twice", "samples/retired.yaml", 4)],
        notes=["behind"],
    )


@pytest.fixture(scope="module")
def usual(busy: Report) -> list[Read]:
    """What a runner reads of the same report as nobody hostile wrote in it."""
    return _read(verdict_annotations(busy))


@pytest.mark.thorough
@pytest.mark.parametrize("text", NASTY)
def test_nothing_nasty_adds_a_command(busy: Report, usual: list[Read], text: str) -> None:
    _assert_same_commands(busy, usual, text)


@ANY
@given(text=texts)
def test_nothing_at_all_adds_a_command(busy: Report, usual: list[Read], text: str) -> None:
    _assert_same_commands(busy, usual, text)


def _assert_same_commands(report: Report, usual: list[Read], text: str) -> None:
    found = _read(verdict_annotations(with_text(report, text)))
    assert {read.level for read in usual} == {"error", "warning", "notice"}
    assert [read.level for read in found] == [read.level for read in usual]
    assert [set(read.properties) for read in found] == [set(read.properties) for read in usual]
