"""When a reason beside a number is all that a proposal lacks, and what findings and rules say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coefgate.changes.change import Change
from coefgate.gates.verdict import (
    Finding,
    RuleResult,
    Verdict,
    needs_reasons_only,
    without_reasons,
)


@pytest.mark.parametrize(
    ("red", "only"),
    [
        ([], False),
        (["swing"], True),
        (["unmeasured", "swing"], True),
        (["swing", "smape"], False),
        (["coefficient-removed"], False),
    ],
)
def test_when_a_reason_beside_the_number_is_all_that_is_missing(
    red: list[str], only: bool
) -> None:
    results = [_result(rule, "fail") for rule in red] + [_result("waste-band", "pass")]
    assert needs_reasons_only(results) == only


@pytest.mark.parametrize(
    ("subjects", "status", "left"),
    [(["docs.low"], "pass", 0), (["docs.low", None], "fail", 1), ([None], "fail", 1)],
)
def test_a_reason_that_was_given_is_not_asked_again(
    subjects: list[str | None], status: Verdict, left: int
) -> None:
    findings = tuple(Finding("is so", "a.yaml", 1, subject=one) for one in subjects)
    found = without_reasons(replace(_result("unseen", "fail"), findings=findings))
    assert (found.status, len(found.findings)) == (status, left)


ANSWER = 'acknowledge: {from: 1, to: 2, reason: "…"}'


@pytest.mark.parametrize(
    ("remedy", "answer", "message", "shown"),
    [
        ("", "", "docs.low moves", ""),
        ("", ANSWER, f"docs.low moves; acknowledge it with: {ANSWER}", ANSWER),
        ("restore it", ANSWER, "docs.low moves; restore it", ""),
    ],
)
def test_a_finding_holds_the_answer_that_it_names(
    remedy: str, answer: str, message: str, shown: str
) -> None:
    change = Change("docs.low", "overhead", "docs.low", None, None, "a.yaml", 3)
    found = Finding.about(change, "docs.low moves", remedy, answer=answer)
    assert (found.message, found.answer) == (message, shown)


def test_a_message_is_its_sentences() -> None:
    rule = replace(_result("smape", "fail"), said="Mean SMAPE is 56.7", remedy="Look at replay.")
    assert rule.sentences == ("Mean SMAPE is 56.7.", "Look at replay.")
    beside = replace(rule, beside_base="Base misses this too, but was closer.", remedy="")
    assert beside.message == "Base misses this too, but was closer. Mean SMAPE is 56.7."
    assert beside.found == beside.message.rstrip(".")


def _result(rule: str, status: Verdict) -> RuleResult:
    return RuleResult(rule, status, "", "", "coefficients/gates.yaml", 1)
