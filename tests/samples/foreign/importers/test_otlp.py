"""OTLP JSON lines → calls: each once, with the facts and the files that telemetry states."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.importers import otlp
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from coefgate.use_cases.import_samples import collect_samples
from tests.samples.foreign.otlp.lines import TRACE, log, logs, span, spans

WRITTEN_BY_SDK = Path(__file__).parent / "otlp"


def _calls(*lines: bytes) -> tuple[list[ForeignCall], ForeignSource]:
    source = ForeignSource("log", io.BytesIO(b"".join(lines)))
    return list(otlp.calls(source, ImportOptions())), source


def _collected(*places: Path, stored: tuple[Sample, ...] = ()) -> Collected:
    names = [str(one) for one in places]
    return collect_samples("otlp", names, origin="shop", options=ImportOptions(), stored=stored)


def _left_out(found: Collected) -> dict[str, tuple[int, int]]:
    return {reason: (one.count, one.tokens) for reason, one in found.left_out.items()}


def _told(found: Collected) -> list[tuple[Any, ...]]:
    fields = [orjson.loads(line) for line in found.lines]
    return [
        (
            one["call_id"],
            one["actual_output_tokens"],
            one["paths"],
            [file["path"] for file in one["deliverables"]],
            one["truncated"],
        )
        for one in fields
    ]


def test_what_the_official_exporter_writes() -> None:
    found = _collected(WRITTEN_BY_SDK)
    trace = "4bf92f3577b34da6a3ce929d0e0e00"
    assert _told(found) == [
        # Told by a span and by a log record; read_file wrote nothing.
        ("chatcmpl-1", 321, "real", ["src/cart.py"], False),
        ("chatcmpl-2", 57, "partial", [], False),
        ("chatcmpl-3", 4096, "real", ["src/a.py", "README.md"], True),
        (f"{trace}0b/00f067aa0ba9000c", 88, "real", ["src/shop.py"], False),
        (f"{trace}11/00f067aa0ba90012", 210, "partial", [], False),
    ]
    # The agent's own span sums up 321 + 57 = 378; the call that failed says no count.
    assert _left_out(found) == {"aggregate": (1, 378), "no-count": (1, 0)}
    # 321 + 57 + 4,096 + 88 + 210 = 4,772, and 378 more in all.
    assert (found.taken, found.told, found.again) == (Count(5, 4772), Count(7, 5150), 1)
    assert found.passed_over == {"execute_tool": 2, "embeddings": 1, "other spans": 1}
    assert found.unreadable == {}


def test_all_facts_of_a_call() -> None:
    (first, *_) = map(orjson.loads, _collected(WRITTEN_BY_SDK).lines)
    known = {name: value for name, value in first.items() if value is not None}
    del known["id"]
    assert known == {
        "format": 2,
        "origin": "shop",
        "reference": "traces.jsonl:1",
        "call_id": "chatcmpl-1",
        "observed_at": "2026-03-01T09:30:01Z",
        "run_id": "conversation-7",
        "phase_id": "4bf92f3577b34da6a3ce929d0e0e0001",
        "category": "implementation",
        "complexity": "low",
        "label_origin": "logged",
        "deliverables": [{"path": "src/cart.py", "operation": "unknown", "bytes_before": None}],
        "deliverables_from": "reply",
        "paths": "real",
        "reply_matches": "unknown",
        "model": "gpt-5-2026-02-01",
        "unit": "call",
        "actual_output_tokens": 321,
        "reasoning_tokens": 64,
        "max_output_tokens": 4096,
        "input_tokens": 1113,
        "success": True,
        "truncated": False,
        "stop_reason": "tool_calls",
    }


def test_importing_twice_adds_nothing_also_under_another_name(tmp_path: Path) -> None:
    found = _collected(WRITTEN_BY_SDK)
    add_samples(found.lines, source="otlp", root=tmp_path)
    stored = read_samples(FolderTree(tmp_path)).samples
    assert len(stored) == 5
    again = _collected(WRITTEN_BY_SDK, stored=stored)
    assert (again.lines, again.known) == ((), Count(5, 4772))
    other = tmp_path / "data-2026-03-02T05-02-14.173.json"
    other.write_bytes((WRITTEN_BY_SDK / "traces.jsonl").read_bytes())
    assert _collected(other, stored=stored).known == Count(5, 4772)
    twice = _collected(WRITTEN_BY_SDK, other)
    # Again are the log record, and the 7 calls of the copy.
    assert (twice.taken, twice.again) == (Count(5, 4772), 8)


CLAUDE = {
    "session.id": "session-1",
    "prompt.id": "prompt-1",
    "model": "claude-opus-5",
    "query_source": "repl_main_thread",
    "request_id": "req_1",
    "input_tokens": "2",
    "cache_read_tokens": "84000",
    "cache_creation_tokens": "7000",
    "output_tokens": "1200",
}


def test_logs_of_claude_code() -> None:
    side = {"query_source": "generate_session_title", "request_id": "req_2", "output_tokens": "9"}
    failed = {"request_id": "req_3", "error": "Overloaded", "status_code": "529", "attempt": "2"}
    calls, source = _calls(
        logs(
            log("claude_code.user_prompt", {"event.name": "user_prompt"}),
            log("claude_code.api_request", CLAUDE | {"event.name": "api_request"}, 2),
            log("claude_code.api_request", CLAUDE | side, 3),
            log("claude_code.api_error", failed, 4),
            log("claude_code.tool_result", {"tool_name": "Write", "success": "true"}, 5),
            **{"phase.category": "docs"},
        )
    )
    one, title, error = calls
    assert (one.call_id, one.actual_output_tokens, one.model) == ("req_1", 1200, "claude-opus-5")
    # 2 + 84,000 + 7,000: Claude Code counts what comes from a cache apart.
    assert (one.input_tokens, one.run_id, one.phase_id) == (91_002, "session-1", "prompt-1")
    assert (one.category, one.complexity, one.observed_at) == (
        "docs",
        None,
        "2026-03-01T09:30:02Z",
    )
    # The log says neither how the reply ended nor what was written.
    assert (one.truncated, one.success, one.paths, one.files) == (None, None, "partial", ())
    assert (title.unusable, title.actual_output_tokens) == ("side-call", 9)
    assert (error.success, error.actual_output_tokens) == (False, None)
    assert source.passed_over == {"claude_code.user_prompt": 1, "claude_code.tool_result": 1}


def test_spans_of_claude_code_tell_how_a_reply_ended_and_what_it_wrote(tmp_path: Path) -> None:
    turn = {"parentSpanId": f"{99:016x}"}
    inside = {"parentSpanId": f"{5:016x}"}
    request = CLAUDE | {"stop_reason": "tool_use", "success": True}
    later = CLAUDE | {"request_id": "req_2", "output_tokens": 40, "stop_reason": "end_turn"}
    file = tmp_path / "all.jsonl"
    file.write_bytes(
        logs(log("claude_code.api_request", CLAUDE, 2))
        + spans(
            span("claude_code.llm_request", request, 2, **turn),
            span("claude_code.tool", {"tool_name": "Read", "file_path": "/w/b.py"}, 3, **turn),
            span("claude_code.tool.execution", {"success": True}, 4, parentSpanId=f"{4:016x}"),
            span("claude_code.tool", {"tool_name": "Edit", "file_path": "/w/a.py"}, 4, **turn),
            span("claude_code.tool.blocked_on_user", {"decision": "reject"}, 6, **inside),
            span("claude_code.tool", {"tool_name": "Write", "file_path": "/w/c.py"}, 5, **turn),
            span("claude_code.llm_request", later, 7, **turn),
            span("claude_code.interaction", {}, 99),
            **{"coefgate.workspace": "/w"},
        )
    )
    found = _collected(file)
    assert _told(found) == [
        ("req_1", 1200, "real", ["a.py"], False),
        ("req_2", 40, "partial", [], False),
    ]
    # 1,200 + 40; the log record told of the first of them again.
    assert (found.told, found.again) == (Count(2, 1240), 1)


def test_codex_counts_completed_responses_once() -> None:
    done = {
        "event.kind": "response.completed",
        "conversation.id": "conversation-1",
        "model": "gpt-5.3-codex",
        "input_token_count": "12000",
        "output_token_count": "900",
        "reasoning_token_count": 250,
        "tool_token_count": "12900",
    }

    def event(number: int, **given: Any) -> dict[str, Any]:
        name = given.pop("name", "codex.sse_event")
        return log("event", {"event.name": name} | done | given, number)

    calls, source = _calls(
        logs(
            event(1),
            event(2, name="codex.websocket_event"),
            event(3, input_token_count=14_000, output_token_count=40, reasoning_token_count=10),
            event(4, **{"event.kind": "response.output_text.delta"}),
        )
    )
    told = [(one.key, one.actual_output_tokens, one.reasoning_tokens) for one in calls]
    # Sent by either transport, the first is one call: 900 of which 250 are thinking.
    assert told == [
        ("conversation-1 12000 900", 900, 250),
        ("conversation-1 12000 900", 900, 250),
        ("conversation-1 14000 40", 40, 10),
    ]
    assert (calls[0].success, calls[0].truncated) == (True, False)
    assert source.passed_over == {"codex.sse_event:response.output_text.delta": 1}


def test_thoughts_of_gemini_are_added_and_its_two_records_are_one_call(tmp_path: Path) -> None:
    both = {"session.id": "session-1", "event.timestamp": "2026-03-01T09:30:01.250Z"}
    counts = {"model": "gemini-3", "prompt_id": "p########0", "finish_reasons": ["STOP"]}
    response = both | counts | {"input_token_count": 500, "output_token_count": 80}
    details = {
        "event.name": "gen_ai.client.inference.operation.details",
        "gen_ai.usage.input_tokens": 500,
        "gen_ai.usage.output_tokens": 80,
        "gen_ai.response.id": "reply-1",
    }
    request = {"event.name": details["event.name"], "gen_ai.request.model": "gemini-3"}
    file = tmp_path / "logs.json"
    file.write_bytes(
        logs(
            log("GenAI operation request details from gemini-3.", both | request),
            log(
                "API response from gemini-3.",
                response | {"event.name": "gemini_cli.api_response", "thoughts_token_count": 30},
            ),
            log("GenAI operation details from gemini-3.", both | details),
        )
    )
    found = _collected(file)
    # 80 + 30 thoughts, and the record without them tells of the same call.
    assert (found.told, found.again) == (Count(1, 110), 1)
    (fields,) = map(orjson.loads, found.lines)
    assert (fields["reasoning_tokens"], fields["phase_id"]) == (30, "p########0")
    assert (fields["stop_reason"], fields["truncated"]) == ("STOP", False)


def test_records_that_are_no_export_are_counted() -> None:
    calls, source = _calls(
        b'{"type":"assistant","message":{}}\n',
        b'{"resourceMetrics":[]}\n',
        spans(span("chat", {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 5})),
        b'{"resourceSpans":[{"scopeSpans"',
    )
    assert [(one.line, one.call_id) for one in calls] == [(3, f"{TRACE}/{1:016x}")]
    assert {name: one.places for name, one in source.unreadable.items()} == {
        "bad-record": ["log:1"],
        "cut-off": ["log:4"],
    }
    assert source.passed_over == {"metrics": 1}


def test_an_export_is_recognised_by_its_first_record() -> None:
    assert otlp.recognises({"resourceLogs": []})
    assert not otlp.recognises({"type": "session_meta"})


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [here, *(place for key, one in pairs for place in _places(one, (*here, key)))]


REPLY = {
    "gen_ai.operation.name": "chat",
    "gen_ai.output.messages": [
        {"parts": [{"type": "tool_call", "name": "Edit", "arguments": {"path": "a"}}]}
    ],
}
EVERYTHING = [
    orjson.loads(line)
    for line in [
        *(WRITTEN_BY_SDK / "traces.jsonl").read_bytes().splitlines(),
        *(WRITTEN_BY_SDK / "logs.jsonl").read_bytes().splitlines(),
        logs(log("claude_code.api_request", CLAUDE)),
        spans(
            span("claude_code.tool", {"tool_name": "Edit", "file_path": "a"}, 3, parentSpanId="b"),
            span("x", {"gen_ai.completion.0.tool_calls.0.name": "Edit"} | REPLY, 3),
        ),
    ]
]
PLACES = [(number, place) for number, one in enumerate(EVERYTHING) for place in _places(one)]
OTHERS = st.sampled_from(
    [None, True, -1, 2**63, 1.5, 1e300, "", "\x00", "9" * 19, [], [None], {}, {"a": 1}, "[[", "{}"]
)


@given(st.sampled_from(PLACES), OTHERS)
def test_a_value_of_another_type_is_never_an_error(
    where: tuple[int, tuple[Any, ...]], other: object
) -> None:
    number, place = where
    inside: Any = {"all": orjson.loads(orjson.dumps(EVERYTHING[number]))}
    fields = inside
    for key in ("all", *place)[:-1]:
        inside = inside[key]
    inside[("all", *place)[-1]] = other
    source = ForeignSource("log", io.BytesIO(orjson.dumps(fields["all"])))
    collector = Collector("shop")
    collector.take(source, otlp.calls(source, ImportOptions()))
    found = collector.collected()
    parts = [found.taken, *(Count(one.count, one.tokens) for one in found.left_out.values())]
    assert found.told == Count(sum(one.calls for one in parts), sum(one.tokens for one in parts))


@pytest.mark.parametrize("kind", [3, "SPAN_KIND_CLIENT"])
@pytest.mark.parametrize("code", [2, "STATUS_CODE_ERROR"])
def test_numbers_and_names_of_the_protocol_mean_the_same(kind: object, code: object) -> None:
    given = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 5}
    one = span("chat", given, kind=kind, status={"code": code})
    one["attributes"][1]["value"] = {"intValue": 5}
    (call,), _ = _calls(spans(one))
    assert (call.actual_output_tokens, call.success) == (5, False)


def test_an_agent_of_many_calls_keeps_a_tool_with_the_call_before_it() -> None:
    beside = {"parentSpanId": f"{99:016x}"}
    chat = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 5}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "write_file"}
    calls, _ = _calls(
        spans(
            span("chat", chat, 1, **beside),
            span("tool", tool | {"gen_ai.tool.call.arguments": '{"path": "a.py"}'}, 2, **beside),
            # It began after the next call did, and was over before it.
            span("tool", tool | {"gen_ai.tool.call.arguments": {"path": "b.py"}}, 4, **beside),
            span("chat", chat, 3, **beside),
        )
    )
    assert [(one.files, one.paths) for one in calls] == [
        ((ForeignFile("a.py"),), "real"),
        # The agent's own span is not in this file: more tools may be in another.
        ((ForeignFile("b.py"),), "partial"),
    ]
