"""docs/gates.md: where every rule of a report leads to."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from coefgate import problems
from coefgate.gates.rules import absolute_rules
from coefgate.registry.model import Gates

PAGE = Path(__file__).parents[2] / "docs" / "gates.md"
TEXT = PAGE.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
CODES = ("PASS", "GATE_FAILED", "USAGE", "INVALID", "NOT_MEASURABLE", "ENVIRONMENT", "BUG", "INTERRUPTED")


def test_every_rule_has_its_section(gates: Gates) -> None:
    rules = [result.rule for result in absolute_rules(None, gates)]
    assert list(SECTIONS)[: len(rules)] == rules
    for rule in rules:
        for question in ("**Asks:**", "**Why:**", "**When it is red:**"):
            assert question in SECTIONS[rule], (rule, question)


@pytest.mark.parametrize("title", ["Feasible margin", "Stakes"])
def test_what_else_a_report_shows_has_an_example(title: str) -> None:
    assert "Example: " in SECTIONS[title]
    assert "```pycon\n>>> " in SECTIONS[title]


def test_the_examples_of_the_page_are_true() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 8
    assert found.failed == 0


def test_the_defaults_on_the_page_are_those_of_the_registry() -> None:
    thresholds = (PAGE.parents[1] / "coefficients" / "gates.yaml").read_text("utf-8")
    written = re.findall(r"`(mean_below|rate_below|median_from|median_to|p90_to)` \(([\d.]+)\)", TEXT)
    assert len(written) == 5
    for name, value in written:
        assert f"{name}: {value}" in thresholds


def test_every_exit_code_is_explained() -> None:
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", SECTIONS["Exit codes"], re.MULTILINE)]
    assert codes == sorted(getattr(problems, name) for name in CODES)


def test_the_order_of_exit_codes_is_that_of_the_program() -> None:
    match = re.search(r"the first of ([\d, ]+) counts", SECTIONS["Exit codes"])
    assert match is not None
    order = [int(code) for code in match[1].split(", ")]
    assert [problems.gravest(order[at:]) for at in range(len(order))] == order
