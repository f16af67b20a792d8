"""Which corrections ask for a reason, and which answers are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.gates.corrected import corrected
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients, ListAnswer
from coefgate.samples.model import Sample
from tests.gates.builders import plain_registry, proposal, retirement, state
from tests.registry.builders import renamed
from tests.replay.builders import sample

PLAIN: Final = plain_registry()
ONE: Final = sample(1, 1000, observed_at="2026-01-01T10:00:00+11:00")
CUT_OFF: Final = sample(2, 900, truncated=True, success=None, max_output_tokens=1000)
FAILED: Final = sample(3, 1000, success=False)
UNKNOWN: Final = sample(4, 1000, category=None, success=None, truncated=None)


def _by(of: Sample, number: int = 9, **fields: Any) -> Sample:
    return replace(
        of,
        id=f"{number:032x}",
        line=number,
        supersedes=of.id,
        file="samples/here/new.jsonl",
        **fields,
    )


def _judged(
    old: Sample,
    *new: Sample,
    base: Sequence[ListAnswer] = (),
    head: Sequence[ListAnswer] = (),
    registry: Coefficients = PLAIN,
    retired: Iterable[Sample] = (),
) -> RuleResult:
    sides = (
        replace(one, gates=replace(one.gates, corrected=tuple(answers)))
        for one, answers in ((PLAIN, base), (registry, head))
    )
    before, after = sides
    gone = [retirement(one) for one in retired]
    one = proposal(state(before, [old], gone), state(after, [old, *new], gone))
    return corrected(one)


@pytest.mark.parametrize(
    ("old", "fields"),
    [
        (ONE, {"actual_output_tokens": 10}),
        (ONE, {"actual_output_tokens": 9000, "input_tokens": 7, "stop_reason": "end_turn"}),
        (ONE, {"observed_at": "2025-12-31T23:00:00.0Z"}),
        (ONE, {"category": "testing"}),
        (CUT_OFF, {"actual_output_tokens": 901}),
        (CUT_OFF, {"truncated": False, "success": True, "actual_output_tokens": 901}),
        (FAILED, {"actual_output_tokens": 10, "stop_reason": "end_turn"}),
        (UNKNOWN, {"category": "tests", "success": True, "truncated": False}),
    ],
    ids=str,
)
def test_what_needs_no_reason(old: Sample, fields: dict[str, Any]) -> None:
    registry = replace(
        PLAIN,
        categories={
            **PLAIN.categories,
            "tests": replace(PLAIN.categories["tests"], aliases=("testing",)),
        },
    )
    assert _judged(old, _by(old, **fields), registry=registry).status == "pass"


@pytest.mark.parametrize(
    ("old", "fields", "told"),
    [
        (ONE, {"origin": "there", "run_id": "r"}, "changes who the call is (origin, run_id)"),
        (ONE, {"observed_at": None}, "changes who the call is (observed_at)"),
        (FAILED, {"success": True, "attempt": 9}, "changes who the call is (attempt)"),
        (ONE, {"paths": "synthetic"}, "makes it say less (eligible → synthetic)"),
        (ONE, {"duplicate_of": CUT_OFF.id}, "makes it say less (eligible → duplicate)"),
        (CUT_OFF, {"truncated": None}, "makes it say less (censored → undeclared)"),
        (CUT_OFF, {"actual_output_tokens": 899}, "was cut off at 900 tokens, and now says 899"),
        (
            CUT_OFF,
            {"truncated": False, "success": True},
            "was cut off at 900 tokens, and now says 900",
        ),
        (
            ONE,
            {"category": "docs", "complexity": "high"},
            "swaps its labels (category, complexity)",
        ),
        (
            ONE,
            {"deliverables": (Deliverable("b.py", "create"),), "model": "gpt"},
            "(deliverables, model)",
        ),
    ],
    ids=str,
)
def test_what_needs_a_reason(old: Sample, fields: dict[str, Any], told: str) -> None:
    found = _judged(old, _by(old, **fields))
    assert (found.status, found.n) == ("fail", 1)
    [finding] = found.findings
    assert told in finding.message
    assert (finding.file, finding.line, finding.subject) == (
        "samples/here/new.jsonl",
        9,
        f"{9:032x}",
    )


def test_files_in_another_order_are_the_same_files() -> None:
    two = sample(4, 1000, creates=2)
    assert _judged(two, _by(two, deliverables=two.deliverables[::-1])).status == "pass"


def test_labels_are_compared_by_the_names_of_head() -> None:
    moved = _by(ONE, category="checks")
    assert _judged(ONE, moved, registry=renamed(PLAIN, "tests", "checks")).status == "pass"
    assert _judged(ONE, moved).status == "fail"


def test_a_retired_call_counts_like_one_that_was_scored() -> None:
    assert _judged(ONE, _by(ONE, complexity="high"), retired=[ONE]).status == "fail"
    assert _judged(ONE, _by(ONE, actual_output_tokens=7), retired=[ONE]).status == "pass"
    assert (
        _judged(CUT_OFF, _by(CUT_OFF, actual_output_tokens=7), retired=[CUT_OFF]).status == "fail"
    )


def test_an_answer_names_the_last_line_and_comes_with_it() -> None:
    first = _by(ONE, 8, attempt=2)
    last = _by(first, 9, attempt=3)
    answer = ListAnswer(last.id, "the log says so", 20)
    assert _judged(ONE, first, last, head=[answer]).status == "pass"
    assert _judged(ONE, first, last, head=[replace(answer, subject=first.id)]).status == "fail"
    before = _judged(ONE, first, last, base=[answer], head=[answer])
    assert before.status == "fail"
    assert "the answer in gates.yaml was there before" in before.findings[0].message
    again = replace(answer, reason="seen in run 41")
    assert _judged(ONE, first, last, base=[answer], head=[again]).status == "pass"
