"""Rows become calls by a column map, with what follows from their facts and nothing else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.column_map import ColumnMap
from coefgate.samples.foreign.tables.mapped_calls import mapped_calls

COLUMNS = {
    name: name
    for name in (
        *("actual_output_tokens", "max_output_tokens", "stop_reason", "success", "truncated"),
        *("deliverables", "deliverables_from", "unit", "model", "attempt"),
    )
}


def _read(row: dict[str, Any], **how: Any) -> tuple[ForeignCall, dict[str, list[str]]]:
    source = ForeignSource("f", BytesIO())
    mapped = ColumnMap(**({"columns": COLUMNS} | how))
    [call] = mapped_calls([(7, {"actual_output_tokens": 900, **row})], mapped, source, "call")
    return call, {fact: one.places for fact, one in source.doubted.items()}


@pytest.mark.parametrize(
    ("row", "truncated", "success"),
    [
        ({"stop_reason": "length"}, True, None),
        ({"stop_reason": "end_turn"}, False, True),
        ({"stop_reason": "refusal"}, False, False),
        ({"stop_reason": "pause_turn"}, None, None),
        ({"max_output_tokens": 900}, True, None),
        ({"max_output_tokens": 4096}, False, True),
        ({"max_output_tokens": 900, "unit": "turn"}, None, None),
        ({"max_output_tokens": 900, "stop_reason": "stop"}, False, True),
        ({"stop_reason": "stop", "success": "failed"}, False, False),
        ({"stop_reason": "stop", "truncated": "yes"}, True, None),
        ({"stop_reason": "stop", "deliverables_from": "request"}, False, None),
        ({"stop_reason": "stop", "deliverables": ""}, False, None),
        ({}, None, None),
    ],
)
def test_what_follows(row: dict[str, Any], truncated: bool | None, success: bool | None) -> None:
    """A reply that wrote files and came to its end could be used; one of which nothing is said
    is not known."""
    call, _ = _read({"deliverables": "src/a.py"} | row)
    assert (call.truncated, call.success) == (truncated, success)


@pytest.mark.parametrize(
    ("listed", "paths", "from_"),
    [
        ("src/a.py", "real", "reply"),
        ("src/", "partial", "reply"),
        ("src\\", "partial", "reply"),
        ("src/*.py", "partial", "reply"),
        ([], "real", "reply"),
        ("", "partial", "reply"),
        (7, "partial", None),
    ],
)
def test_what_is_known_of_files(listed: Any, paths: str, from_: str | None) -> None:
    call, _ = _read({"deliverables": listed})
    assert (call.paths, call.deliverables_from) == (paths, from_)


def test_without_a_column_of_files_nobody_knows_them() -> None:
    call, _ = _read({}, columns={"actual_output_tokens": "actual_output_tokens"})
    assert (call.files, call.paths, call.deliverables_from) == ((), "partial", None)


def test_constants_hold_where_a_row_says_nothing() -> None:
    constants = {"model": "m-1", "deliverables_from": "request", "unit": "turn"}
    call, doubted = _read({"model": "null", "unit": "week"}, constants=constants)
    assert (call.model, call.deliverables_from, call.unit) == ("m-1", "request", "turn")
    assert doubted == {"unit": ["f:7"]}
    assert _read({"model": "m-2"}, constants=constants)[0].model == "m-2"


def test_words_mean_what_the_mapping_says() -> None:
    words = {"success": {"merged": True, "0": True}, "model": {"big one": "m-1"}}
    rows: list[dict[str, Any]] = [
        {"success": "Merged", "model": " Big One "},
        {"success": 0, "model": "m-2"},
    ]
    calls = [_read(row, words=words)[0] for row in rows]
    assert [(one.success, one.model) for one in calls] == [(True, "m-1"), (True, "m-2")]


@pytest.mark.parametrize(("reasoning", "tokens"), [("within", 900), ("apart", 1000)])
def test_thinking_that_is_counted_apart_is_added(reasoning: str, tokens: int) -> None:
    columns = {name: name for name in ("actual_output_tokens", "reasoning_tokens")}
    call, _ = _read({"reasoning_tokens": 100}, columns=columns, reasoning=reasoning)
    assert (call.actual_output_tokens, call.reasoning_tokens) == (tokens, 100)
    assert _read({}, columns=columns, reasoning=reasoning)[0].actual_output_tokens == 900


def test_numbers_from_one() -> None:
    call, doubted = _read({"attempt": 0, "max_output_tokens": -1})
    assert (call.attempt, call.max_output_tokens) == (None, None)
    assert set(doubted) == {"attempt", "max_output_tokens"}
