"""Records that runners kept, as calls of a source like any other."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import Deliverable
from coefgate.runner.call_record import CallRecord, RecordFault
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.recorded_calls import ORIGIN, recorded_call
from coefgate.samples.foreign.skip_reasons import REASONS
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.stored_calls import StoredCalls
from coefgate.samples.model import FIELDS
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.runner.records import WRITER, record

REFERENCE = f"telemetry:{WRITER}-1"


def _collected(records: Iterable[CallRecord], **options: Any) -> Collected:
    stored = StoredCalls(options.pop("stored", ()))
    collector = Collector(ORIGIN, stored=stored, **options)
    calls = (recorded_call(one, number) for number, one in enumerate(records))
    collector.take(ForeignSource(ORIGIN, io.BytesIO()), calls)
    return collector.collected()


def _fields(found: Collected) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in found.lines]


def test_a_line_says_what_the_record_does_of_the_call_and_no_more() -> None:
    (fields,) = _fields(
        _collected(
            [
                record(
                    "modify@2048:src/a.py",
                    "create:tests/test_a.py",
                    runner="canary-host",
                    call_id="msg_1",
                    run_id="run-7",
                    phase_id="phase-2",
                    attempt=2,
                    category="implementation",
                    complexity="high",
                    label_origin="declared",
                    reasoning_tokens=200,
                    reply_matches="same_files",
                    output_mode="full_file",
                )
            ]
        )
    )
    assert "canary" not in str(fields)
    assert fields == {
        "id": fields["id"],
        "format": 2,
        "origin": "platform",
        "reference": REFERENCE,
        "call_id": "msg_1",
        "observed_at": "2026-11-01T09:00:01Z",
        "run_id": "run-7",
        "phase_id": "phase-2",
        "attempt": 2,
        "category": "implementation",
        "complexity": "high",
        "label_origin": "declared",
        "deliverables": [
            {"path": "src/a.py", "operation": "modify", "bytes_before": 2048},
            {"path": "tests/test_a.py", "operation": "create", "bytes_before": None},
        ],
        "deliverables_from": "request",
        "paths": "real",
        "reply_matches": "same_files",
        "model": "claude-sonnet-4-5",
        "unit": "call",
        "actual_output_tokens": 1500,
        "reasoning_tokens": 200,
        "max_output_tokens": 3000,
        "input_tokens": 500,
        "output_mode": "full_file",
        "predicted_output_tokens": 2000,
        "predicted_by": "coefgate 1.4.0 abababababab",
        "success": True,
        "truncated": False,
        "stop_reason": "end_turn",
        "duplicate_of": None,
        "same_ceiling_as": None,
        "supersedes": None,
    }
    assert tuple(fields) == FIELDS


def test_a_record_that_is_no_sample_is_counted_by_its_reason() -> None:
    found = _collected(
        [
            record(sequence=1),
            record(sequence=2, state="unfinished", actual_output_tokens=None, truncated=None),
            record(sequence=3, fault="clock"),
            record(sequence=4, fault="finished-twice", actual_output_tokens=900),
            record(sequence=5, deliverables="[{]"),
            record(sequence=6, deliverables='[{"name": "a.py"}]'),
            record(sequence=7, deliverables="7"),
            record(sequence=8, origin="My Platform"),
        ]
    )
    assert {reason: (one.count, one.tokens) for reason, one in found.left_out.items()} == {
        "no-outcome": (1, 0),
        "clock": (1, 1500),
        "finished-twice": (1, 900),
        "no-file-list": (3, 4500),
        "invalid": (1, 1500),
    }
    assert found.left_out["clock"].places == [f"telemetry:{WRITER}-3"]
    assert set(found.left_out) <= REASONS.keys()
    assert found.told == Count(8, 1500 + 0 + 1500 + 900 + 3 * 1500 + 1500)
    assert (found.taken, found.known) == (Count(1, 1500), Count())


def test_every_fault_of_a_record_has_its_words() -> None:
    assert set(get_args(RecordFault)) <= REASONS.keys()


def test_of_a_call_that_was_finished_twice_the_first_outcome_stands() -> None:
    twice = [
        record(sequence=1, call_id="msg_1", actual_output_tokens=700),
        record(sequence=2, call_id="msg_1", actual_output_tokens=9000, fault="finished-twice"),
    ]
    for records in (twice, twice[::-1]):
        found = _collected(records)
        (fields,) = _fields(found)
        assert (fields["actual_output_tokens"], fields["reference"]) == (700, REFERENCE)
        assert found.left_out["finished-twice"].count == 1


def test_a_reply_that_was_cut_off_and_an_unknown_outcome_are_kept_as_they_are() -> None:
    cut, unknown, failed = _fields(
        _collected(
            [
                record(sequence=1, truncated=True, stop_reason="max_tokens"),
                record(sequence=2, truncated=None, success=None, stop_reason=None),
                record(sequence=3, success=False, actual_output_tokens=0),
            ]
        )
    )
    assert (cut["truncated"], cut["actual_output_tokens"]) == (True, 1500)
    assert (unknown["truncated"], unknown["success"]) == (None, None)
    assert (failed["success"], failed["actual_output_tokens"]) == (False, 0)


@pytest.mark.parametrize("call_id", [None, "msg_1"])
def test_a_record_is_known_once_it_is_stored_whatever_becomes_of_its_paths(
    call_id: str | None, tmp_path: Path
) -> None:
    records = [record(call_id=call_id), record(sequence=2)]
    add_samples(_collected(records).lines, source="new", root=tmp_path)
    stored = read_samples(FolderTree(tmp_path)).samples
    again = _collected([*records, record(sequence=3)], stored=stored, redact=_hidden)
    assert (again.known.calls, again.taken.calls) == (2, 1)


def _hidden(files: tuple[Deliverable, ...]) -> tuple[Deliverable, ...]:
    return tuple(Deliverable(f"x{one.path[-3:]}", one.operation) for one in files)


def test_salted_paths_are_not_salted_again() -> None:
    plain, salted = _fields(
        _collected([record(), record(sequence=2, redacted=True)], redact=_hidden)
    )
    assert [one["deliverables"][0]["path"] for one in (plain, salted)] == ["x.md", "docs/guide.md"]


def test_what_nobody_labelled_has_no_label() -> None:
    (fields,) = _fields(_collected([record(category=None, complexity=None, label_origin=None)]))
    assert (fields["category"], fields["complexity"], fields["label_origin"]) == (None, None, None)
    (told,) = _fields(_collected([record(label_origin=None)]))
    assert told["label_origin"] == "logged"
