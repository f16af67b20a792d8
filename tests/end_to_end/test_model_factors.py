"""Factors of models and of another attempt, through the real commands and real git."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coefgate import Previous, Registry
from tests.end_to_end.conftest import Coefgate
from tests.replay.documents import errors

Git = Callable[..., str]
ABOUT, MARGINS, FACTORS = (
    f"coefficients/{name}.yaml" for name in ("registry", "safety_margins", "model_factors")
)
BASIS = "{kind: prior, reference: docs/calibrations/baseline.md}"
RETRY = f"""
retry:
  after_complete: {{factor: 1.3, basis: {BASIS}}}
  after_cut_off: {{factor: 1.5, basis: {BASIS}}}
"""
MODELS = f"""factors:
  - models: ["claude-sonnet-*"]
    factor: 1
    basis: {BASIS}
  - models: ["*-opus=*"]  # a glob may hold what stands between a name and its value
    factor: 1.2
    basis: {BASIS}
default: {{factor: 0.9, basis: {BASIS}}}
"""


@pytest.fixture
def two(registry: Path, git: Git) -> Path:
    """The registry of this repository under semantics 2, with both parts, committed."""
    about = (registry / ABOUT).read_text("utf-8").replace("semantics: 1", "semantics: 2")
    (registry / ABOUT).write_text(about + RETRY, "utf-8")
    margins = re.sub("(?m)^interval:.*\n", "", (registry / MARGINS).read_text("utf-8"))
    (registry / MARGINS).write_text(margins, "utf-8")
    (registry / FACTORS).write_text(MODELS, "utf-8")
    git("add", "--all")
    git("commit", "-qm", "Say semantics: 2")
    return registry


def _json(coefgate: Coefgate, *words: str, code: int | None = 0) -> Any:
    outcome = coefgate(*words, "--format", "json")
    assert code is None or outcome.code == code, outcome.text
    return json.loads(outcome.out)


def test_a_snapshot_serves_what_the_folder_says(
    two: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    built = tmp_path / "snapshot.json"
    assert coefgate("build", "-o", str(built)).code == 0
    runner = Registry.from_snapshot(built)
    words = ("--category", "docs", "--complexity", "low", "--model", "claude-opus=4")
    again = ("--previous-tokens", "90000", "--previous-truncated")
    tokens = []
    for options, previous in (((), None), (again, Previous(90_000, truncated=True))):
        found = _json(coefgate, "estimate", *words, *options, "create:docs/a.md")
        served = runner.estimate(
            category="docs",
            complexity="low",
            model="claude-opus=4",
            deliverables=["create:docs/a.md"],
            previous=previous,
        )
        assert (found["tokens"], found["basis"]) == (served.tokens, served.basis)
        assert found["breakdown"]["model_factor"] == 1.2
        tokens.append((served.tokens, served.basis))
    assert tokens[1] == (135_000, "retry")


def test_a_factor_is_tried_written_explained_and_has_a_history(
    two: Path, coefgate: Coefgate, git: Git
) -> None:
    tried = _json(coefgate, "try", "model.*-opus=*=1.25", "retry.after_complete=1.35", code=None)
    assert [(one["name"], one["from"], one["to"]) for one in tried["tried"]] == [
        ("model.*-opus=*", "1.2", "1.25"),
        ("retry.after_complete", "1.3", "1.35"),
    ]
    assert errors("report", tried["report"]) == []
    coefgate("try", "model.*-opus=*=1.25", "--write")
    assert MODELS.replace("1.2\n", "1.25\n") == (two / FACTORS).read_text("utf-8")
    git("commit", "-qam", "Raise a factor")
    history = _json(coefgate, "history", "model.*-opus=*")
    assert errors("history", history) == []
    assert [(one["before"], one["number"]) for one in history["steps"]] == [
        (1.2, 1.25),
        (None, 1.2),
    ]
    explained = _json(coefgate, "explain", "model.claude-sonnet-*")
    assert errors("explain", explained) == []
    assert explained["counts"]["rest"]["samples"] > 0


def test_a_rule_that_goes_and_an_order_that_changes_are_told_and_judged(
    two: Path, coefgate: Coefgate
) -> None:
    rules = re.split("(?m)^(?=  - |default)", MODELS)
    (two / FACTORS).write_text("".join((rules[0], rules[2], rules[1], rules[3])), "utf-8")
    difference = _json(coefgate, "diff")
    assert errors("diff", difference) == []
    assert [one["kind"] for one in difference["changes"]] == ["model-rules"]
    assert coefgate("gate").code == 4  # no stored call is of a model that both rules name
    (two / FACTORS).write_text("".join((rules[0], rules[1], rules[3])), "utf-8")
    report = _json(coefgate, "gate", code=1)
    assert [one["rule"] for one in report["rules"] if one["status"] == "fail"] == [
        "coefficient-removed"
    ]


def test_under_semantics_1_both_parts_are_one_error_each(two: Path, coefgate: Coefgate) -> None:
    about = (two / ABOUT).read_text("utf-8").replace("semantics: 2", "semantics: 1")
    (two / ABOUT).write_text(about, "utf-8")
    said = [
        line for line in coefgate("check").text.splitlines() if "belongs to semantics 2" in line
    ]
    assert len(said) == 2
    assert all("Write semantics: 2 there, or delete it." in line for line in said)
    assert said[0].startswith("coefficients/model_factors.yaml:1:1  ")
    assert "retry belongs" in said[1]
