"""What a report must say: places in it, and what stands there."""

from __future__ import annotations

import re

import pytest

from coefgate.drill.run import unsaid

REPORT = {
    "headline": "PASS – nothing changed",
    "metrics": {"head": {"samples": 58, "smape_mean": 41.3000004}},
    "rules": [{"rule": "smape", "known": None}, {"rule": "waste-band", "known": 1.25}],
    "notes": ["one thing", "20 of 40 calls use the fallback: model gpt-5.1"],
}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"headline": "PASS – nothing changed"},
        {"headline": re.compile("^PASS")},
        {"metrics.head.samples": 58, "metrics.head.smape_mean": 41.3},
        {"rules.smape.known": None, "rules.waste-band.known": 1.25, "rules.0.rule": "smape"},
        {"notes": re.compile("use the fallback")},
        {"notes.1": re.compile("^20 of 40")},
    ],
)
def test_what_is_told_is_found(told: dict[str, object]) -> None:
    assert not list(unsaid(REPORT, told))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"headline": "PASS"}, "headline is 'PASS – nothing changed', not 'PASS'"),
        ({"headline": re.compile("WORSE$")}, "headline is 'PASS – nothing changed', not 'WORSE$'"),
        ({"rules.smape.known": 41.3}, "rules.smape.known is None, not 41.3"),
        ({"rules.nothing.known": 1}, "rules.nothing.known is None, not 1"),
        ({"rules.7.known": 1}, "rules.7.known is None, not 1"),
        (
            {"metrics.head.smape_mean": 41.30001},
            "metrics.head.smape_mean is 41.3000004, not 41.30001",
        ),
    ],
)
def test_what_is_told_otherwise_is_named_with_its_place(
    told: dict[str, object], said: str
) -> None:
    assert list(unsaid(REPORT, told)) == [said]


def test_without_a_report_nothing_is_told() -> None:
    assert list(unsaid(None, {"headline": "PASS"})) == ["headline is None, not 'PASS'"]
