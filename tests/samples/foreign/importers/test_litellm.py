"""Spend logs of a LiteLLM proxy: rows as they are dumped, with JSON in texts and times in UTC."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from coefgate.samples.foreign.collected import Count
from coefgate.samples.foreign.formats import importer_of
from tests.samples.foreign.importers.conftest import Import, lines_of, reasons

ROWS = (Path(__file__).parent / "litellm.jsonl").read_text("utf-8")


def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ROWS.splitlines()]


def test_rows_are_calls_with_what_the_caller_said_of_them(collect: Import) -> None:
    """Told: 1,234 + 4,096 + 1,234 (from a cache) + 0 (failed) + 700 = 7,264 in five calls.

    The embedding is none, A1 is told twice, and the last line is of another tool.
    """
    found = collect("litellm", ROWS, name="spend.jsonl")
    assert (found.told, found.again) == (Count(5, 7264), 1)
    assert found.taken == Count(4, 6030)
    assert found.passed_over == {"calls of type aembedding": 1}
    assert reasons(found) == {
        "bad-record": (1, ["spend.jsonl:8"]),
        "cache-hit": (1, ["spend.jsonl:3"]),
    }
    assert found.doubted == {}
    first, cut_off, failed, retried = lines_of(found)
    assert (first["call_id"], first["run_id"], first["phase_id"]) == ("chatcmpl-A1", "s-1", "T-1")
    assert first["observed_at"] == "2026-03-01T09:20:46.847371Z"
    assert [(one["operation"], one["path"]) for one in first["deliverables"]] == [
        ("unknown", "docs/a.md"),
        ("create", "docs/b.md"),
    ]
    assert (first["deliverables_from"], first["paths"]) == ("request", "real")
    assert (first["reasoning_tokens"], first["input_tokens"]) == (200, 1000)
    assert (first["max_output_tokens"], first["stop_reason"]) == (4096, "stop")
    assert (first["success"], first["truncated"], first["unit"]) == (True, False, "call")
    # Metadata counts before tags.
    assert (cut_off["category"], cut_off["complexity"]) == ("docs", "high")
    assert (cut_off["phase_id"], cut_off["truncated"]) == ("T-2", True)
    assert (failed["success"], failed["actual_output_tokens"]) == (False, 0)
    assert [one["path"] for one in retried["deliverables"]] == ["docs/e.md", "docs/f.md"]
    assert (retried["phase_id"], retried["success"], retried["truncated"]) == ("T-3", True, None)


def test_a_list_and_a_csv_dump_say_the_same(collect: Import) -> None:
    rows = _rows()[:-1]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    expected = [_without_place(one) for one in lines_of(collect("litellm", lines))]
    printed = collect("litellm", json.dumps(rows, indent=2), name="spend.json")
    assert [_without_place(one) for one in lines_of(printed)] == expected
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = StringIO()
    writer = csv.DictWriter(table, names)
    writer.writeheader()
    for row in rows:
        texts = {
            name: json.dumps(value) if isinstance(value, dict | list) else value
            for name, value in row.items()
        }
        writer.writerow(texts)
    dumped = collect("litellm", table.getvalue(), name="spend.csv")
    assert [_without_place(one) for one in lines_of(dumped)] == expected


def _without_place(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in {"id", "reference"}}


def test_a_row_is_recognised() -> None:
    importer = importer_of("litellm")
    assert importer.recognises(_rows()[0])
    assert not importer.recognises(_rows()[-1])


@pytest.mark.parametrize("tags", ['"not json', "[1, null]", '["plain", "=x", "a="]', "{}", "7"])
def test_tags_that_say_nothing_are_no_error(collect: Import, tags: str) -> None:
    row = {"request_id": "a", "completion_tokens": 5, "request_tags": tags}
    (fields,) = lines_of(collect("litellm", json.dumps(row)))
    assert (fields["category"], fields["paths"]) == (None, "partial")


def test_a_type_that_is_no_word_is_not_repeated(collect: Import) -> None:
    row = {**_rows()[0], "call_type": "search for \x1b[31mthe secret"}
    found = collect("litellm", json.dumps(row) + "\n", name="spend.jsonl")
    assert found.passed_over == {"calls of type unknown": 1}
