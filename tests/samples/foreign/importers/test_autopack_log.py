"""Logs of Autopack, with and without the definitions of their phases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coefgate.core.problems import InvalidInput
from coefgate.core.trees import FolderTree
from coefgate.samples.foreign.collected import Count
from coefgate.samples.model import fields_of
from coefgate.samples.reading import read_samples
from tests.repository_files import ROOT
from tests.samples.foreign.importers.conftest import Import, lines_of, reasons

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


# Two calls of archive/diagnostics/logs/telemetry_v5_drain.log as it stands in Autopack's history.
REAL = """\
[drain_one_phase] Draining: telemetry-collection-v5 / telemetry-v5-p1-string-utils
[2025-12-29 19:39:01] INFO: Initialized autonomous executor for run: telemetry-collection-v5
[2025-12-29 19:39:46] INFO: [BUILD-041] Next phase: telemetry-v5-p1-string-utils
[2025-12-29 19:39:46] INFO: [MODEL-SELECT] Builder: model=claude-sonnet-4-5, \
complexity=low->low, attempt=0, category=implementation
[2025-12-29 19:40:01] INFO: [TOKEN_BUDGET] phase=telemetry-v5-p1-string-utils complexity=low \
input=1164 output=1218/16384 total=2382 utilization=7.4% model=claude-sonnet-4-5
[2025-12-29 19:40:02] INFO: [TokenEstimationV2] predicted_output=5200 actual_output=1218 \
smape=124.1% selected_budget=8192 category=implementation complexity=low deliverables=1 \
success=True stop_reason=end_turn truncated=False model=claude-sonnet-4-5
[2025-12-29 19:40:18] INFO: [MODEL-SELECT] Auditor: model=claude-sonnet-4-5, \
complexity=low->low, attempt=0, category=implementation
[drain_one_phase] Draining: telemetry-collection-v5 / telemetry-v5-p3-list-utils
[2025-12-29 19:41:58] INFO: Initialized autonomous executor for run: telemetry-collection-v5
[2025-12-29 19:42:07] INFO: [BUILD-041] Next phase: telemetry-v5-p3-list-utils
[2025-12-29 19:42:07] INFO: [MODEL-SELECT] Builder: model=claude-sonnet-4-5, \
complexity=low->low, attempt=0, category=implementation
[2025-12-29 19:42:26] INFO: [TOKEN_BUDGET] phase=telemetry-v5-p3-list-utils complexity=low \
input=3929 output=1588/16384 total=5517 utilization=9.7% model=claude-sonnet-4-5
[2025-12-29 19:42:26] INFO: [TokenEstimationV2] predicted_output=5200 actual_output=1588 \
smape=106.4% selected_budget=8192 category=implementation complexity=low deliverables=1 \
success=True stop_reason=end_turn truncated=False model=claude-sonnet-4-5
"""


def test_real_lines_say_what_was_stored_of_them_by_hand(collect: Import) -> None:
    by_hand = {
        sample.phase_id: sample
        for sample in read_samples(FolderTree(ROOT)).samples
        if sample.reference.startswith("archive/diagnostics/logs/telemetry_v5_drain.log:")
    }
    phases = {
        f"telemetry-v5-{name}-utils": {"deliverables": [f"examples/telemetry_utils_v5/{file}.py"]}
        for name, file in (("p1-string", "string_utils"), ("p3-list", "list_utils"))
    }
    mapping = json.dumps({"naive_times": "+11:00", "phases": phases})
    found = lines_of(collect("autopack-log", REAL, mapping=mapping))
    assert [one["phase_id"] for one in found] == list(phases)
    for fields in found:
        stored = fields_of(by_hand[fields["phase_id"]])
        # What the log does not say was found elsewhere: the operation, the mode, the estimator.
        elsewhere = {"id", "origin", "reference", "deliverables", "reply_matches", "output_mode"}
        elsewhere |= {"predicted_by", "duplicate_of"}
        assert {name: fields[name] for name in stored.keys() - elsewhere} == {
            name: stored[name] for name in stored.keys() - elsewhere
        }
        files = [[one["path"] for one in each["deliverables"]] for each in (fields, stored)]
        assert files[0] == files[1]


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


def test_a_last_line_that_is_being_written_waits(collect: Import) -> None:
    line = "[TokenEstimationV2] predicted_output=900 actual_output=1218 category=docs"
    found = collect("autopack-log", f"{line}\n{line[:60]}", name="drain.log")
    assert found.told == Count(1, 1218)
    assert reasons(found) == {"no-line-end": (1, ["drain.log:2"])}


def test_a_call_that_states_no_count_is_counted(collect: Import) -> None:
    found = collect("autopack-log", "[TokenEstimationV2] actual_output= category=docs\n")
    assert found.left_out["no-count"].count == 1
