from __future__ import annotations

import json
from typing import Any

import pytest

from coefgate.publishing.verdicts import announcement_of

HEADLINES = {"pass": "PASS", "fail": "FAIL", "not-measurable": "NOT MEASURABLE"}


def _report(verdict: str, **more: Any) -> bytes:
    document = {"verdict": verdict, "headline": HEADLINES[verdict], "restore": False, "rules": []}
    return json.dumps({**document, **more}).encode()


@pytest.mark.parametrize(
    "headline",
    [
        "PASS",
        "PASS – nothing changed",
        "NO WORSE – the registry misses smape and waste-band",
        "RESTORE",
    ],
)
def test_a_success_says_what_the_report_says_and_on_how_many_calls(headline: str) -> None:
    said = announcement_of(
        0, _report("pass", headline=headline, metrics={"head": {"samples": 1058}})
    )
    assert (said.state, said.description) == ("success", f"{headline}, on 1,058 calls")


@pytest.mark.parametrize(("code", "verdict"), [(0, "pass"), (1, "fail"), (4, "not-measurable")])
def test_a_report_without_a_headline_is_no_verdict(code: int, verdict: str) -> None:
    assert announcement_of(code, _report(verdict, headline=None)).state == "error"


@pytest.mark.parametrize(
    ("code", "verdict", "description"),
    [(1, "fail", "FAIL: swing, smape"), (4, "not-measurable", "NOT MEASURABLE: unmeasured")],
)
def test_what_blocks_names_its_rules_once(code: int, verdict: str, description: str) -> None:
    rules = [
        {"rule": "swing", "status": "fail"},
        {"rule": "unmeasured", "status": "not-measurable"},
        {"rule": "smape", "status": "fail"},
        {"rule": "swing", "status": "fail"},
        {"rule": "waste-band", "status": "pass"},
    ]
    said = announcement_of(code, _report(verdict, rules=rules))
    assert (said.state, said.description) == ("failure", description)


@pytest.mark.parametrize(
    "report", [None, b"", b"{", b"[]", b"\xff", b"{}", b"[" * 100_000, _report("fail")]
)
def test_only_a_pass_that_the_report_confirms_is_a_success(report: bytes | None) -> None:
    assert announcement_of(0, report).state == "error"


def test_a_failure_that_the_report_denies_is_no_verdict() -> None:
    assert announcement_of(1, _report("pass")).state == "error"
    assert announcement_of(4, _report("pass")).state == "error"


def test_what_could_not_be_measured_at_all_blocks() -> None:
    assert announcement_of(4, None).state == "failure"


def test_an_invalid_registry_blocks_whatever_the_report_says() -> None:
    said = announcement_of(3, _report("pass"))
    assert (said.state, said.description) == (
        "failure",
        "registry or samples invalid: the report names each problem",
    )


@pytest.mark.parametrize("code", [2, 5, 70, 130, 137, 255])
def test_every_other_end_is_no_verdict(code: int) -> None:
    said = announcement_of(code, _report("pass"))
    assert said.state == "error"
    assert f"(exit code {code})" in said.description


@pytest.mark.parametrize(
    "odd",
    [
        {"rules": None},
        {"rules": [None, {"rule": None}]},
        {"metrics": []},
        {"metrics": {"head": 3}},
    ],
)
def test_an_odd_report_changes_no_state(odd: dict[str, Any]) -> None:
    assert announcement_of(0, _report("pass", **odd)).state == "success"
    assert announcement_of(1, _report("fail", **odd)).state == "failure"
