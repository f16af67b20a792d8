"""When a reason beside a number is all that a proposal lacks, and where none is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


def _result(rule: str, status: Verdict) -> RuleResult:
    return RuleResult(rule, status, "", "", "coefficients/gates.yaml", 1)
