"""OTLP JSON lines, traces and logs: GenAI conventions, OpenInference, agents of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.otlp.calls import call_of
from coefgate.samples.foreign.otlp.dialects import dialect_of, kind_of
from coefgate.samples.foreign.otlp.records import KEYS, otlp_records
from coefgate.samples.foreign.otlp.tool_calls import ToolCalls
from coefgate.samples.foreign.source import ForeignSource

FILES: Final = ("*.json", "*.jsonl", "*.ndjson")
UNITS: Final[tuple[SampleUnit, ...]] = ("call",)


def recognises(fields: Mapping[str, Any]) -> bool:
    """Is this an export of OTLP?"""
    return not KEYS.isdisjoint(fields)


def calls(source: ForeignSource, _: ImportOptions) -> Iterator[ForeignCall]:
    """Every call that a span or a log record tells; others are counted by their kind."""
    tools = ToolCalls()
    for record in otlp_records(source):
        dialect = dialect_of(record)
        if dialect is None:
            tools.note(record)
            source.passed_over[kind_of(record)] += 1
        elif record.signal == "span":
            yield from tools.begun(record, call_of(record, dialect))
        else:
            yield call_of(record, dialect)
        yield from tools.ended(record)
    yield from tools.rest()
