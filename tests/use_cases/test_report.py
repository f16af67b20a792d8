"""The report: what follows from the verdict, and its JSON, which fits the schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.model import Gates
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import replay
from coefgate.replay.state import State
from coefgate.replay.strata import DIMENSIONS
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.json import json_text
from coefgate.samples.model import Retirement, Sample, SampleStore
from coefgate.samples.reading import StoredIds, read_samples
from coefgate.samples.status import audit
from coefgate.use_cases.make_report import report_of_state
from coefgate.use_cases.report import NextStep, Report
from coefgate.whatif.feasible_margin import FeasibleMargin
from tests.gates.builders import plain_registry
from tests.replay.builders import DIGEST, audited, sample, table
from tests.replay.documents import allowed_edits, errors
from tests.replay.test_schema import shipped

ROOT = Path(__file__).parents[2]
RETIRED = Retirement("ab" * 16, "told twice", "samples/retired.yaml", 4)
HEAD = State(
    "worktree",
    plain_registry(),
    replace(table(), registry_version="1.2.3", digest=DIGEST),
    SampleStore((), {RETIRED.id: RETIRED}),
)

# ``table()`` predicts 1,100 tokens for each.
PASSING = [sample(n, 1000) for n in range(1, 13)]
WASTEFUL = [sample(n, 600) for n in range(1, 13)]  # 1.83 times what was needed
SHORT = [sample(n, 1200) for n in range(1, 13)]  # each would be cut off
OPEN = [*PASSING, *(sample(n, 1000, truncated=True) for n in range(20, 25))]  # 5 of 17 undecided
FAILED_ONLY = [sample(1, 1000, success=False)]


def _judge(
    samples: Sequence[Sample], gates: Gates, *, margin: int = 1000, **options: Any
) -> Report:
    stored, registry = audited(samples), table(margin)
    return report_of_state(
        replace(HEAD, registry=replace(HEAD.registry, gates=gates)),
        replay(Evidence(stored).predicted(registry), by=("category", "complexity"), **options),
        alone="asked for",
    )


# --- The verdict and what follows


@pytest.mark.parametrize(
    ("samples", "verdict", "red"),
    [
        (PASSING, "pass", []),
        (WASTEFUL, "fail", ["smape", "waste-band"]),  # SMAPE 200 × 500 / 1,700 = 58.8
        (SHORT, "fail", ["underestimation", "waste-band"]),
        (OPEN, "not-measurable", ["underestimation"]),
        (FAILED_ONLY, "not-measurable", ["smape", "underestimation", "waste-band", "waste-p90"]),
        ([], "not-measurable", ["smape", "underestimation", "waste-band", "waste-p90"]),
    ],
)
def test_the_verdict_rests_on_the_rules(
    samples: list[Sample], verdict: str, red: list[str], gates: Gates
) -> None:
    report = _judge(samples, gates)
    assert report.verdict == verdict
    assert [rule.rule for rule in report.rules if rule.status != "pass"] == red


def test_a_rule_that_fails_outweighs_one_that_is_open(gates: Gates) -> None:
    samples = [*WASTEFUL, *(sample(n, 1000, truncated=True) for n in range(20, 25))]
    report = _judge(samples, gates)
    assert {rule.status for rule in report.rules} == {"pass", "fail", "not-measurable"}
    assert report.verdict == "fail"


def test_what_to_do_next(gates: Gates) -> None:
    breakdown = NextStep("coefgate replay --by category,complexity")
    coverage = NextStep("coefgate coverage")
    assert _judge(PASSING, gates).next == (coverage,)
    # 1,100 × 1.090 = 1,199 misses 1,200; at 1.091 it is 1,200.1, rounded up to 1,201.
    assert _judge(SHORT, gates).next == (
        NextStep(
            "set every margin in coefficients/safety_margins.yaml to 1.091", is_command=False
        ),
        breakdown,
    )
    assert _judge(WASTEFUL, gates).next == (breakdown,)
    assert _judge([], gates).next == (NextStep("coefgate samples audit"), coverage)


def test_the_margin_that_is_proposed_makes_the_registry_pass(gates: Gates) -> None:
    proposed = _judge(SHORT, gates).feasible_margin
    assert proposed is not None
    for margin in (proposed.low, proposed.high):
        assert _judge(SHORT, gates, margin=margin).verdict == "pass"
    for margin in (proposed.low - 1, proposed.high + 1):
        assert _judge(SHORT, gates, margin=margin).verdict == "fail"


def test_without_an_eligible_call_nothing_is_at_stake(gates: Gates) -> None:
    report = _judge(FAILED_ONLY, gates)
    assert (report.stakes, report.feasible_margin) == (None, None)
    assert report.retired == (RETIRED,)


# --- JSON


def test_a_report_on_the_shipped_registry_fits() -> None:
    stored, coefficients = shipped()
    tree = FolderTree(ROOT)
    registry, store = read_registry(tree), read_samples(tree)
    assert stored == audit(store, scope=registry.gates.scope, unit=registry.unit)
    report = report_of_state(
        State("0" * 40, registry, coefficients, store),
        replay(Evidence(stored).predicted(coefficients), by=DIMENSIONS, known=StoredIds((), 0.0)),
        alone="asked for",
    )
    document = verdict_dict(report)
    assert errors("report", document) == []
    # The lines that the rules point to are those on which the limits stand.
    lines = (ROOT / "coefficients" / "gates.yaml").read_text("utf-8").splitlines()
    for rule in document["rules"]:
        assert lines[rule["line"] - 1].strip().startswith(f"{rule['rule']}:")


@pytest.mark.parametrize("samples", [PASSING, WASTEFUL, SHORT, OPEN, FAILED_ONLY, []])
def test_every_kind_of_report_fits(samples: list[Sample], gates: Gates) -> None:
    assert errors("report", verdict_dict(_judge(samples, gates, known=StoredIds((), 0.0)))) == []
    assert (
        errors("report", verdict_dict(_judge(samples, gates, unknown_because="git is not here")))
        == []
    )


def test_json_is_the_document(gates: Gates) -> None:
    report = _judge(OPEN, gates)
    assert json.loads(json_text(verdict_dict(report))) == verdict_dict(report)


def test_numbers_of_a_report_by_hand(gates: Gates) -> None:
    # 12 calls at 1,100 / 1,000 and 5 that were cut off at 1,000, predicted at 1,100.
    document = verdict_dict(_judge(OPEN, gates))
    assert document["head"] == {"revision": "worktree", "version": "1.2.3", "digest": DIGEST}
    # 5 of 17 = 0.294117647…; each of the 17 leaves 100 tokens unused
    assert document["stakes"] == {
        "per_calls": 1000,
        "cut_off_kaplan_meier": {"known": None, "base": None, "head": 294.117647},
        "cut_off": {"known": None, "base": None, "head": [0.0, 294.117647]},
        "reserved_unused_tokens": {"known": None, "base": None, "head": 100_000.0},
    }
    by_rule = {rule.pop("rule"): rule for rule in document["rules"]}
    assert by_rule["smape"] == {
        "status": "pass",
        "met": True,
        "limit": "mean below 50",
        "known": None,
        "known_lower": None,
        "known_upper": None,
        "base": None,
        "base_lower": None,
        "base_upper": None,
        "head": 9.52381,  # 200 × 100 / 2,100
        "head_lower": None,
        "head_upper": None,
        "interval": [9.52381, 9.52381],
        "n": 12,
        "phases": 17,
        "message": "Mean SMAPE is 9.5.",
        "documentation": "docs/reference/gates.md#smape",
        "file": "coefficients/gates.yaml",
        "line": 4,
        "findings": [],
    }
    underestimation = by_rule["underestimation"]
    # All need as much for what they are predicted, and of equal ones complete calls come first.
    assert underestimation["head"] == underestimation["head_upper"] == 0.294118
    assert underestimation["head_lower"] == 0.0
    intervals = document["metrics"]["head"]["intervals"]
    assert intervals["underestimation_rate"] == [0.0, 0.161566]  # no miss seen: 1 − 0.05^(1/17)
    assert underestimation["interval"] == intervals["underestimation_kaplan_meier"]
    assert underestimation["n"] == 17  # those that were cut off count as well
    assert by_rule["waste-band"]["head"] == by_rule["waste-p90"]["head"] == 1.1


def test_a_feasible_margin_is_two_factors(gates: Gates) -> None:
    report = _judge(PASSING, gates)
    # 1,100 × 1.363 = 1,499.3 rounds up to 1,500 = 1.5 × 1,000; at 1.364 it is 1,501.
    assert report.feasible_margin == FeasibleMargin(1000, 1363, whole=True)
    assert verdict_dict(report)["feasible_margin"] == [1.0, 1.363]


def test_nothing_may_be_added_or_left_out(gates: Gates) -> None:
    document = verdict_dict(_judge(PASSING, gates, known=StoredIds((), 0.0)))
    assert allowed_edits("report", document, tried=100) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "passed"),
        (("restore",), "no"),
        (("base",), "main"),
        (("stakes", "cut_off", "head"), [0.0]),
        (("stakes", "cut_off", "head", 0), 1001),
        (("rules", 0, "rule"), "mape"),
        (("rules", 0, "status"), "green"),
        (("rules", 0, "head"), "41"),
        (("rules", 0, "line"), 0),
        (("rules", 0, "documentation"), "docs/reference/gates.md"),
        (("rules",), []),
        (("feasible_margin",), [1.0]),
        (("feasible_margin", 0), 0.9),
        (("changes",), {}),
        (("coverage", "cells", 0, "samples"), -1),
        (("retired", 0, "id"), "ab"),
        (("next", 0), ""),
    ],
)
def test_a_wrong_value_is_refused(path: tuple[str | int, ...], value: Any, gates: Gates) -> None:
    document: Any = verdict_dict(_judge(PASSING, gates, known=StoredIds((), 0.0)))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    found = errors("report", document)
    assert len(found) == 1, found
