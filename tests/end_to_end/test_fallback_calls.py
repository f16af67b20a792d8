"""Calls that only the fallback serves are counted and named wherever calls are counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.core.trees import FolderTree
from coefgate.samples.model import Sample, fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.end_to_end.conftest import Coefgate

GPT = 20
ETL = "coefficients/overhead/etl.yaml"
PRIOR = {"kind": "prior", "reference": "docs/calibrations/baseline.md"}
Store = Callable[..., None]
SENTENCE = "20 of 40 scored calls use the fallback: model gpt-5.1"


def _like(registry: Path) -> Sample:
    return next(
        one
        for one in read_samples(FolderTree(registry)).samples
        if one.category == "implementation"
        and one.success
        and one.paths == "real"
        and not one.truncated
    )


def _fields(like: Sample, number: int, **changes: Any) -> dict[str, Any]:
    new = {"phase_id": f"new-{number}", "run_id": "new", "reference": f"new:{number}"}
    links = dict.fromkeys(("duplicate_of", "supersedes", "same_ceiling_as"))
    return fields_of(like) | new | links | changes


@pytest.fixture
def etl(registry: Path) -> Path:
    """A registry with 40 calls: 20 are of another model, 4 of the 6 etl/high among them."""
    like = _like(registry)
    overhead = {name: {"tokens": 1200, "basis": {**PRIOR}} for name in ("low", "medium", "high")}
    (registry / ETL).write_text(yaml.safe_dump({"category": "etl", "overhead": overhead}), "utf-8")
    calls = [
        _fields(
            like,
            number,
            model="gpt-5.1" if number < GPT else "claude-sonnet-4-5",
            category="etl" if GPT - 4 <= number < GPT + 2 else "implementation",
            complexity="high" if GPT - 4 <= number < GPT + 2 else "medium",
        )
        for number in range(40)
    ]
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    add_samples([stored_line(one) for one in calls], source="new.jsonl", root=registry)
    return registry


def _json(coefgate: Coefgate, *arguments: str) -> Any:
    return json.loads(coefgate(*arguments, "--format", "json").out)


@pytest.mark.parametrize("arguments", [["gate"], ["replay"]])
def test_verdict_and_replay_name_them(etl: Path, coefgate: Coefgate, arguments: list[str]) -> None:
    assert SENTENCE in coefgate(*arguments).out.splitlines()
    assert _json(coefgate, *arguments)["fallback"] == {
        "calls": 20,
        "of": 40,
        "reasons": [{"reason": "model", "value": "gpt-5.1", "calls": 20, "closest": None}],
        "further_reasons": 0,
    }


def test_a_pull_request_names_them(etl: Path, coefgate: Coefgate) -> None:
    assert (
        "20 of 40 scored calls use the fallback: model `gpt-5.1`"
        in coefgate("gate", "--format", "markdown").out
    )


def test_annotations_of_a_pull_request_name_them(etl: Path, coefgate: Coefgate) -> None:
    warnings = [
        line
        for line in coefgate("gate", "--format", "github").out.splitlines()
        if line.startswith("::warning ")
    ]
    assert any(line.endswith(f"::{SENTENCE}.") for line in warnings)


def test_a_call_without_deliverables_rests_on_their_figure(
    registry: Path, coefgate: Coefgate
) -> None:
    """A model that nobody declared is predicted as ever, so nothing counts it otherwise."""
    like = _like(registry)
    calls = [
        _fields(
            like,
            n,
            model="gpt-5.1",
            complexity="medium",
            **({} if n < 2 else {"deliverables": []}),
        )
        for n in range(5)
    ]
    add_samples([stored_line(one) for one in calls], source="new.jsonl", root=registry)
    covered = _json(coefgate, "coverage")
    outside = {
        (one["category"], one["complexity"]): one["samples"] for one in covered["outside_cells"]
    }
    assert outside["(no deliverables)", "medium"] >= 3
    assert outside["(fallback)", "medium"] == 2
    explained = _json(coefgate, "explain", "no_deliverables.medium")["samples"]
    eligible = [one for one in explained if one["status"] == "eligible"]
    assert len(eligible) == outside["(no deliverables)", "medium"]
    assert len(_json(coefgate, "explain", "fallback.overhead")["samples"]) == 2
    for arguments in (["gate"], ["replay"], ["coverage"], ["samples", "audit"]):
        fallback = _json(coefgate, *arguments)["fallback"]
        assert (fallback["calls"], [one["calls"] for one in fallback["reasons"]]) == (2, [2]), (
            arguments
        )


def test_a_foreign_model_of_calls_without_deliverables_is_warned_of(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    new = tmp_path / "new.jsonl"
    new.write_bytes(stored_line(_fields(_like(registry), 1, model="gpt-5.1", deliverables=[])))
    assert coefgate("samples", "add", str(new)).err == (
        "coefgate: warning: model gpt-5.1 is outside applies_to: 1 call; "
        "it is stored, and no_deliverables serves it\n"
    )


@pytest.mark.parametrize("arguments", [["coverage"], ["samples", "audit"]])
def test_coverage_and_audit_name_them(etl: Path, coefgate: Coefgate, arguments: list[str]) -> None:
    assert SENTENCE in coefgate(*arguments).out.splitlines()
    assert _json(coefgate, *arguments)["fallback"]["reasons"][0]["value"] == "gpt-5.1"


def test_coverage_and_explain_count_alike(etl: Path, coefgate: Coefgate) -> None:
    explained = _json(coefgate, "explain", "etl.high")
    covered = _json(coefgate, "coverage")
    cells = {(one["category"], one["complexity"]): one["samples"] for one in covered["cells"]}
    outside = {
        (one["category"], one["complexity"]): one["samples"] for one in covered["outside_cells"]
    }
    assert len(explained["samples"]) == cells["etl", "high"] == 2
    assert (explained["labelled"]["calls"], explained["labelled"]["of"]) == (4, 6)
    assert outside == {("(fallback)", "medium"): 16, ("(fallback)", "high"): 4}
    have = {aim["aim"]: aim["have"] for aim in covered["aims"]}
    assert (have["eligible_samples"], have["categories"]) == (20, 2)
    said = coefgate("explain", "etl.high").out
    assert "4 of 6 scored calls labelled etl/high use the fallback: model gpt-5.1" in said
    assert coefgate("coverage").out.split("(fallback)")[1].split("\n")[0].split() == [
        *("–", "16", "in", "16", "4", "in", "4")
    ]


def test_every_number_of_a_cell_counts_as_coverage_does(
    registry: Path, coefgate: Coefgate
) -> None:
    for cell in _json(coefgate, "coverage")["cells"]:
        if cell["category"] not in ("docs", "tests"):
            continue
        explained = _json(coefgate, "explain", f"{cell['category']}.{cell['complexity']}")
        eligible = [one for one in explained["samples"] if one["status"] == "eligible"]
        assert len(eligible) == cell["samples"], cell


def test_a_change_gains_what_coverage_counts(
    registry: Path, git: Callable[..., str], coefgate: Coefgate
) -> None:
    like = _like(registry)
    calls = [
        _fields(like, number, category="docs", complexity="high", model=model)
        for number, model in enumerate(["gpt-5.1", "gpt-5.1", like.model])
    ]
    add_samples([stored_line(one) for one in calls], source="new.jsonl", root=registry)
    coverage = _json(coefgate, "gate")["coverage"]
    moves = {
        (one["category"], one["complexity"]): (one["base"], one["head"])
        for one in coverage["gained"]
    }
    assert moves == {("(fallback)", "high"): (0, 2), ("docs", "high"): (0, 1)}


def test_a_typo_is_told_when_it_is_stored_and_ever_after(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    like = _like(registry)
    new = tmp_path / "new.jsonl"
    calls = [
        _fields(like, 1, category="databse"),
        _fields(like, 2, category="databse"),
        _fields(like, 3),
    ]
    new.write_bytes(b"".join(stored_line(one) for one in calls))
    found = coefgate("samples", "add", str(new))
    assert found.code == 0
    assert found.out.startswith("3 calls stored in samples/")
    assert found.err == (
        "coefgate: warning: category databse is not declared (did you mean database?): 2 calls; "
        "they are stored, and the fallback serves them\n"
    )
    said = "2 of 66 scored calls use the fallback: category databse (did you mean database?)"
    assert said in coefgate("replay").out
    assert said in coefgate("gate").out
    for arguments in (["coverage"], ["samples", "audit"]):
        assert said in coefgate(*arguments).out
    assert _json(coefgate, "coverage")["outside_cells"] == [
        {
            "category": "(fallback)",
            "complexity": like.complexity,
            "samples": 2,
            "censored": 0,
            "phases": 2,
            "newest": like.observed_at[:10] if like.observed_at else None,
        }
    ]


def test_labels_that_are_declared_are_not_warned_of(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    new = tmp_path / "new.jsonl"
    like = _like(registry)
    unknown = _fields(like, 2, category=None, complexity=None, label_origin=None, model=None)
    new.write_bytes(stored_line(_fields(like, 1, category="documentation")) + stored_line(unknown))
    assert coefgate("samples", "add", str(new)).err == ""


def test_a_model_that_is_not_named_as_it_was_declared(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    new = tmp_path / "new.jsonl"
    new.write_bytes(stored_line(_fields(_like(registry), 1, model="Claude-Sonnet-4-5")))
    said = (
        "warning: model Claude-Sonnet-4-5 is outside applies_to "
        "(did you mean claude-*?): 1 call; it is"
    )
    assert said in coefgate("samples", "add", str(new)).err


def test_several_reasons_are_told_with_their_calls(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    low = (
        "\noverhead:\n"
        "  low: {tokens: 5, basis: {kind: prior, reference: docs/calibrations/baseline.md}}\n"
    )
    (registry / ETL).write_text(f"category: etl{low}", "utf-8")
    like = _like(registry)
    calls = [
        *(_fields(like, n, category="etl", complexity="high") for n in range(3)),
        *(_fields(like, n, category="zzz", model="gpt-5.1") for n in (3, 4)),
    ]
    new = tmp_path / "new.jsonl"
    new.write_bytes(b"".join(stored_line(one) for one in calls))
    assert coefgate("samples", "add", str(new)).code == 0
    assert (
        "5 of 68 scored calls use the fallback: cell etl/high (3), category zzz (2), model "
        "gpt-5.1 (2)" in coefgate("replay").out
    )


def test_calls_are_stored_beside_coefficients_that_cannot_be_read(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    new = tmp_path / "new.jsonl"
    new.write_bytes(stored_line(_fields(_like(registry), 1, category="databse")))
    (registry / "coefficients/gates.yaml").unlink()
    found = coefgate("samples", "add", str(new))
    assert found.code == 0
    assert "labels are not compared: 1 problem in coefficients/" in found.err
    assert coefgate("samples", "add", str(new)).err == ""  # nothing new
