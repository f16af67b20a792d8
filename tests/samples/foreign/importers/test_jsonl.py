"""JSON lines of any fields: nested columns, JSON in texts, lists of files in every form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coefgate.core.problems import InvalidInput
from coefgate.samples.foreign.collected import Count
from coefgate.samples.foreign.formats import importer_of
from coefgate.use_cases.import_samples import proposed_mapping
from tests.samples.foreign.importers.conftest import Import, lines_of, reasons

CALLS = [
    {
        "meta": {"taskType": "docs", "difficulty": 1, "task_id": "T-1", "conversation_id": 17},
        "created": 1772359200,  # 2026-03-01T10:00:00Z
        "request": {"model": "m-1", "max_tokens": 4000},
        "response": {
            "usage": {"prompt_tokens": 300, "completion_tokens": 1000, "thinking_tokens": 10},
            "choices": [{"finish_reason": "stop"}],
        },
        "ok": "yes",
        "files": [{"path": "C:\\work\\docs\\a.md", "action": "added", "size": 800}, "docs/b.md"],
        "cwd": "C:\\work",
    },
    {
        "meta": {"taskType": "docs", "difficulty": 3, "task_id": "T-2", "conversation_id": 17},
        "created": 1772362800000,  # an hour later, in milliseconds
        "request": {"model": "m-1", "max_tokens": 4000},
        "response": {"usage": {"prompt_tokens": 310, "completion_tokens": 4000}},
        "ok": "no",
        "files": {"docs/c.md": "modified", "docs/old.md": "deleted"},
        "cwd": "C:\\work",
    },
]
TEXT = "".join(f"{json.dumps(one)}\n" for one in CALLS)


def test_nested_fields_need_no_mapping(collect: Import) -> None:
    found = collect("jsonl", f'{TEXT}{{"a": 1}}\nno json\n[7]\n{{"cut": ', name="calls.jsonl")
    assert found.told == Count(3, 5000)
    assert reasons(found) == {
        "cut-off": (1, ["calls.jsonl:6"]),
        "no-count": (1, ["calls.jsonl:3"]),
        "no-json": (1, ["calls.jsonl:4"]),
        "no-object": (1, ["calls.jsonl:5"]),
    }
    first, second = lines_of(found)
    assert first["deliverables"] == [
        {"path": "docs/a.md", "operation": "create", "bytes_before": None},
        {"path": "docs/b.md", "operation": "unknown", "bytes_before": None},
    ]
    assert (first["observed_at"], second["observed_at"]) == (
        "2026-03-01T10:00:00Z",
        "2026-03-01T11:00:00Z",
    )
    assert (first["run_id"], first["phase_id"], first["model"]) == ("17", "T-1", "m-1")
    assert (first["max_output_tokens"], first["input_tokens"]) == (4000, 300)
    assert first["reasoning_tokens"] == 10
    assert (first["category"], first["complexity"]) == ("docs", "low")
    assert (first["success"], first["truncated"]) == (True, False)
    # It has as many tokens as its ceiling, and no reason for which it stopped.
    assert (second["success"], second["truncated"]) == (False, True)
    assert [one["path"] for one in second["deliverables"]] == ["docs/c.md"]
    assert second["complexity"] == "high"


def test_a_proposal_names_nested_columns(collect: Import, tmp_path: Any) -> None:
    collect("jsonl", TEXT)
    proposal = proposed_mapping("jsonl", [str(tmp_path / "calls")])
    assert "  actual_output_tokens: response.usage.completion_tokens\n" in proposal
    assert "  stop_reason: response.choices.0.finish_reason\n" in proposal
    assert '  complexity: {"1": low, "3": high}\n' in proposal.replace("'", '"')
    again = collect("jsonl", TEXT, mapping=proposal)
    assert again.lines == collect("jsonl", TEXT).lines


def test_a_mapping_leads_into_lists_and_json_in_texts(collect: Import) -> None:
    mapping = """\
columns:
  actual_output_tokens: out.0.n
  stop_reason: raw.choices.0.why
  deliverables: list
  paths: how
constants: {category: docs, complexity: low, deliverables_from: request, unit: turn}
files: {path: where, operation: what, bytes_before: old}
words:
  stop_reason: {fertig: stop}
"""
    record = {
        "out": [{"n": "1.000"}],
        "raw": '{"choices": [{"why": "Fertig"}]}',
        "list": '[{"where": "a.md", "what": "M", "old": 12}]',
        "how": "some",
    }
    found = collect("jsonl", json.dumps(record), mapping=f'{mapping}thousands: "."\n')
    (fields,) = lines_of(found)
    assert fields["actual_output_tokens"] == 1000
    assert (fields["stop_reason"], fields["truncated"]) == ("stop", False)
    assert fields["deliverables"] == [{"path": "a.md", "operation": "modify", "bytes_before": 12}]
    assert (fields["unit"], fields["deliverables_from"], fields["paths"]) == (
        "turn",
        "request",
        "real",
    )
    assert {fact: one.count for fact, one in found.doubted.items()} == {"how": 1}
    # What was asked for says nothing of whether the reply could be used.
    assert fields["success"] is None


def test_a_column_that_no_record_has_is_an_error(collect: Import) -> None:
    mapping = "columns: {actual_output_tokens: sum, category: knd}\n"
    with pytest.raises(InvalidInput, match="Did you mean kind") as refused:
        collect("jsonl", '{"sum": 1, "kind": null}\n{"sum": 2}\n', mapping=mapping)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.code) == (1, 48, "no-such-column")
    assert collect("jsonl", "", mapping=mapping).told == Count(0, 0)


def test_turns_and_cache_hits(collect: Import) -> None:
    rows = '{"output_tokens": 5, "cached": true, "files": ["a/b.md"]}\n'
    rows += '{"output_tokens": 6, "cached": false, "files": ["src/", "a/b.md"]}\n'
    found = collect("jsonl", rows, unit="turn")
    (fields,) = lines_of(found)
    assert (fields["unit"], fields["actual_output_tokens"]) == ("turn", 6)
    assert reasons(found) == {"cache-hit": (1, ["calls:1"])}
    assert fields["paths"] == "partial"  # a folder is no concrete file


def test_records_are_recognised_by_their_tokens() -> None:
    importer = importer_of("jsonl")
    assert importer.recognises(CALLS[0])
    assert not importer.recognises({"message": {"id": "msg_1"}})
