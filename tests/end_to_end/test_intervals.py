"""Intervals by scope, in the real command: what is estimated, judged and told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coefgate.registry.schema_keywords import strict_validator
from coefgate.registry.schemas import load_schema
from tests.end_to_end.conftest import Coefgate, Git

MARGINS = "coefficients/safety_margins.yaml"
WIDTH = re.compile(r"\n(?:#[^\n]*\n)*interval: [^\n]*\n")
HELD = "held: {interval_80: 0.8, interval_90: null, budget_90: 0.9}"
ALL = f"""
intervals:
  all:
    samples: 92
    phases: 62
    quantiles:
      - {{share: 0.1, factor: 0.4}}
      - {{share: 0.5, factor: 0.7}}
      - {{share: 0.9, factor: 1.25}}
    {HELD}
"""
CELL = f"""  cells:
    docs:
      low:
        samples: 12
        phases: 9
        quantiles:
          - {{share: 0.9, factor: 1.5}}
        {HELD}
"""


def say(registry: Path, intervals: str) -> None:
    """Semantics 2, with these intervals."""
    about = registry / "coefficients/registry.yaml"
    about.write_text(about.read_text("utf-8").replace("semantics: 1", "semantics: 2"), "utf-8")
    text = (registry / MARGINS).read_text("utf-8").partition("\nintervals:")[0] + "\n"
    (registry / MARGINS).write_text(WIDTH.sub("\n", text).rstrip() + "\n" + intervals, "utf-8")


@pytest.fixture
def stated(registry: Path, git: Git) -> Path:
    """A registry whose accepted state has intervals of all calls and of one cell."""
    say(registry, ALL + CELL)
    git("commit", "-qam", "accepted as it is")
    git("checkout", "-qb", "proposal")
    return registry


def test_an_estimate_by_what_calls_need(stated: Path, coefgate: Coefgate) -> None:
    asked = ("estimate", "--category", "docs", "--complexity", "low", "create:docs/guide.md")
    found = json.loads(coefgate(*asked, "--format", "json").out)
    tokens = found["tokens"]
    up = {factor: -(-tokens * factor // 100) for factor in (70, 150)}
    assert found["interval"] == {"low": tokens * 40 // 100, "high": up[150], "coverage": 0.8}
    assert found["budgets"] == [
        {"risk": 0.1, "tokens": up[150]},
        {"risk": 0.5, "tokens": up[70]},
    ]
    lines = coefgate(*asked).out.splitlines()
    assert lines[0] == f"{tokens:,} output tokens"
    assert f"typical {up[70]:,} · enough for 9 in 10: {up[150]:,}" in lines


def test_where_nothing_is_stated_nothing_is_said(registry: Path, coefgate: Coefgate) -> None:
    asked = ("estimate", "--category", "docs", "--complexity", "low", "create:docs/guide.md")
    assert json.loads(coefgate(*asked, "--format", "json").out)["budgets"] == []
    say(registry, "")
    done = coefgate(*asked)
    assert done.code == 0, done.text
    assert "between" not in done.out
    assert "typical" not in done.out


def test_what_nothing_measures_is_not_stated(stated: Path, coefgate: Coefgate) -> None:
    say(stated, ALL + CELL.replace("factor: 1.5", "factor: 1.3"))
    done = coefgate("gate")
    assert done.code == 1
    assert "intervals.cells.docs.low moves from 0.9: 1.5; held" in done.out
    assert "nothing here measures how many calls it holds" in done.out
    say(stated, ALL + CELL.replace("0.9}\n", "0.95}\n"))  # no estimate moves, a claim does
    assert coefgate("gate").code == 1
    say(stated, ALL)
    assert coefgate("gate").code == 1
    say(stated, "")
    done = coefgate("gate")
    assert done.code == 0, done.text


def test_what_was_accepted_once_may_come_back(stated: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-q", "main")
    say(stated, "")
    git("commit", "-qam", "none any more")
    git("checkout", "-qb", "again")
    say(stated, ALL + CELL)
    done = coefgate("gate")
    assert done.code == 0, done.text


def test_a_changed_scope_is_told(stated: Path, coefgate: Coefgate) -> None:
    say(stated, ALL + CELL.replace("factor: 1.5", "factor: 1.3"))
    for command in ("diff", "gate"):
        found = json.loads(coefgate(command, "--format", "json").out)
        schema = load_schema("report" if command == "gate" else command)
        assert list(strict_validator(schema).iter_errors(found)) == []
        assert "intervals.cells.docs.low" in json.dumps(found)
    text = coefgate("diff").out
    assert "0.9: 1.5; held 80% 0.8, budget 0.9; 12 calls, 9 phases" in " ".join(text.split())
