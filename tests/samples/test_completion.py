"""A call that states few facts becomes a whole line, and nothing in it is made up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.samples.completion import completed
from coefgate.samples.model import FIELDS, FIELDS_OF_1, SINCE_2, stored_line
from tests.samples.conftest import call, read_lines

LEAST: dict[str, Any] = {
    "origin": "here",
    "reference": "calls.csv:2",
    "deliverables": ["src/text.py"],
    "paths": "real",
    "unit": "call",
    "actual_output_tokens": 1218,
}
"""What a line cannot do without."""


def test_the_least_that_is_stated_becomes_a_line_of_format_2() -> None:
    done = completed(LEAST)
    assert done.fields.keys() == set(FIELDS) - {"id"}
    assert {name for name, value in done.fields.items() if value is not None} == {
        *LEAST,
        "format",
        "reply_matches",
    }
    assert (done.fields["format"], done.fields["reply_matches"]) == (2, "unknown")
    (sample,), problems = read_lines([stored_line(done.fields)])
    assert problems == ()
    assert (sample.actual_output_tokens, sample.deliverables_from) == (1218, None)


def test_what_was_not_stated_is_named_in_the_order_of_a_line() -> None:
    known = {"model": "m", "success": True, "format": 2}
    assert completed(LEAST | known).filled == (
        *("call_id", "observed_at", "run_id", "phase_id", "attempt", "category", "complexity"),
        *("label_origin", "deliverables_from", "reply_matches", "reasoning_tokens"),
        *("max_output_tokens", "input_tokens", "output_mode", "predicted_output_tokens"),
        *("predicted_by", "truncated", "stop_reason", "duplicate_of", "same_ceiling_as"),
        *("supersedes", "deliverables[].operation", "deliverables[].bytes_before"),
    )


@pytest.mark.parametrize("draft", [call(), call(call_id="msg_1"), call(model=None)])
def test_a_complete_line_stays_what_it_is(draft: dict[str, Any]) -> None:
    assert completed(draft).fields == draft
    assert completed(draft).filled == ()


def test_a_line_of_format_1_with_a_field_of_format_2_is_one_of_format_2() -> None:
    done = completed(call() | {"call_id": "msg_1"})
    assert done.fields["format"] == 2
    assert done.filled == ("deliverables_from", "reasoning_tokens")


def test_a_fact_holds_for_calls_that_do_not_state_it() -> None:
    facts = {"model": "claude-sonnet-4-5", "unit": "call", "attempt": None}
    stating = completed(LEAST | {"model": "gpt", "unit": "turn"}, facts=facts)
    assert (stating.fields["model"], stating.fields["unit"]) == ("gpt", "turn")
    silent = completed({"origin": "here", "model": None}, facts=facts)
    assert (silent.fields["model"], silent.fields["unit"]) == ("claude-sonnet-4-5", "call")
    assert {"model", "unit", "attempt"} <= set(silent.filled)
    assert silent.fields["attempt"] is None


def test_a_complete_line_of_format_1_takes_a_fact_and_stays_one() -> None:
    done = completed(call(model=None), facts={"model": "m", "deliverables_from": "reply"})
    assert done.fields == call(model="m")
    assert done.filled == ("model",)


def test_nothing_that_is_never_unknown_is_made_up() -> None:
    missing = set(FIELDS) - completed({}).fields.keys()
    assert missing == {"id", *LEAST}


@pytest.mark.parametrize(
    ("deliverable", "stands_for"),
    [
        ("src/a.py", ("src/a.py", "unknown", None)),
        ("create:src/a.py", ("src/a.py", "create", None)),
        ("modify@2048:src/a.py", ("src/a.py", "modify", 2048)),
        ("unknown:a:b.py", ("a:b.py", "unknown", None)),
        ({"path": "src/a.py"}, ("src/a.py", "unknown", None)),
        ({"path": "src/a.py", "operation": "modify"}, ("src/a.py", "modify", None)),
        ({"path": "src/a.py", "bytes_before": 7}, ("src/a.py", "unknown", 7)),
    ],
)
def test_a_deliverable_may_be_a_text_or_leave_facts_out(
    deliverable: object, stands_for: tuple[str, str, int | None]
) -> None:
    done = completed({"deliverables": [deliverable]})
    names = ("path", "operation", "bytes_before")
    assert done.fields["deliverables"] == [dict(zip(names, stands_for, strict=True))]


@pytest.mark.parametrize("rubbish", [7, None, "write:src/a.py", "", ["a.py"]])
def test_what_is_no_deliverable_is_left_to_the_reader(rubbish: object) -> None:
    assert completed({"deliverables": [rubbish]}).fields["deliverables"] == [rubbish]


@pytest.mark.parametrize("rubbish", [7, None, "src/a.py", {"path": "src/a.py"}])
def test_what_is_no_list_is_left_to_the_reader(rubbish: object) -> None:
    assert completed({"deliverables": rubbish}).fields["deliverables"] == rubbish


@given(st.sets(st.sampled_from(sorted({*FIELDS_OF_1, *SINCE_2} - {"id"}))))
def test_completing_twice_is_completing_once(left_out: set[str]) -> None:
    whole = call(call_id="msg_1")
    partial = {name: value for name, value in whole.items() if name not in left_out}
    done = completed(partial)
    again = completed(done.fields)
    assert (again.fields, again.filled) == (done.fields, ())
    assert {name: done.fields[name] for name in partial} == partial
