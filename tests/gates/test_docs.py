"""docs/reference/gates.md: where every rule of a report leads to."""

from __future__ import annotations

import doctest
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core import problems
from coefgate.core.trees import FolderTree
from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.rules import RULES
from coefgate.registry.model import Gates
from coefgate.registry.reading import read_registry
from coefgate.use_cases.help_topics import rule_sections

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "gates.md"
TEXT = PAGE.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
CODES = (
    "PASS",
    "GATE_FAILED",
    "USAGE",
    "INVALID",
    "NOT_MEASURABLE",
    "ENVIRONMENT",
    "BUG",
    "INTERRUPTED",
)


def test_every_rule_has_its_section_in_the_order_of_a_report(gates: Gates) -> None:
    schema = json.loads((PAGE.parents[2] / "schemas" / "report.schema.json").read_text("utf-8"))
    rules = schema["properties"]["rules"]["items"]["properties"]["rule"]["enum"]
    assert rules[:4] == [result.rule for result in absolute_rules(None, gates)]
    assert list(rule_sections()) == rules == list(RULES)
    for rule in rules:
        for question in ("**Rule:**", "**Why:**"):
            assert question in SECTIONS[rule], (rule, question)
        assert re.search(r"\*\*When it is (red|not measurable):\*\*", SECTIONS[rule]), rule


@pytest.mark.parametrize("title", ["Feasible margin", "Stakes"])
def test_what_else_a_report_shows_has_an_example(title: str) -> None:
    assert "Example: " in SECTIONS[title]
    assert "```pycon\n>>> " in SECTIONS[title]


def test_the_examples_of_the_page_are_true() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 8
    assert found.failed == 0


def test_the_thresholds_on_the_page_are_those_of_the_registry() -> None:
    thresholds = read_registry(FolderTree(PAGE.parents[2])).gates.thresholds
    rules = {path: one.value for path, one in thresholds.items() if path.startswith("rules.")}
    assert len(rules) > 10
    for path, number in rules.items():
        _, rule, name = path.split(".")
        [written] = re.findall(rf"`{name}`\s\(([\d.]+)\)", SECTIONS[rule])
        assert Fraction(written) == number, path


def test_every_exit_code_is_explained() -> None:
    codes = [
        int(code) for code in re.findall(r"^\| (\d+) \|", SECTIONS["Exit codes"], re.MULTILINE)
    ]
    assert codes == sorted(getattr(problems, name) for name in CODES)
