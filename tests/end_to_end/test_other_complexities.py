"""A registry with complexities of its own, and calls of format 2 that name them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from coefgate.samples.model import fields_of, stored_line
from tests.end_to_end.checkouts import git
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import is_eligible, stored
from tests.frozen_registry import FIRST_IMPORT

RENAMED = {"low": "low", "medium": "high", "high": "extra-high"}
GATES = "coefficients/gates.yaml"
SCOPE = "  observed_since: null\n"


def _renamed(value: Any) -> Any:
    """A document with the other names; what else is called low, medium or high is not in it."""
    if isinstance(value, dict):
        return {RENAMED.get(key, key): _renamed(item) for key, item in value.items()}
    return RENAMED.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def accepted(registry: Path, tmp_path: Path, coefgate: Coefgate) -> Path:
    """A registry with other complexities, and calls whose lists are of both origins."""
    for file in sorted((registry / "coefficients").rglob("*.yaml")):
        if file.name in {"registry.yaml", "safety_margins.yaml"} or file.parent.name == "overhead":
            document = _renamed(yaml.safe_load(file.read_text("utf-8")))
            if "complexities" in document:
                document["complexities"] = list(RENAMED.values())
            file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    calls = [
        {
            **{name: value for name, value in fields_of(one).items() if name != "id"},
            "format": 2,
            "call_id": f"msg_{number}",
            "reasoning_tokens": None,
            "deliverables_from": "request" if number % 3 else "reply",
            "complexity": RENAMED[str(one.complexity)],
        }
        for number, one in enumerate(stored(registry, is_eligible))
    ]
    (registry / FIRST_IMPORT).unlink()
    drafts = tmp_path / "drafts.jsonl"
    drafts.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in calls))
    added = coefgate("samples", "add", str(drafts))
    assert (added.code, added.err) == (0, "")
    git(registry, "init", "-q", "-b", "main")
    git(registry, "add", "-A")
    git(registry, "commit", "-qm", "first")
    return registry


def _json(coefgate: Coefgate, *words: str) -> Any:
    return json.loads(coefgate(*words, "--format", "json").out)


def test_calls_are_scored_in_their_cells(accepted: Path, coefgate: Coefgate) -> None:
    assert coefgate("check").code == 0
    covered = _json(coefgate, "coverage")
    assert covered["outside_cells"] == []
    assert {one["complexity"] for one in covered["cells"]} == set(RENAMED.values())
    strata = _json(coefgate, "replay", "--by", "complexity,deliverables_from")["strata"]
    assert [one["value"] for one in strata] == [*RENAMED.values(), "reply", "request"]
    assert _json(coefgate, "gate")["verdict"] == "pass"
    estimate = ("estimate", "--category", "docs", "--complexity", "extra-high", "create:a.md")
    assert _json(coefgate, *estimate)["basis"] == "exact"
    unknown = coefgate("estimate", "--category", "docs", "--complexity", "medium", "create:a.md")
    assert "it declares low, high, extra-high" in unknown.err


def test_lists_of_both_origins_are_counted_apart(accepted: Path, coefgate: Coefgate) -> None:
    origins = _json(coefgate, "coverage")["deliverables_from"]
    assert set(origins) == {"request", "reply"}
    assert origins == _json(coefgate, "samples", "audit")["deliverables_from"]
    for command in (("coverage",), ("samples", "audit")):
        assert "files read: from the request " in coefgate(*command).out


@pytest.mark.parametrize("origin", ["request", "reply"])
def test_a_scope_of_one_origin_is_narrower(
    accepted: Path, coefgate: Coefgate, origin: str
) -> None:
    whole = _json(coefgate, "replay")["metrics"]["all"]["samples"]
    gates = accepted / GATES
    narrower = f"{SCOPE}  deliverables_from: {origin}\n"
    gates.write_text(gates.read_text("utf-8").replace(SCOPE, narrower), "utf-8")
    assert 0 < _json(coefgate, "replay")["metrics"]["all"]["samples"] < whole
    stopped = coefgate("gate")
    assert stopped.code == 1
    assert f"scope.deliverables_from is loosened from request and reply to {origin}" in " ".join(
        stopped.out.split()
    )
    answer = f"    deliverables_from: {{from: null, to: {origin}, reason: one planner}}\n"
    answered = f"{narrower}  acknowledge:\n{answer}"
    gates.write_text(gates.read_text("utf-8").replace(narrower, answered), "utf-8")
    rules = {one["rule"]: one["status"] for one in _json(coefgate, "gate")["rules"]}
    assert rules["gates-loosened"] == "pass"


def test_the_drill_corrects_calls_of_such_a_registry(accepted: Path, coefgate: Coefgate) -> None:
    only = ("cell-emptied", "call-moved", "same-call-with-less")
    words = [word for name in only for word in ("--only", name)]
    found = _json(coefgate, "drill", "--seed", "1", *words)
    assert {one["kind"]: one["status"] for one in found["rows"]} == dict.fromkeys(only, "ok")


def test_a_line_of_format_1_says_no_other_complexity(accepted: Path, coefgate: Coefgate) -> None:
    one = next(iter(stored(accepted)))
    fields = {
        name: value
        for name, value in fields_of(one).items()
        if name not in {"format", "call_id", "deliverables_from", "reasoning_tokens"}
    }
    (accepted / "old.jsonl").write_bytes(stored_line(fields | {"complexity": "extra-high"}))
    refused = coefgate("samples", "add", "old.jsonl")
    assert refused.code == 3
    assert '"format":2' in refused.err
