"""The report on a terminal: what is said first, what is said loudly, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from coefgate.calibration.baseline_figures import baselines_of
from coefgate.replay.scores import Unseen
from coefgate.reports.page import Items, fitting
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.console import show
from coefgate.reports.render.markdown import markdown
from coefgate.samples.model import Retirement
from coefgate.use_cases.report import Report
from tests.reports.formats import printed
from tests.reports.hostile import NASTY, texts, with_text
from tests.reports.verdicts import (
    AFTER,
    BASE,
    CUT_OFF,
    DOCS,
    DOCS_ANSWERED,
    DOCS_LOW,
    DOCS_TOO_LOW,
    MARGINS,
    OLD,
    SAMPLES,
    TESTS_ANSWERED,
    alone,
    call,
    change,
)

ANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TOLD_TWICE = Retirement(SAMPLES[0].id, "told twice", "samples/retired.yaml", 4)


def _printed(report: Report) -> list[str]:
    return [line.rstrip() for line in printed(verdict_page(report)).splitlines()]


def _line(lines: Sequence[str], beginning: str) -> int:
    found = [number for number, line in enumerate(lines) if line.startswith(beginning)]
    assert len(found) == 1, f"{beginning!r} begins {len(found)} lines"
    return found[0]


def test_a_state_by_itself(folder: Path) -> None:
    lines = _printed(alone(folder))
    assert lines[:8] == [
        (
            "PASS – judged by itself, nothing was compared (nothing is committed yet), on "
            "24 calls, 24 phases"
        ),
        # 12 × 438 + 12 × 770 = 14,496 tokens on 24 calls
        (
            "Per 1,000 calls like these: 0 replies would be cut off, "
            "604,000 tokens would be reserved and not used."
        ),
        "",
        "rule             verdict  figure  limit            95% interval  set in",
        (
            "smape            pass     17.3    mean below 50    15.1–19.6     "
            "coefficients/gates.yaml:2"
        ),
        (
            "underestimation  pass     0.0%    rate below 0.1   0.0%–11.7%    "
            "coefficients/gates.yaml:3"
        ),
        (
            "waste-band       pass     1.19    median 1 to 1.5  1.13–1.26     "
            "coefficients/gates.yaml:4"
        ),
        (
            "waste-p90        pass     1.26    P90 up to 3      1.26–1.26     "
            "coefficients/gates.yaml:5"
        ),
    ]
    assert lines[8] == ""
    assert lines[9].startswith("feasible margin: ")
    assert lines[-2].startswith("coefficients 1.2.3 (worktree), digest ")
    assert lines[-1] == "next: coefgate coverage"
    assert not [line for line in lines if "base" in line or "other rules" in line or "→" in line]


def test_a_change_for_the_worse(folder: Path) -> None:
    lines = _printed(change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF)))
    assert lines[0] == "FAIL, on 24 calls + 1 cut off, 25 phases"
    # Base: none of 25 is known to be cut off, one is open; head: 12 are, one is open.
    assert lines[1].startswith(
        "Per 1,000 calls like these: 0 (0–40) → 520 (480–520) replies would be cut off"
    )
    changes = _line(lines, "Changes, each with its own effect")
    assert lines[changes + 1 : changes + 3] == [
        "docs.low: 1500 → 700  (coefficients/overhead/docs.yaml:5)",
        (
            "    12 calls + 1 cut off, 13 phases predicted differently: "
            "SMAPE +1.2, missed +52.0 (+48.0), waste median −0.13, waste P90 ±0.00"
        ),
    ]
    rules = _line(lines, "rule  ")
    assert lines[rules : rules + 3] == [
        (
            "rule             verdict  base              head                 limit            n "
            "  95% interval"
        ),
        (
            "smape            pass     17.3              18.4                 mean below 50    24"
            "  16.8–20.3"
        ),
        (
            "underestimation  fail     0.0% (0.0%–4.0%)  52.0% (48.0%–52.0%)  rate below 0.1   25"
            "  31.8%–70.8%"
        ),
    ]
    swing = _line(
        lines,
        "swing fails (requires: less than 2 times, either way, and within its basis.interval,",
    )
    assert 'acknowledge: {from: 1500, to: 700, reason: "…"}' in " ".join(
        lines[swing + 1 : swing + 3]
    )
    assert f"    at {DOCS}:5" in lines[swing + 2 : swing + 5]
    assert "Made worse by docs.low. Raise" in " ".join(lines)
    assert "13 other rules pass" in lines
    worse = _line(lines, "Calls that get worse")
    assert lines[worse + 3] == "phase-0001  docs/low   3,500  3,938  3,038  11.8 → 14.1  head"
    assert lines[worse + 8] == ""  # five of them
    strata = _line(lines, "Strata that move")
    docs = ["11.8 → 14.1", "0.0% (0.0%–7.7%) → 100.0% (92.3%–100.0%)", "1.13 → 0.87"]
    low = ["17.3 → 18.4", "0.0% (0.0%–4.0%) → 52.0% (48.0%–52.0%)", "1.19 → 1.06"]
    assert [re.split(r" {2,}", line) for line in lines[strata + 3 : strata + 6]] == [
        ["category", "docs", "12 + 1", *docs],
        ["cell", "docs/low", "12 + 1", *docs],
        ["complexity", "low", "24 + 1", *low],
    ]
    assert changes < rules < swing < worse < strata < _line(lines, f"base 1.2.3 ({BASE[:12]})")
    assert lines[-2:] == [
        "next: coefgate try --range docs.low",
        "next: coefgate explain underestimation",
    ]


def test_stakes_that_stay_are_told_once(folder: Path) -> None:
    # 12 calls are predicted at 3,949 instead of 3,938 tokens: 132 more on 24 calls, 5,500 on
    # 1,000.
    assert _printed(change(folder, DOCS_LOW))[1] == (
        "Per 1,000 calls like these: 0 replies would be cut off, "
        "604,000 → 609,500 tokens would be reserved and not used."
    )


def test_what_does_not_move_takes_no_room(folder: Path) -> None:
    lines = _printed(change(folder))
    assert "15 other rules pass" in lines
    for absent in (
        "Changes",
        "Calls that",
        "Strata",
        "coverage lost",
        "coverage gained",
        "BAD NEWS",
    ):
        assert not [line for line in lines if line.startswith(absent)]


def test_bad_news_is_told_before_anything_else(folder: Path) -> None:
    lines = _printed(change(folder, added=[call(n, 9000) for n in range(50, 80)]))
    assert lines[0].startswith(
        "NO WORSE – the registry misses smape, underestimation and waste-band, on 54"
    )
    # 30 of 54 calls; 14,496 tokens on 24 calls become the same on 54.
    assert " ".join(lines[2:4]) == (
        "Per 1,000 calls like these: 0 → 556 (by new calls) replies would be cut off, "
        "604,000 → 268,444 (by new calls) tokens would be reserved and not used."
    )
    assert lines[5].startswith(
        "BAD NEWS: today's coefficients miss smape (requires: mean below 50): 17.3 → 51.1 by new "
        "calls. "
    )
    rules = _line(lines, "rule  ")
    assert len([line for line in lines[:rules] if line.startswith("BAD NEWS: ")]) == 3
    assert lines[rules : rules + 2] == [
        (
            "rule             verdict       base  by new calls  by values  limit            n   "
            "95% interval"
        ),
        (
            "smape            pass, missed  17.3  → 51.1        51.1       mean below 50    54  "
            "43.4–59.1"
        ),
    ]
    assert "coverage gained: docs/low 12 → 42" in lines


def test_calls_that_came_in_later_have_figures_of_their_own(folder: Path) -> None:
    new = [call(n, 3500, observed_at=AFTER) for n in range(50, 80)]
    found = [call(n, 3500) for n in range(80, 90)]
    samples = (*SAMPLES, *new, *found)
    lines = _printed(change(folder, samples=samples, known=[one.id for one in SAMPLES]))
    told = _line(
        lines,
        "later found: 10 calls, 10 phases came in after these coefficients, "
        "no newer than that call or of unknown time",
    )
    # No call is missed: the mean of 0.95, 0.9, 0.8, 0.7 and 0.5, each 30 times.
    assert lines[told - 1].startswith("e-value 0.0517 of prospective calls")
    assert lines[told - 2] == (
        "prospective: 30 calls, 30 phases came in after these coefficients, "
        "made after the newest call stored then"
    )
    table = [line.split() for line in lines[told + 3 : told + 14]]
    assert table[0] == ["metric", "fitted", "as", "asked", "later", "found", "prospective"]
    assert table[1] == ["calls", "64", "64", "10", "30"]
    assert table[2] == ["phases", "64", "64", "10", "30"]
    # 200 × 438 / 7,438 = 11.8 for each of docs, 200 × 770 / 6,770 = 22.7 for each of tests
    assert table[3][:3] == ["SMAPE", "mean", "13.8"]
    assert table[3][-2:] == ["11.8", "[11.8–11.8]"]
    assert table[-1][-2:] == ["1.13", "[1.13–1.13]"]


def test_too_few_later_calls_are_only_counted(folder: Path) -> None:
    later = [call(n, 3500, observed_at=AFTER) for n in range(50, 59)]
    lines = _printed(change(folder, samples=(*SAMPLES, *later), known=[one.id for one in SAMPLES]))
    told = _line(lines, "prospective: 9 calls, 9 phases came in after these coefficients")
    assert lines[told].endswith(", made after the newest call stored then; 10 phases are needed")
    assert not any(line.startswith("Figures") for line in lines[told:])


def test_coefficients_that_still_miss_are_not_called_todays(folder: Path) -> None:
    samples = [*SAMPLES, *(call(n, 9000) for n in range(50, 80))]
    report = change(folder, DOCS_LOW, samples=samples)
    assert report.verdict == "pass"
    lines = _printed(report)
    assert (
        len(
            [line for line in lines if line.startswith("BAD NEWS: these coefficients still miss ")]
        )
        == 3
    )


def test_a_retirement_is_told_before_the_figures(folder: Path) -> None:
    before = Retirement(SAMPLES[1].id, "a test", "samples/retired.yaml", 2)
    lines = _printed(change(folder, retired=[TOLD_TWICE], retired_before=[before]))
    assert lines[3] == "RETIRED by this change: 000000000000 (samples/retired.yaml:4): told twice"
    assert "retired: 000000000000: a test" in lines[5:]
    assert "coverage lost: docs/low 11 → 10" in lines


def test_large_numbers_and_equal_ends_are_easy_to_read(folder: Path) -> None:
    report = change(folder)
    underestimation = replace(
        report.rules[1],
        head=Fraction(17, 1000),
        ends=(Fraction(17, 1000), Fraction(171, 10000)),
        n=30058,
        base=None,
    )
    rules = (report.rules[0], underestimation, *report.rules[2:])
    lines = _printed(replace(report, rules=rules))
    assert lines[_line(lines, "underestimation  ")].split()[:4] == [
        "underestimation",
        "pass",
        "n/a",
        "1.7%",
    ]
    assert " 30,058 " in lines[_line(lines, "underestimation  ")]


def test_a_missed_rule_says_that_it_is_the_rule_that_passes(folder: Path) -> None:
    files = ["validator/coefgate/x.py", "samples/x.jsonl"]
    report = change(folder, added=[call(n, 9000) for n in range(50, 80)], files=files)
    assert report.verdict == "fail"
    lines = _printed(report)
    assert "This rule still passes: this change moves no prediction." in " ".join(lines)


def test_a_reason_is_told_before_the_figures(folder: Path) -> None:
    lines = _printed(change(folder, DOCS_ANSWERED))
    assert lines[3] == (
        f"ACKNOWLEDGED: docs.low: 1500 → 700, asked for by swing ({DOCS}:5): seen | in run 41"
    )


def test_a_restore(folder: Path) -> None:
    lines = _printed(change(folder, DOCS_TOO_LOW, restored=OLD))
    assert lines[0].startswith("RESTORE, on 24 calls")
    assert lines[3].startswith(f"This change restores the coefficients of {OLD[:12]}.")
    assert lines[4].startswith("BAD NEWS: the restored coefficients miss underestimation")
    assert "not asked of a restore: stratum-regression, swing" in lines
    assert not [line for line in lines if "Not asked of a restore:" in line]


def test_notes_stand_before_what_is_next(folder: Path) -> None:
    lines = _printed(change(folder, DOCS_LOW, notes=["the proposal is behind"]))
    assert lines[-2:] == [
        "note: the proposal is behind",
        f"next: coefgate diff {BASE[:12]} worktree",
    ]


def test_lists_are_shortened_and_say_so(folder: Path) -> None:
    report = change(folder, DOCS_TOO_LOW, added=[call(60, 2000, category="music")])
    against = report.comparison
    assert against is not None
    strata = tuple(
        replace(one, value=f"{one.value}-{n}") for n in range(20) for one in report.scores.strata
    )
    long = replace(
        report,
        scores=replace(report.scores, strata=strata),
        comparison=replace(against, changes=against.changes * 30, gained=against.gained * 30),
    )
    lines = _printed(long)
    assert "… and 10 more: coefgate diff" in lines
    assert [line for line in lines if line.startswith("… and ") and line.endswith("--format json")]
    assert "and 22 more" in " ".join(lines[_line(lines, "coverage gained: ") :])
    assert len(lines) < 120


def test_what_is_changed_together_is_never_torn_apart(folder: Path) -> None:
    report = change(folder, DOCS_TOO_LOW)
    against = report.comparison
    assert against is not None
    [effect] = against.changes
    [low] = effect.changes
    both = replace(effect, changes=(low, replace(low, name="docs.high")))
    for effects, more in ((20, []), (23, ["… and 6 more: coefgate diff"])):
        changed = replace(against, changes=(both,) * effects)
        lines = _printed(replace(report, comparison=changed))
        assert sum(line.startswith("docs.high: 1500 → 700") for line in lines) == 20
        assert sum(line.startswith("    together: 12 calls") for line in lines) == 20
        assert [line for line in lines if line.startswith("…")] == more


def test_it_fits_a_usual_terminal(folder: Path) -> None:
    lines = _printed(change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF)))
    tables = [line for line in lines if "  " in line.strip() and not line.startswith("    ")]
    assert len(tables) > 15
    assert max(map(len, tables)) <= 100


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Report:
    return change(
        folder,
        {**DOCS_TOO_LOW, **TESTS_ANSWERED, MARGINS: ("factor: 1.125", "factor: 1.13")},
        added=[call(60, 2000, category="music")],
        retired=[TOLD_TWICE],
        notes=["behind"],
    )


@pytest.mark.thorough
@pytest.mark.no_cover  # the tests above reach these lines
@pytest.mark.parametrize("text", NASTY)
def test_nothing_hidden_is_printed(
    hostile: Report, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _assert_plain(hostile, text, capsys)


@ANY
@given(text=texts)
def test_nothing_hidden_is_ever_printed(
    hostile: Report, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _assert_plain(hostile, text, capsys)


def _assert_plain(report: Report, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(verdict_page(with_text(report, text)))
    printed = capsys.readouterr().out.split("\n")
    assert [line for line in printed if not line.isprintable()] == []
    assert printed[0].startswith("FAIL, on ")


def test_baselines_stand_beside_the_registry_on_the_same_calls(folder: Path) -> None:
    lines = _printed(alone(folder))
    at = _line(lines, "Baselines on the same calls, computed from them")
    # docs 3,938 beside 3,500 and tests 3,770 beside 3,000; 3,500 covers all; P95 × 1.15 of each
    # category is 15% more than every call.
    assert lines[at + 1 : at + 6] == [
        "predictions of            SMAPE  missed  waste  spread",
        "this registry              17.3    0.0%   1.19   0.006",
        "one number for all          7.7    0.0%   1.08   0.008",
        "P95 × 1.15 of a category   14.0    0.0%   1.15   0.000",
        "",
    ]


def test_no_baseline_is_shown_where_nothing_is_measurable(folder: Path) -> None:
    assert "Baselines" not in printed(verdict_page(alone(folder, samples=[CUT_OFF])))


def test_baselines_of_unseen_calls_stand_before_fitted_ones(folder: Path) -> None:
    report = alone(folder)
    scores, known = report.scores, report.scores.all
    unseen = Unseen(phase=known, run=None, has=np.ones(24, dtype=np.bool_), reasons={})
    scores = replace(scores, unseen=unseen)
    baselines = baselines_of(scores, report.head.registry)
    lines = _printed(replace(report, scores=scores, baselines=baselines))
    at = _line(lines, "Baselines on the same calls, computed from them; unseen: from other phases")
    assert lines[at + 1].endswith(
        "unseen phase: SMAPE  missed  waste  spread  fitted: SMAPE  missed  waste  spread"
    )
    # Each category has more calls of as many tokens, so that none is missed without a phase.
    assert lines[at + 3].split() == [
        "one",
        "number",
        "for",
        "all",
        *["7.7", "0.0%", "1.08", "0.008"] * 2,
    ]


def test_what_was_measured_is_no_condition_of_an_approval(folder: Path) -> None:
    """Two lists of Markdown with nothing between them are one."""
    page = list(verdict_page(change(folder, TESTS_ANSWERED)))
    wide = fitting(page, "wide")
    untitled = [one for one in wide if isinstance(one, Items) and one.rows and not one.title]
    assert untitled == []
    text = markdown(page)
    assert (
        text.index("**Approve if**") < text.index("**Also measured**") < text.index("- spread: ")
    )
