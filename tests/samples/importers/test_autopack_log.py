"""Logs of Autopack, with and without the definitions of their phases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coefgate.core.problems import InvalidInput
from coefgate.samples.importing import Count
from tests.samples.importers.conftest import Import, lines_of, reasons

LOG = (Path(__file__).parent / "autopack.log").read_text("utf-8")
PHASES = """\
naive_times: "+11:00"
phases:
  v9-p1-strings:
    deliverables: [src/strings.py]
  v9-p2-docs:
    scope:
      deliverables: {guide: [docs/a.md], others: [docs/b.md]}
"""


def test_without_definitions_the_files_are_not_known(collect: Import) -> None:
    """Four calls: 1,218 + 41 + 4,096 + 2,100 = 7,455; one says no number of tokens."""
    found = collect("autopack-log", LOG, name="drain.log")
    assert (found.told, found.taken) == (Count(4, 7455), Count(4, 7455))
    assert reasons(found) == {"bad-record": (1, ["drain.log:17"])}
    assert found.passed_over == {"other lines": 13}
    assert found.missing["paths"] == 4
    assert found.doubted["a time without its zone"].count == 5
    for fields in lines_of(found):
        assert (fields["paths"], fields["deliverables"]) == ("synthetic", [])
        assert fields["observed_at"] is None


def test_definitions_name_the_files_and_lines_before_a_call_the_rest(collect: Import) -> None:
    found = collect("autopack-log", LOG, name="drain.log", mapping=PHASES)
    first, failed, again, unknown = lines_of(found)
    assert first == {
        "id": first["id"],
        "format": 2,
        "origin": "autopack-log",
        "reference": "drain.log:7",
        "call_id": None,
        "observed_at": "2026-03-01T19:40:02+11:00",
        "run_id": "collection-v9",
        "phase_id": "v9-p1-strings",
        "attempt": 1,
        "category": "implementation",
        "complexity": "low",
        "label_origin": "logged",
        "deliverables": [{"path": "src/strings.py", "operation": "unknown", "bytes_before": None}],
        "deliverables_from": "request",
        "paths": "real",
        "reply_matches": "unknown",
        "model": "claude-sonnet-4-5",
        "unit": "call",
        "actual_output_tokens": 1218,
        "reasoning_tokens": None,
        "max_output_tokens": 16384,
        "input_tokens": 1164,
        "output_mode": None,
        "predicted_output_tokens": 5200,
        "predicted_by": None,
        "success": True,
        "truncated": False,
        "stop_reason": "end_turn",
        "duplicate_of": None,
        "same_ceiling_as": None,
        "supersedes": None,
    }
    # Three files were asked for, and two are defined.
    assert (failed["paths"], len(failed["deliverables"])) == ("partial", 2)
    assert (failed["success"], failed["attempt"]) == (False, 1)
    # Nothing says which request the ceiling of 4,096 belongs to.
    assert (again["truncated"], again["attempt"], again["max_output_tokens"]) == (True, 2, None)
    assert (unknown["phase_id"], unknown["paths"]) == ("v9-p3-api", "synthetic")
    assert (unknown["category"], unknown["success"]) == (None, None)
    assert unknown["predicted_output_tokens"] is None


def test_the_plan_of_a_run_defines_phases_too(collect: Import) -> None:
    phase = {
        "phase_id": "v9-p1-strings",
        "description": "with a\ttab and a number that YAML readers differ on",
        "weight": 1e5,
        "scope": {"paths": ["src/"], "deliverables": ["src/strings.py"]},
    }
    plan = json.dumps({"run_id": "collection-v9", "tiers": [{"phases": [phase, phase]}]})
    (first, *_) = lines_of(collect("autopack-log", LOG, mapping=plan))
    assert (first["paths"], first["phase_id"]) == ("real", "v9-p1-strings")


@pytest.mark.parametrize(
    ("mapping", "place", "code"),
    [
        ("phases:\n  a: {deliverables: 7}\n", (2, 21), "no-paths"),
        (
            "- {phase_id: a, deliverables: [x.py]}\n- {phase_id: a, deliverables: [y.py]}\n",
            (2, 31),
            "defined-twice",
        ),
        ("phases: {a: {paths: [x.py]}}\n", (1, 1), "no-phases"),
        (
            "phases: {a: {deliverables: [x.py]}}\nnaive_times: Nowhere/Here\n",
            (2, 14),
            "no-such-zone",
        ),
        ('phases: {a: {deliverables: [x.py]}}\nnaive_times: "+99:00"\n', (2, 14), "no-such-zone"),
        ("phases: {a: [}\n", (1, 14), "syntax"),
        ('{"phases": [\n  {"phase_id" "a"}]}', (2, 15), "no-json"),
        ("[" * 40 + '{"phase_id": "a", "deliverables": ["x.py"]}' + "]" * 40, (1, 1), "no-phases"),
    ],
)
def test_definitions_that_cannot_be_used_are_errors_with_their_place(
    collect: Import, mapping: str, place: tuple[int, int], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        collect("autopack-log", LOG, mapping=mapping)
    (problem,) = refused.value.problems
    assert ((problem.line, problem.column), problem.code) == (place, code), str(problem)
