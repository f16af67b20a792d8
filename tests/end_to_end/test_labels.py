"""Imported calls are labelled by source, label file and rules, and figures show which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.releases import commit, prepared, succeeded, twice

__all__ = ["prepared", "twice"]
LABELS = "coefficients/labels.yaml"
RULES = """rules:
  - every_path: ["tests/**"]
    category: tests
  - words: [refactor]
    category: refactoring
  - files_to: 1
    complexity: low
"""
CALLS = (
    {"phase_id": "p1", "deliverables": ["tests/test_a.py"]},
    {"phase_id": "p2-refactor", "deliverables": ["src/a.py"]},
    {"phase_id": "p3", "category": "docs", "complexity": "low", "deliverables": ["README.md"]},
    {"phase_id": "p4", "deliverables": ["src/b.py", "src/c.py"]},
    {"phase_id": "p5", "deliverables": ["src/d.py"]},
    {"phase_id": "p6", "category": "docs", "deliverables": ["src/e.py"]},
)
DECLARED = "phase_id,category,complexity\np4,backend,high\np5,docs,\np5,tests,\np6,tests,\n"


@pytest.fixture
def labelled(registry: Path) -> Path:
    """A registry with rules, with calls and a file of labels beside it."""
    (registry / LABELS).write_text(RULES)
    (registry / "declared.csv").write_text(DECLARED)
    lines = [
        {"output_tokens": 1000 + number, "success": True, "truncated": False, **one}
        for number, one in enumerate(CALLS)
    ]
    text = "".join(f"{json.dumps(one)}\n" for one in lines)
    (registry / "calls.jsonl").write_text(text)
    return registry


def _stored(root: Path) -> dict[str, tuple[Any, ...]]:
    lines = [
        json.loads(line)
        for file in (root / "samples/jsonl").glob("*.jsonl")
        for line in file.read_bytes().splitlines()
    ]
    return {
        one["phase_id"]: (one["category"], one["complexity"], one["label_origin"]) for one in lines
    }


def test_calls_are_labelled_and_contradictions_left_out(
    labelled: Path, coefgate: Coefgate
) -> None:
    found = coefgate("samples", "import", "jsonl", "calls.jsonl", "--labels", "declared.csv")
    assert found.code == 0, found.text
    assert _stored(labelled) == {
        "p1": ("tests", "low", "rule"),
        "p2-refactor": ("refactoring", "low", "rule"),
        "p3": ("docs", "low", "logged"),
        "p4": ("backend", "high", "declared"),
    }
    [told] = [line for line in found.out.splitlines() if "contradict" in line]
    # 1,004 and 1,005 tokens: what the file says of p5 twice, and source and file of p6.
    assert told.split()[5:7] == ["2", "2,009"]
    assert "calls.jsonl:5" in told
    (labelled / "declared.csv").write_text(
        DECLARED.replace("p5,docs,\n", "").replace("p6,", "p7,")
    )
    mended = coefgate("samples", "import", "jsonl", "calls.jsonl", "--labels", "declared.csv")
    assert mended.code == 0, mended.text
    assert "labels in declared.csv that match no new call: lines 2, 4" in mended.out
    assert "match no new call" not in found.out
    new = {"p5": ("tests", "low", "rule"), "p6": ("docs", "low", "rule")}
    assert {name: _stored(labelled)[name] for name in new} == new
    assert len(_stored(labelled)) == 6
    assert coefgate("check").code == 0


def test_figures_are_cut_by_where_labels_come_from(labelled: Path, coefgate: Coefgate) -> None:
    coefgate("samples", "import", "jsonl", "calls.jsonl", "--labels", "declared.csv")
    replayed = json.loads(coefgate("replay", "--by", "label_origin", "--format", "json").out)
    counts = {one["value"]: one["metrics"]["samples"] for one in replayed["strata"]}
    assert {name: counts[name] for name in ("declared", "rule")} == {"declared": 1, "rule": 2}
    audit = json.loads(coefgate("samples", "audit", "--format", "json").out)["label_origin"]
    assert {name: one["samples"] for name, one in audit.items()} == counts
    assert "by a rule of labels.yaml 2 calls, 2 phases" in " ".join(
        coefgate("samples", "audit").out.split()
    )


def test_a_label_that_is_not_declared_is_told_with_the_closest(
    labelled: Path, coefgate: Coefgate
) -> None:
    (labelled / LABELS).write_text(RULES.replace("category: tests", "category: test"))
    found = coefgate("check")
    assert found.code == 3
    assert f'{LABELS}:3:15  rules[0].category is "test", which is not a declared' in found.out
    assert "Did you mean tests?" in found.out
    assert coefgate("samples", "import", "jsonl", "calls.jsonl").code == 3


def test_a_bad_file_of_labels_stores_nothing(labelled: Path, coefgate: Coefgate) -> None:
    (labelled / "declared.csv").write_text("phase,category\np1,docs\n")
    found = coefgate("samples", "import", "jsonl", "calls.jsonl", "--labels", "declared.csv")
    assert (found.code, found.out) == (3, "")
    assert found.err.startswith("declared.csv:1:1  phase is not a key here")
    assert "Did you mean phase_id?" in found.err
    assert not (labelled / "samples/jsonl").exists()


def test_rules_move_no_prediction_and_gate_nothing(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / LABELS).write_text(RULES)
    report = json.loads(coefgate("gate", "--format", "json").out)
    assert report["verdict"] == "pass"
    assert report["head"]["digest"] == report["base"]["digest"]
    assert {one["status"] for one in report["rules"]} == {"pass"}


def test_rules_go_back_with_a_rollback(twice: Path, git: Git, coefgate: Coefgate) -> None:
    (twice / LABELS).write_text(RULES)
    commit(twice, git, message="label calls by rules")
    succeeded(coefgate("rollback", "1.0.0", "--reason", "cuts off"))
    assert not (twice / LABELS).exists()
    assert coefgate("check").code == 0
