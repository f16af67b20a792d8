"""Every record has one standing, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from coefgate.telemetry.call_table import UNKNOWN
from coefgate.telemetry.counted import STANDINGS, standings
from tests.telemetry.tables import MONDAY, WEEK, table_of


def _standings(*rows: dict[str, Any]) -> list[str]:
    return [STANDINGS[code] for code in standings(table_of(*rows))]


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ({}, "eligible"),
        ({"truncated": 1, "success": 0}, "censored"),
        ({"truncated": 1, "success": UNKNOWN}, "censored"),
        ({"success": 0}, "failed"),
        ({"success": 0, "actual": 0}, "failed-without-tokens"),
        ({"finished": False, "actual": UNKNOWN, "truncated": UNKNOWN}, "unfinished"),
        ({"faulty": True, "actual": UNKNOWN}, "faulty"),
        ({"unit": "turn", "truncated": 1}, "turn"),
        ({"actual": UNKNOWN}, "tokens-unknown"),
        ({"truncated": UNKNOWN}, "ending-unknown"),
        ({"success": UNKNOWN}, "ending-unknown"),
        ({"actual": 0}, "no-tokens"),
        ({"category": None, "model": None, "phase": None}, "eligible"),
    ],
)
def test_what_a_record_says_decides(said: dict[str, Any], standing: str) -> None:
    assert _standings(said) == [standing]


def test_of_calls_cut_off_at_one_ceiling_the_one_that_says_most_counts() -> None:
    cut_off = {"truncated": 1, "limit": 900, "phase": "runner/a"}
    assert _standings(
        {**cut_off, "actual": 898},
        {**cut_off, "actual": 900},
        {**cut_off, "actual": 900},
        {**cut_off, "actual": 901, "limit": 1000},
        {**cut_off, "actual": 900, "phase": "runner/b"},
        {**cut_off, "actual": 900, "digest": "b" * 64},
        {**cut_off, "actual": 900, "started_at": MONDAY + WEEK},
        {**cut_off, "actual": 900, "phase": None},
        {**cut_off, "actual": 900, "phase": None},
    ) == ["same-ceiling", "censored", "same-ceiling", *["censored"] * 6]


def test_without_a_ceiling_its_tokens_are_one() -> None:
    cut_off = {"truncated": 1, "phase": "runner/a"}
    rows = ({**cut_off, "actual": 900}, {**cut_off, "actual": 900}, {**cut_off, "actual": 901})
    assert _standings(*rows) == ["censored", "same-ceiling", "censored"]


def test_no_record_has_no_standing() -> None:
    assert _standings() == []
