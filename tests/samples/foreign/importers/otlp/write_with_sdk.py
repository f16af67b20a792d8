"""Writes traces.jsonl and logs.jsonl with the OpenTelemetry SDK and its exporter of OTLP JSON.

The files are kept, so that tests need neither. To write them again:

    python -m venv otel
    otel/bin/pip install opentelemetry-sdk==1.45.2
    otel/bin/pip install opentelemetry-exporter-otlp-json-file==0.66b1
    otel/bin/python tests/samples/foreign/importers/otlp/write_with_sdk.py
"""

# mypy: ignore-errors

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.json.file._log_exporter import FileLogExporter
from opentelemetry.exporter.otlp.json.file.trace_exporter import FileSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode

HERE = Path(__file__).parent
START = 1_772_357_400_000_000_000  # 2026-03-01T09:30:00Z
SECOND = 1_000_000_000


class Ids(IdGenerator):
    """The same ids each time."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def generate_trace_id(self) -> int:
        return 0x4BF92F3577B34DA6A3CE929D0E0E0000 + next(self._numbers)

    def generate_span_id(self) -> int:
        return 0x00F067AA0BA90000 + next(self._numbers)


resource = Resource(
    {
        "service.name": "shop-agent",
        "phase.category": "implementation",
        "phase.complexity": "low",
        "coefgate.workspace": "/repo/shop",
    }
)
for name in ("traces.jsonl", "logs.jsonl"):
    (HERE / name).unlink(missing_ok=True)
provider = TracerProvider(resource=resource, id_generator=Ids())
spans = BatchSpanProcessor(FileSpanExporter(HERE / "traces.jsonl"))
provider.add_span_processor(spans)
tracer = provider.get_tracer("shop.instrumentation", "1.0")
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(FileLogExporter(HERE / "logs.jsonl")))
logger = logs.get_logger("shop.instrumentation", "1.0")


@contextmanager
def span(
    name: str, at: int, seconds: int, kind: SpanKind = SpanKind.CLIENT, **attributes: Any
) -> Iterator[trace.Span]:
    """A span from second ``at``; names of attributes have ``__`` for dots."""
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    one = tracer.start_span(name, kind=kind, start_time=START + at * SECOND, attributes=named)
    with trace.use_span(one, end_on_exit=False):
        yield one
    one.end(START + (at + seconds) * SECOND)


def chat(at: int, seconds: int, output: int | None, **attributes: Any) -> Any:
    """An inference of the GenAI conventions."""
    given = {
        "gen_ai__operation__name": "chat",
        "gen_ai__provider__name": "openai",
        "gen_ai__request__model": "gpt-5",
        "gen_ai__response__model": "gpt-5-2026-02-01",
        "gen_ai__request__max_tokens": 4096,
        "gen_ai__usage__input_tokens": 1113,
        "gen_ai__usage__output_tokens": output,
    }
    given = {key: value for key, value in (given | attributes).items() if value is not None}
    return span("chat gpt-5", at, seconds, **given)


# An agent: two calls, of which the first writes one file and reads another.
with span(
    "invoke_agent coder",
    0,
    60,
    SpanKind.INTERNAL,
    gen_ai__operation__name="invoke_agent",
    gen_ai__conversation__id="conversation-7",
    gen_ai__usage__output_tokens=378,
):
    first = {
        "gen_ai__response__id": "chatcmpl-1",
        "gen_ai__response__finish_reasons": ("tool_calls",),
        "gen_ai__usage__reasoning__output_tokens": 64,
        "gen_ai__conversation__id": "conversation-7",
    }
    with chat(1, 9, 321, **first):
        names = {key.replace("__", "."): value for key, value in first.items()}
        logger.emit(
            LogRecord(
                timestamp=START + 10 * SECOND,
                observed_timestamp=START + 11 * SECOND,
                event_name="gen_ai.client.inference.operation.details",
                attributes=names
                | {
                    "gen_ai.operation.name": "chat",
                    "gen_ai.usage.input_tokens": 1113,
                    "gen_ai.usage.output_tokens": 321,
                },
            )
        )
    for tool, path in (("write_file", "/repo/shop/src/cart.py"), ("read_file", "README.md")):
        with span(
            f"execute_tool {tool}",
            11,
            1,
            SpanKind.INTERNAL,
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name=tool,
            gen_ai__tool__call__arguments=json.dumps({"path": path, "content": "…"}),
        ):
            pass
    with chat(
        20,
        5,
        57,
        gen_ai__response__id="chatcmpl-2",
        gen_ai__response__finish_reasons=("stop",),
        gen_ai__conversation__id="conversation-7",
    ):
        pass
spans.force_flush()

# Calls of their own: one that was cut off and says what it was asked for, one that failed.
with chat(
    100,
    30,
    4096,
    gen_ai__response__id="chatcmpl-3",
    gen_ai__response__finish_reasons=("length",),
    phase__complexity="high",
    coefgate__deliverables=("create:src/a.py", "modify@2048:README.md"),
):
    pass
with chat(200, 1, None, error__type="timeout", gen_ai__response__model=None) as failed:
    failed.set_status(Status(StatusCode.ERROR, "timeout"))
# Names of before 1.27, and what no model generates.
with span(
    "openai.chat",
    300,
    4,
    gen_ai__system="OpenAI",
    llm__request__type="chat",
    gen_ai__request__model="gpt-4o",
    gen_ai__usage__prompt_tokens=40,
    gen_ai__usage__completion_tokens=88,
    gen_ai__completion__0__finish_reason="stop",
    gen_ai__completion__0__tool_calls__0__name="edit_file",
    gen_ai__completion__0__tool_calls__0__arguments='{"target_file": "src/shop.py"}',
):
    pass
with span("embeddings", 400, 1, gen_ai__operation__name="embeddings"):
    pass
with span("GET /orders", 401, 1):
    pass
spans.force_flush()

# OpenInference.
with span(
    "ChatCompletion",
    500,
    8,
    openinference__span__kind="LLM",
    session__id="session-9",
    llm__model_name="claude-sonnet-4-5",
    llm__invocation_parameters='{"max_tokens": 1024, "temperature": 0}',
    llm__token_count__prompt=900,
    llm__token_count__completion=210,
    llm__finish_reason="end_turn",
):
    pass
provider.shutdown()
logs.shutdown()
