"""docs/reference/metrics.md: every definition has an example, and every example is true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
SECTIONS = dict(
    re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
)


def test_the_examples_of_the_page_are_true() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 20
    assert found.failed == 0


@pytest.mark.parametrize("title", SECTIONS)
def test_every_definition_has_an_example_that_is_executed_and_worked_by_hand(title: str) -> None:
    assert "```pycon\n>>> " in SECTIONS[title]
    assert "By hand" in SECTIONS[title] or "by hand" in SECTIONS[title]


def test_every_metric_of_a_report_is_on_the_page() -> None:
    assert {
        "SMAPE",
        "Underestimation rate",
        "Waste ratio",
        "Quantiles",
        "Intervals",
    } <= SECTIONS.keys()
