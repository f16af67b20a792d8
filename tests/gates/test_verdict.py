"""When a reason beside a number is all that a proposal lacks."""

from __future__ import annotations

import pytest

from coefgate.gates.verdict import RuleResult, Verdict, needs_reasons_only


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


def _result(rule: str, status: Verdict) -> RuleResult:
    return RuleResult(rule, status, "", "", "coefficients/gates.yaml", 1)
