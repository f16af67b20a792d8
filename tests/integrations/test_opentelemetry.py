"""The span processor in the real SDK of OpenTelemetry; spans as instrumentations write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace import Status, StatusCode, Tracer

from coefgate import Registry
from coefgate.integrations import call_facts
from coefgate.integrations.opentelemetry import CoefgateSpanProcessor
from tests.runner.recorded import records

_FACTS: Any = {
    "coefgate.category": "docs",
    "coefgate.complexity": "low",
    "coefgate.deliverables": ["create:docs/guide.md"],
    "coefgate.phase_id": "p-7",
}
_ASKED: Any = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "claude-sonnet-4-5",
    "gen_ai.request.max_tokens": 4000,
}
_ANSWERED: Any = {
    "gen_ai.response.id": "msg_1",
    "gen_ai.response.model": "claude-sonnet-4-5-20250929",
    "gen_ai.response.finish_reasons": ["end_turn"],
    "gen_ai.usage.input_tokens": 25,
    "gen_ai.usage.output_tokens": 1218,
    "gen_ai.usage.reasoning.output_tokens": 200,
}


@pytest.fixture
def tracer(registry: Registry) -> Iterator[Tracer]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(CoefgateSpanProcessor(registry))
    yield provider.get_tracer("tests")
    provider.shutdown()


def _call(tracer: Tracer, asked: Any, answered: Any) -> ReadableSpan:
    with tracer.start_as_current_span("chat", attributes=asked) as span:
        span.set_attributes(answered)
    assert isinstance(span, ReadableSpan)
    return span


def test_a_call_is_told_its_budget_and_recorded(
    tracer: Tracer, registry: Registry, tmp_path: Path
) -> None:
    span = _call(tracer, {**_FACTS, **_ASKED}, _ANSWERED)
    (row,) = records(tmp_path / "telemetry.db")
    names = [
        *("actual_output_tokens", "input_tokens", "reasoning_tokens", "stop_reason"),
        *("truncated", "success", "model", "call_id", "phase_id", "max_output_tokens"),
    ]
    assert [getattr(row, name) for name in names] == [
        *(1218, 25, 200, "end_turn", 0, 1),
        *("claude-sonnet-4-5-20250929", "msg_1", "p-7", 4000),
    ]
    estimate = registry.estimate(
        category="docs",
        complexity="low",
        deliverables=["create:docs/guide.md"],
        model="claude-sonnet-4-5",
    )
    attributes = span.attributes or {}
    assert attributes["coefgate.predicted_output_tokens"] == row.predicted_tokens
    assert attributes["coefgate.budget"] == row.budget == estimate.budget()
    assert attributes["coefgate.predicted_by"] == row.registry_version == "1.4.0"
    assert row.started_at == (span.start_time or 0) // 1000
    assert row.state == "finished"


def test_the_facts_may_stand_on_any_span_above(tracer: Tracer, tmp_path: Path) -> None:
    with tracer.start_as_current_span("phase", attributes=_FACTS):
        aggregate = {"gen_ai.operation.name": "invoke_agent"}
        with tracer.start_as_current_span("agent", attributes=aggregate) as agent:
            _call(tracer, _ASKED, _ANSWERED)
            _call(tracer, {**_ASKED, "coefgate.attempt": 2}, _ANSWERED)
            agent.set_attributes({"gen_ai.usage.output_tokens": 2436})
            tool = {"gen_ai.operation.name": "execute_tool"}
            with tracer.start_as_current_span("tool", attributes=tool):
                pass
    rows = records(tmp_path / "telemetry.db")
    assert [(one.phase_id, one.attempt) for one in rows] == [("p-7", None), ("p-7", 2)]


@pytest.mark.parametrize("operation", ["generate_content", "text_completion"])
def test_other_kinds_of_calls(operation: str, tracer: Tracer, tmp_path: Path) -> None:
    _call(tracer, {**_FACTS, **_ASKED, "gen_ai.operation.name": operation}, _ANSWERED)
    assert [one.actual_output_tokens for one in records(tmp_path / "telemetry.db")] == [1218]


def test_names_of_yesterday_that_come_when_the_call_is_over(
    tracer: Tracer, tmp_path: Path
) -> None:
    answered = {
        "llm.request.type": "chat",
        "gen_ai.request.model": "gpt-5.1",
        "gen_ai.usage.prompt_tokens": 25,
        "gen_ai.usage.completion_tokens": 900,
        "gen_ai.completion.0.finish_reason": "length",
        "llm.request.max_tokens": 900,
    }
    span = _call(tracer, {}, {**_FACTS, **answered})
    (row,) = records(tmp_path / "telemetry.db")
    assert (row.actual_output_tokens, row.input_tokens) == (900, 25)
    assert (row.stop_reason, row.truncated, row.success) == ("length", 1, None)
    assert (row.max_output_tokens, row.model) == (900, "gpt-5.1")
    assert row.started_at == (span.start_time or 0) // 1000


def test_thinking_that_is_counted_apart_is_added(tracer: Tracer, tmp_path: Path) -> None:
    apart = {"gen_ai.usage.output_tokens": 100, "gen_ai.usage.reasoning.output_tokens": 900}
    _call(tracer, {**_FACTS, **_ASKED}, {**_ANSWERED, **apart})
    assert [one.actual_output_tokens for one in records(tmp_path / "telemetry.db")] == [1000]


def test_a_call_that_failed(tracer: Tracer, tmp_path: Path) -> None:
    _call(tracer, {**_FACTS, **_ASKED}, {"error.type": "timeout"})
    with tracer.start_as_current_span("chat", attributes={**_FACTS, **_ASKED}) as span:
        span.set_status(Status(StatusCode.ERROR, "CANARY-4711"))
    rows = records(tmp_path / "telemetry.db")
    assert [(one.success, one.actual_output_tokens) for one in rows] == [(0, None)] * 2
    assert "CANARY" not in str(rows)


def test_a_span_without_facts_or_of_no_call_is_left_alone(tracer: Tracer, tmp_path: Path) -> None:
    _call(tracer, _ASKED, _ANSWERED)
    for operation in ("embeddings", "invoke_agent", "create_agent"):
        _call(tracer, {**_FACTS, "gen_ai.operation.name": operation}, _ANSWERED)
    assert records(tmp_path / "telemetry.db") == []


def test_facts_that_cannot_be_used_stop_no_call(tracer: Tracer, tmp_path: Path) -> None:
    wrong = {**_FACTS, **_ASKED, "coefgate.deliverables": ["build:a.md"]}
    with pytest.warns(RuntimeWarning, match="begins with no operation"):
        _call(tracer, wrong, _ANSWERED)
    assert records(tmp_path / "telemetry.db") == []


@pytest.mark.parametrize("odd", [5, True, "end_turn", [True]])
def test_attributes_of_any_type_harm_no_call(odd: Any, tracer: Tracer, tmp_path: Path) -> None:
    answered = {**_ANSWERED, "gen_ai.response.finish_reasons": odd}
    _call(tracer, {**_FACTS, **_ASKED}, answered)
    (row,) = records(tmp_path / "telemetry.db")
    assert row.stop_reason == ("end_turn" if odd == "end_turn" else None)


@pytest.mark.parametrize("late", [False, True])
def test_a_call_within_a_call_is_the_same_call(late: bool, tracer: Tracer, tmp_path: Path) -> None:
    outer = {**_FACTS, **({} if late else _ASKED)}
    with tracer.start_as_current_span("a client", attributes=outer) as span:
        with tracer.start_as_current_span("POST"):
            _call(tracer, _ASKED, {**_ANSWERED, "gen_ai.response.id": "inner"})
        span.set_attributes({**_ASKED, **_ANSWERED})
    (row,) = records(tmp_path / "telemetry.db")
    assert row.call_id == ("inner" if late else "msg_1")


def test_a_call_of_a_tool_of_a_call_is_another_one(tracer: Tracer, tmp_path: Path) -> None:
    tool = {"gen_ai.operation.name": "execute_tool"}
    with (
        tracer.start_as_current_span("chat", attributes={**_FACTS, **_ASKED}),
        tracer.start_as_current_span("tool", attributes=tool),
    ):
        _call(tracer, _ASKED, _ANSWERED)
    assert len(records(tmp_path / "telemetry.db")) == 2


def test_one_text_is_no_list_of_deliverables(tracer: Tracer, tmp_path: Path) -> None:
    facts = {**_FACTS, "coefgate.deliverables": "a.md"}
    with pytest.warns(RuntimeWarning, match="deliverables are a list"):
        _call(tracer, {**facts, **_ASKED}, _ANSWERED)
    assert records(tmp_path / "telemetry.db") == []


def test_spans_that_never_end_are_forgotten(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_facts, "MOST_OPEN", 2)
    processor = CoefgateSpanProcessor(registry)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    for _ in range(5):
        provider.get_tracer("tests").start_span("phase", attributes=_FACTS)
    assert len(processor._open) == 2
    provider.shutdown()
