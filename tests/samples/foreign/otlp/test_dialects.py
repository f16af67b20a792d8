"""Which records tell of a call, and what to call the others."""

from __future__ import annotations

import io
from typing import Any

import pytest

from coefgate.samples.foreign.otlp.dialects import dialect_of, is_side_call, kind_of
from coefgate.samples.foreign.otlp.records import OtlpRecord, otlp_records
from coefgate.samples.foreign.source import ForeignSource
from tests.samples.foreign.otlp.lines import log, logs, span, spans


def _record(line: bytes) -> OtlpRecord:
    (record,) = otlp_records(ForeignSource("log", io.BytesIO(line)))
    return record


def _span(name: str, **given: Any) -> OtlpRecord:
    return _record(spans(span(name, {key.replace("__", "."): one for key, one in given.items()})))


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (_span("embeddings", gen_ai__operation__name="embeddings"), "embeddings"),
        # An agent's span without usage sums up nothing.
        (_span("a", gen_ai__operation__name="invoke_agent"), "invoke_agent"),
        (_span("chain", openinference__span__kind="CHAIN"), "CHAIN"),
        (_span("claude_code.interaction"), "claude_code.interaction"),
        (_span("claude_code.tool", gen_ai__operation__name="execute_tool"), "claude_code.tool"),
        # Codex repeats on a span what its log says, with no id of a reply.
        (_span("handle_responses", gen_ai__usage__output_tokens=5), "other spans"),
        (_span("x", gen_ai__operation__name="two\nlines"), "other spans"),
        (_span("x", gen_ai__operation__name=5), "other spans"),
        (_record(logs(log("codex.user_prompt", {}))), "codex.user_prompt"),
        (
            _record(logs(log("codex.sse_event", {"event.kind": "response.completed"}))),
            "codex.sse_event:response.completed",  # the other transport has the counts
        ),
        (_record(logs(log("GenAI request", {"event.name": "say it"}))), "other logs"),
        (_record(logs(log("", {}))), "other logs"),
        (_record(logs(log("order.12345", {}))), "other logs"),
    ],
)
def test_what_tells_of_no_call_has_a_kind(record: OtlpRecord, kind: str) -> None:
    assert dialect_of(record) is None
    assert kind_of(record) == kind


@pytest.mark.parametrize(
    ("source", "side"),
    [
        ("compact", True),
        ("auxiliary", True),
        ("main", False),
        ("agent:builtin:Explore", False),
        (["compact"], False),
        (None, False),
    ],
)
def test_a_call_of_the_agent_for_itself(source: object, side: bool) -> None:
    assert is_side_call(_span("claude_code.llm_request", query_source=source)) is side
