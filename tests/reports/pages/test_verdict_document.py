"""The report as JSON: a comparison with its base fits the schema, and its numbers are right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from coefgate.gates.verdict import Finding
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.json import json_text
from coefgate.samples.model import FIELDS, Retirement
from coefgate.use_cases.report import Report
from tests.replay.documents import allowed_edits, errors
from tests.reports.hostile import texts, with_text
from tests.reports.verdicts import (
    ADDED,
    BASE,
    CORRECTED,
    CUT_OFF,
    DOCS,
    DOCS_ANSWERED,
    DOCS_LOW,
    DOCS_TOO_LOW,
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
TOLD_TWICE = Retirement(SAMPLES[5].id, "told twice", "samples/retired.yaml", 4)
LONG_AGO = Retirement(SAMPLES[1].id, "a test", "samples/retired.yaml", 2)


@pytest.fixture(scope="module")
def everything(folder: Path) -> Report:
    return change(
        folder,
        {**DOCS_TOO_LOW, **TESTS_ANSWERED},
        samples=(*SAMPLES, CUT_OFF),
        added=[call(60, 100, category="tests"), call(61, 2000, category="music"), CORRECTED],
        gone=[SAMPLES[2].id],
        retired=[TOLD_TWICE],
        retired_before=[LONG_AGO],
        files=["validator/coefgate/x.py"],
        behind=3,
        notes=["the proposal is 3 commits behind main"],
    )


def test_every_kind_of_comparison_fits(folder: Path, everything: Report) -> None:
    bad_news = [call(n, 9000) for n in range(50, 80)]
    for report in (
        everything,
        change(folder),
        change(folder, DOCS_LOW),
        change(folder, added=bad_news),
        change(folder, DOCS_TOO_LOW, restored=OLD),
        change(folder, DOCS_LOW, samples=()),
        change(folder, samples=(), added=bad_news),
        change(folder, samples=bad_news, gone=[one.id for one in bad_news]),
        alone(folder, notes=["alone"]),
    ):
        assert errors("report", verdict_dict(report)) == []
        assert json.loads(json_text(verdict_dict(report))) == verdict_dict(report)


def test_nothing_may_be_added_or_left_out(everything: Report) -> None:
    document = json.loads(json_text(verdict_dict(everything)))
    for filled in (
        "changes",
        "strata",
        "retired",
        "corrected",
        "acknowledged",
        "notes",
        "next",
        "rules",
    ):
        assert document[filled]
    assert document["movers"]["worse"]
    assert document["movers"]["better"]
    assert document["coverage"]["lost"]
    assert document["coverage"]["gained"]
    short = {
        **_with_one_of_each(document),
        "rules": document["rules"],
    }  # the schema asks for every rule
    assert errors("report", short) == []
    assert allowed_edits("report", short, tried=200) == []


def _with_one_of_each(value: Any) -> Any:
    """A document in which each list of mappings has its first one only: no other is edited."""
    if isinstance(value, dict):
        return {key: _with_one_of_each(each) for key, each in value.items()}
    if isinstance(value, list):
        several = value[:1] if value and isinstance(value[0], dict) else value
        return [_with_one_of_each(each) for each in several]
    return value


def test_numbers_of_a_comparison_by_hand(folder: Path) -> None:
    document = verdict_dict(change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF), behind=2))
    assert document["base"]["behind"] == 2
    assert (document["base"]["revision"], document["head"]["revision"]) == (BASE, "worktree")
    assert document["base"]["digest"] != document["head"]["digest"]
    assert (document["verdict"], document["restore"], document["restores"]) == (
        "fail",
        False,
        None,
    )
    # Of 25 calls, 12 of docs needed 3,500 and get 3,038; the one that was cut off at 3,000 stays
    # open. Unused: 12 × 438 + 12 × 770 + 938 = 15,434 tokens at base, 12 × 770 + 38 = 9,278 at
    # head.
    assert document["stakes"] == {
        "per_calls": 1000,
        "cut_off_kaplan_meier": {"known": None, "base": 0.0, "head": 520.0},
        "cut_off": {"known": None, "base": [0.0, 40.0], "head": [480.0, 520.0]},
        "reserved_unused_tokens": {"known": None, "base": 617_360.0, "head": 371_120.0},
    }
    assert document["metrics"]["known"] is None
    assert document["metrics"]["base"]["misses"] == 0
    assert document["metrics"]["head"]["misses"] == 12
    rules = {rule["rule"]: rule for rule in document["rules"]}
    assert len(rules) == 19
    under = rules["underestimation"]
    # The open call needs at least 3,000 of 3,938 at base, where complete ones need less or 3,500,
    # and 3,000 of 3,038 at head, where those that are covered need less.
    assert (under["base"], under["base_lower"], under["base_upper"]) == (0.0, 0.0, 0.04)
    assert (under["head"], under["head_lower"], under["head_upper"]) == (0.52, 0.48, 0.52)
    assert (under["status"], under["met"], under["n"], under["phases"]) == ("fail", False, 25, 25)
    swing = rules["swing"]
    assert (swing["base"], swing["head"], swing["interval"], swing["n"]) == (None, None, None, 1)
    assert [(found["file"], found["line"]) for found in swing["findings"]] == [(DOCS, 5)]
    (entry,) = document["changes"]
    assert (entry["coefficient"], entry["base"], entry["head"]) == ("docs.low", 1500, 700)
    assert (entry["file"], entry["line"], entry["calls"], entry["grouped_with"]) == (
        DOCS,
        5,
        13,
        [],
    )
    # 200 × 438 / 7,438 = 11.777360 becomes 200 × 462 / 6,538 = 14.132762, on half of the calls.
    assert entry["effect"]["smape_mean"] == pytest.approx((14.132762 - 11.777360) / 2, abs=2e-6)
    assert entry["effect"]["underestimation_rate"] == 0.48
    assert entry["effect"]["waste_p90"] == 0.0
    assert document["movers"]["worse"][0] == {
        "id": SAMPLES[0].id,
        "phase_id": "phase-0001",
        "category": "docs",
        "complexity": "low",
        "deliverables": 1,
        "censored": False,
        "actual": 3500,
        "base_predicted": 3938,
        "head_predicted": 3038,
        "base_missed": False,
        "head_missed": True,
        "base_smape": 11.77736,
        "head_smape": 14.132762,
    }
    strata = {(one["dimension"], one["value"]): one for one in document["strata"]}
    assert strata["cell", "docs/low"]["base"]["smape_mean"] == 11.77736
    assert strata["cell", "docs/low"]["head"]["smape_mean"] == 14.132762
    assert strata["cell", "tests/low"]["base"] == strata["cell", "tests/low"]["head"]


def test_a_margin_is_a_factor_and_a_name_is_a_text(folder: Path) -> None:
    edits = {
        DOCS: ("aliases: [documentation]", "aliases: [documentation, manual]"),
        "coefficients/safety_margins.yaml": ("factor: 1.125", "factor: 1.13"),
        "coefficients/registry.yaml": (
            "applies_to: [claude-*]",
            "applies_to: [claude-*, other-*]",
        ),
    }
    entries = {one["coefficient"]: one for one in verdict_dict(change(folder, edits))["changes"]}
    assert (entries["margin.docs.low"]["base"], entries["margin.docs.low"]["head"]) == (
        1.125,
        1.13,
    )
    assert (entries["alias.manual"]["base"], entries["alias.manual"]["head"]) == (None, "docs")
    assert entries["applies_to"]["head"] == ["claude-*", "other-*"]


def test_changes_that_go_together_share_their_effect(folder: Path) -> None:
    whole = (folder / DOCS).read_text()
    both = whole.replace("tokens: 3500", "tokens: 3700").replace("tokens: 1500", "tokens: 3600")
    low, high = verdict_dict(change(folder, {DOCS: (whole, both)}))["changes"]
    assert (low["coefficient"], high["coefficient"]) == ("docs.low", "docs.high")
    assert (low["grouped_with"], high["grouped_with"]) == (["docs.high"], ["docs.low"])
    assert (low["effect"], low["calls"]) == (high["effect"], high["calls"])


def test_a_stratum_that_one_side_lacks_is_null_there(folder: Path) -> None:
    edits = {DOCS: ("aliases: [documentation]", "aliases: [documentation, music]")}
    samples = (*SAMPLES, *(call(n, 3500, category="music") for n in range(60, 66)))
    strata = {
        (one["dimension"], one["value"]): one
        for one in verdict_dict(change(folder, edits, samples=samples))["strata"]
    }
    assert strata["cell", "music/low"]["head"] is None
    assert strata["cell", "music/low"]["base"]["samples"] == 6
    assert strata["cell", "docs/low"]["head"]["samples"] == 18


def _count(calls: int) -> dict[str, int]:
    return {"samples": calls, "censored": 0, "phases": calls}


def test_what_this_change_retires_comes_first(folder: Path) -> None:
    document = verdict_dict(change(folder, retired=[TOLD_TWICE], retired_before=[LONG_AGO]))
    assert [(one["id"], one["new"]) for one in document["retired"]] == [
        (TOLD_TWICE.id, True),
        (LONG_AGO.id, False),
    ]
    counts = {"base": _count(11), "head": _count(10)}
    lost = {"category": "docs", "complexity": "low", "base": 11, "head": 10, "counts": counts}
    assert document["coverage"]["lost"] == [lost]
    assert document["coverage"]["gained"] == []


def test_reasons_say_what_they_are_for(folder: Path) -> None:
    document = verdict_dict(change(folder, DOCS_ANSWERED))
    assert document["acknowledged"] == [
        {
            "name": "docs.low",
            "from": 1500,
            "to": 700,
            "asked_by": ["swing"],
            "reason": "seen | in run 41",
            "file": DOCS,
            "line": 5,
        }
    ]
    assert errors("report", document) == []


def test_a_restore_names_the_commit(folder: Path) -> None:
    document = verdict_dict(change(folder, DOCS_TOO_LOW, restored=OLD))
    assert (document["verdict"], document["restore"], document["restores"]) == ("pass", True, OLD)
    missed = [rule["rule"] for rule in document["rules"] if not rule["met"]]
    assert missed == ["underestimation", "stratum-regression", "swing"]


def test_a_file_name_that_is_no_utf8_can_be_written(everything: Report) -> None:
    name = b"validator/\xff.py".decode("utf-8", "surrogateescape")
    rules = tuple(
        replace(rule, said=f"{name} changes", file=name, findings=(Finding(name, name, 1),))
        for rule in everything.rules
    )
    text = json_text(verdict_dict(replace(everything, rules=rules)))
    assert json.loads(text.encode("utf-8"))["rules"][0]["file"] == r"validator/\udcff.py"


@ANY
@given(text=texts)
def test_any_text_survives(everything: Report, text: str) -> None:
    document = verdict_dict(with_text(everything, text))
    assert json.loads(json_text(verdict_dict(with_text(everything, text)))) == document
    assert len(document["rules"]) == 19


def test_a_corrected_call_is_told_with_what_was_said_before(folder: Path) -> None:
    again = call(63, 3100, attempt=2, supersedes=CORRECTED.id)
    document = verdict_dict(change(folder, samples=(*SAMPLES, CUT_OFF), added=[CORRECTED, again]))
    told = {"category": "docs", "complexity": "low"}
    assert document["corrected"] == [
        {
            "id": CUT_OFF.id,
            "by": again.id,
            "base": {**told, "status": "censored", "tokens": 3000},
            "head": {**told, "status": "eligible", "tokens": 3100},
            "fields": [
                {"field": field, "base": getattr(CUT_OFF, field), "head": getattr(again, field)}
                for field in FIELDS
                if field not in ("id", "supersedes")
                and getattr(CUT_OFF, field) != getattr(again, field)
            ],
            "file": ADDED,
            "line": again.line,
        }
    ]
    assert {"actual_output_tokens", "truncated"} <= {
        one["field"] for one in document["corrected"][0]["fields"]
    }


def test_a_corrected_call_that_was_never_scored_is_told_as_well(folder: Path) -> None:
    failed = call(64, 3000, success=False)
    other = call(65, 3000, supersedes=failed.id, observed_at="2025-12-29T08:40:02Z")
    [told] = verdict_dict(change(folder, samples=(*SAMPLES, failed), added=[other]))["corrected"]
    assert (told["base"]["status"], told["head"]["status"]) == ("failed", "eligible")
