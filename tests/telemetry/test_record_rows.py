"""What no recorder writes is refused by a name, wherever it comes from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coefgate.runner.call_record import LONGEST_LIST, LONGEST_NAME
from coefgate.telemetry.record_rows import (
    CALL_NAMES,
    WRITER_NAMES,
    RefusedRow,
    checked_row,
    row_of_line,
)
from tests.telemetry.rows import call, recorder


def _line(**facts: Any) -> bytes:
    return json.dumps(dict(zip(CALL_NAMES, call(), strict=True)) | facts).encode() + b"\n"


def test_a_line_of_either_table_is_read() -> None:
    assert row_of_line(_line()) == ("calls", call())
    about = dict(zip(WRITER_NAMES, recorder(begun=3), strict=True))
    assert row_of_line(json.dumps(about).encode()) == ("writers", recorder(begun=3))


def test_numbers_of_a_database_become_what_they_mean() -> None:
    row = list(call())
    row[CALL_NAMES.index("redacted")] = 0
    row[CALL_NAMES.index("share_measured")] = 1
    found = checked_row("calls", row)
    assert found == call()
    assert [type(one) for one in found] == [type(one) for one in call()]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"writer": "A" * 32}, "not-a-record"),
        ({"writer": "../../etc/passwd"}, "not-a-record"),
        ({"sequence": 0}, "not-a-record"),
        ({"sequence": True}, "not-a-record"),
        ({"sequence": 1 << 63}, "not-a-record"),
        ({"started_at": 1.5}, "not-a-record"),
        ({"started_at": None}, "not-a-record"),
        ({"share_measured": float("nan")}, "not-a-record"),
        ({"share_measured": "1"}, "not-a-record"),
        ({"redacted": 2}, "not-a-record"),
        ({"redacted": "no"}, "not-a-record"),
        ({"model": 7}, "not-a-record"),
        ({"actual_output_tokens": -5}, "not-a-record"),
        ({"actual_output_tokens": 1_000_001}, "not-a-record"),
        ({"predicted_tokens": -1}, "not-a-record"),
        ({"predicted_tokens": 1 << 31}, "not-a-record"),
        ({"deliverable_count": 1 << 31}, "not-a-record"),
        ({"digest": ""}, "not-a-record"),
        ({"model": ""}, "not-a-record"),
        ({"attempt": 0}, "not-a-record"),
        ({"deliverable_count": 1 << 62}, "not-a-record"),
        ({"interval_coverage": 1.5}, "not-a-record"),
        ({"started_at": -1}, "not-a-record"),
        ({"started_at": -(1 << 63), "fault": "clock"}, "not-a-record"),
        ({"finished_at": (1 << 63) - 1}, "not-a-record"),
        ({"state": "the customer's words"}, "not-a-record"),
        ({"fault": "anything"}, "not-a-record"),
        ({"category": "the customer's words"}, "not-a-record"),
        ({"deliverables": "the customer's words"}, "not-a-record"),
        ({"deliverables": "[" * 100_000}, "not-a-record"),
        ({"deliverables": "{}"}, "not-a-record"),
        ({"deliverables": "[1]"}, "not-a-record"),
        (
            {"deliverables": '[{"path":"a","operation":"x","bytes_before":null}]'},
            "not-a-record",
        ),
        ({"prompt": "a secret"}, "not-a-record"),
        ({"model": "a\0b"}, "control-character"),
        ({"model": "a\nb"}, "control-character"),
        ({"model": "\ud800"}, "control-character"),
        ({"model": "x" * (LONGEST_NAME + 1)}, "too-long"),
        ({"deliverables": "x" * (LONGEST_LIST + 1)}, "too-long"),
    ],
)
def test_a_value_that_no_recorder_writes_is_refused(facts: dict[str, Any], name: str) -> None:
    with pytest.raises(RefusedRow) as caught:
        row_of_line(_line(**facts))
    assert caught.value.name == name


def test_a_clock_at_fault_may_say_anything() -> None:
    assert row_of_line(_line(started_at=-1, fault="clock"))[1][2] == -1


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (_line()[:-20], "cut-off"),
        (_line()[:-20] + b"\n", "not-json"),
        (b"\0" * 50 + b"\n", "not-json"),
        (b"[" * 100_000 + b"\n", "not-json"),
        (b"[1]\n", "not-json"),
        (b"{}\n", "not-a-record"),
    ],
)
def test_a_line_that_is_no_row_is_refused(line: bytes, name: str) -> None:
    with pytest.raises(RefusedRow) as caught:
        row_of_line(line)
    assert caught.value.name == name
