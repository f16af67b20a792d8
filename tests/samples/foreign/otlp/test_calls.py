"""A record → its call: old and new names, endings, files, keys, what is stated for a process."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.otlp.calls import call_of
from coefgate.samples.foreign.otlp.dialects import dialect_of
from coefgate.samples.foreign.otlp.records import otlp_records
from coefgate.samples.foreign.source import ForeignSource
from tests.samples.foreign.otlp.lines import TRACE, log, logs, span, spans

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 321}
DETAILS = "gen_ai.client.inference.operation.details"


def _call(line: bytes) -> ForeignCall:
    (record,) = otlp_records(ForeignSource("log", io.BytesIO(line)))
    dialect = dialect_of(record)
    assert dialect is not None
    return call_of(record, dialect)


def _chat(given: Mapping[str, Any] | None = None, **resource: Any) -> ForeignCall:
    return _call(spans(span("chat", {**CHAT, **(given or {})}), **resource))


@pytest.mark.parametrize(
    "names",
    [
        {"gen_ai.usage.output_tokens": 88, "gen_ai.usage.input_tokens": 40},
        {"gen_ai.usage.completion_tokens": "88", "gen_ai.usage.prompt_tokens": "40"},
        {"llm.usage.completion_tokens": 88, "llm.usage.prompt_tokens": 40},
    ],
)
@pytest.mark.parametrize(
    "operation",
    [
        {"gen_ai.operation.name": "generate_content"},
        {"gen_ai.operation.name": "text_completion"},
        {"llm.request.type": "completion"},
        {"gen_ai.response.id": "reply-1"},  # an SDK that names no operation
    ],
)
def test_old_names_and_new_ones(names: dict[str, Any], operation: dict[str, Any]) -> None:
    call = _call(spans(span("x", names | operation | {"gen_ai.request.model": "gpt-4o"})))
    told = (call.actual_output_tokens, call.input_tokens, call.model)
    assert told == (88, 40, "gpt-4o")


@pytest.mark.parametrize(
    ("given", "total"),
    [
        # Input tokens should hold those of the cache, and here they cannot.
        ({"gen_ai.usage.cache_read.input_tokens": 900}, 1_000),
        ({"gen_ai.usage.cache_read.input_tokens": 60}, 100),
        (
            {
                "gen_ai.usage.cache_read_input_tokens": 70,
                "gen_ai.usage.cache_creation.input_tokens": 50,
            },
            220,
        ),
    ],
)
def test_input_tokens_hold_those_of_a_cache(given: dict[str, Any], total: int) -> None:
    assert _chat(given | {"gen_ai.usage.input_tokens": 100}).input_tokens == total


def test_thinking_that_is_more_than_all_output_stands_beside_it() -> None:
    name = "gen_ai.usage.reasoning.output_tokens"
    assert _chat({name: 300}).actual_output_tokens == 321
    assert _chat({name: 400}).actual_output_tokens == 721


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        (["stop"], (True, False, "stop")),
        ("STOP", (True, False, "STOP")),
        ('["tool_calls"]', (True, False, "tool_calls")),
        (["length"], (None, True, "length")),
        (["incomplete:max_output_tokens"], (None, True, "incomplete:max_output_tokens")),
        (["content_filter"], (False, False, "content_filter")),
        (["stop", "length"], (None, True, "length")),
        (["stop", "pause_turn"], (None, None, "pause_turn")),
        ([], (None, None, None)),
    ],
)
def test_why_it_stopped_says_how_it_ended(
    reasons: object, outcome: tuple[bool | None, bool | None, str | None]
) -> None:
    call = _chat({"gen_ai.response.finish_reasons": reasons})
    assert (call.success, call.truncated, call.stop_reason) == outcome


def test_a_reason_may_stand_in_the_messages_alone() -> None:
    messages = orjson.dumps([{"role": "assistant", "finish_reason": "length"}]).decode()
    assert _chat({"gen_ai.output.messages": messages}).truncated is True


def test_an_error_is_no_success() -> None:
    assert _chat({"error.type": "timeout"}).success is False
    assert _call(spans(span("chat", CHAT, status={"code": 2}))).success is False


@pytest.mark.parametrize(
    ("stated", "files"),
    [
        (
            ["create:a.py", "modify@20:b.py", "c.py"],
            [
                ForeignFile("a.py", "create"),
                ForeignFile("b.py", "modify", 20),
                ForeignFile("c.py"),
            ],
        ),
        ('["create:a.py"]', [ForeignFile("a.py", "create")]),
        (["C:\\work\\a.py"], [ForeignFile("C:\\work\\a.py")]),
        ("create:a.py; M b.py", [ForeignFile("a.py", "create"), ForeignFile("b.py", "modify")]),
        (
            ["a.py", {"path": "b.py", "operation": "create"}, "D c.py"],
            [ForeignFile("a.py"), ForeignFile("b.py", "create")],
        ),
        ([], []),  # it was asked for no file
    ],
)
def test_a_record_may_state_what_was_asked_for(stated: object, files: list[ForeignFile]) -> None:
    call = _chat({"coefgate.deliverables": stated})
    assert list(call.files) == files
    assert (call.deliverables_from, call.paths) == ("request", "real")


@pytest.mark.parametrize("stated", [None, 5, "", "null", [1], ["a.py", 1]])
def test_other_lists_of_files_say_nothing(stated: object) -> None:
    call = _chat({"coefgate.deliverables": stated})
    assert (call.files, call.deliverables_from, call.paths) == ((), None, "partial")


def test_files_are_those_of_one_call_so_a_process_cannot_state_them() -> None:
    assert _chat({}, **{"coefgate.deliverables": ["a.py"]}).files == ()


EDIT = {"type": "tool_call", "name": "edit_file", "arguments": {"path": "a.py"}}
TOLD = "gen_ai.completion.0.tool_calls"
SHOWN = "llm.output_messages.0.message.tool_calls.1.tool_call.function"


@pytest.mark.parametrize(
    "given",
    [
        {"gen_ai.output.messages": [{"parts": [{"type": "text", "content": "…"}, EDIT]}]},
        {"gen_ai.output.messages": orjson.dumps([{"parts": [EDIT]}]).decode()},
        {f"{TOLD}.0.name": "edit_file", f"{TOLD}.0.arguments": '{"path": "a.py"}'},
        {f"{SHOWN}.name": "edit_file", f"{SHOWN}.arguments": '{"path": "a.py"}'},
    ],
)
def test_tool_calls_of_the_reply_name_files(given: dict[str, Any]) -> None:
    call = _chat(given)
    assert call.files == (ForeignFile("a.py", "modify"),)
    assert (call.deliverables_from, call.paths) == ("reply", "real")


def test_a_file_that_no_argument_names_leaves_the_list_incomplete() -> None:
    hidden = EDIT | {"arguments": "{"}
    call = _chat({"gen_ai.output.messages": [{"parts": [EDIT, hidden]}]})
    assert (len(call.files), call.paths) == (1, "partial")
    call = _chat({"gen_ai.output.messages": [{"parts": [hidden]}]})
    assert (call.files, call.deliverables_from, call.paths) == ((), None, "partial")


def test_what_is_stated_for_a_process_holds_where_the_call_says_nothing() -> None:
    resource = {
        "phase.category": "docs",
        "phase.complexity": "low",
        "phase.id": 12,
        "coefgate.run_id": "run-1",
        "coefgate.attempt": 2,
        "vcs.ref.head.name": "fix/cart",
        "process.working_directory": "/w",
    }
    call = _chat(
        {"coefgate.complexity": "high", "coefgate.predicted_output_tokens": 5200}, **resource
    )
    assert (call.category, call.complexity, call.phase_id) == ("docs", "high", "12")
    assert (call.run_id, call.attempt, call.branch, call.workspace) == (
        "run-1",
        2,
        "fix/cart",
        "/w",
    )
    assert call.predicted_output_tokens == 5200


def test_a_call_belongs_to_its_trace_else_to_its_conversation() -> None:
    talk = {"gen_ai.conversation.id": "c-1"}
    assert (_chat(talk).run_id, _chat(talk).phase_id) == ("c-1", TRACE)
    call = _call(logs(log("", CHAT | talk, eventName=DETAILS)))
    assert (call.run_id, call.phase_id) == ("c-1", "c-1")


def test_a_span_and_its_log_record_share_an_id_or_a_key() -> None:
    here: dict[str, Any] = {"traceId": TRACE, "spanId": f"{1:016x}"}
    one, two = _chat(), _call(logs(log("", CHAT, eventName=DETAILS, **here)))
    assert one.key == two.key
    assert (one.call_id, two.call_id) == (f"{TRACE}/{1:016x}", None)
    named = CHAT | {"gen_ai.response.id": "reply-1"}
    call = _call(logs(log("", named, eventName=DETAILS, **here)))
    # Two of them may lie in one span of something else.
    assert (call.key, call.call_id) == (None, "reply-1")
    assert _call(logs(log("", CHAT, eventName=DETAILS))).key is None


def test_an_agent_has_not_the_id_of_its_last_reply() -> None:
    sum_of_all = CHAT | {"gen_ai.operation.name": "invoke_agent", "gen_ai.response.id": "reply-1"}
    call = _call(spans(span("invoke_agent", sum_of_all)))
    assert (call.unusable, call.call_id) == ("aggregate", f"{TRACE}/{1:016x}")


def test_open_inference() -> None:
    given = {
        "openinference.span.kind": "LLM",
        "llm.model_name": "claude-sonnet-4-5",
        "llm.token_count.completion": 210,
        "llm.token_count.completion_details.reasoning": 100,
        "llm.token_count.prompt": 900,
        "llm.invocation_parameters": '{"max_completion_tokens": 1024}',
        "llm.finish_reason": "max_tokens",
        "session.id": "s-1",
    }
    call = _call(spans(span("ChatCompletion", given)))
    assert (call.actual_output_tokens, call.reasoning_tokens, call.input_tokens) == (210, 100, 900)
    assert (call.max_output_tokens, call.truncated, call.run_id) == (1024, True, "s-1")


def test_a_number_that_counts_no_tokens_is_none() -> None:
    call = _chat({"gen_ai.request.max_tokens": 10**15, "gen_ai.usage.input_tokens": -(10**18)})
    assert (call.max_output_tokens, call.input_tokens) == (None, None)


@pytest.mark.parametrize(("stated", "ceiling"), [(-1, None), (0, None), (320, None), (321, 321)])
def test_a_ceiling_that_limits_nothing_is_none(stated: int, ceiling: int | None) -> None:
    assert _chat({"gen_ai.request.max_tokens": stated}).max_output_tokens == ceiling
