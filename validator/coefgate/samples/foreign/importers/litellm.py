"""Spend-log rows of a LiteLLM proxy: JSON lines, a JSON list, or a dump as CSV.

What a call was for stands in the metadata that the caller gave it, or in tags of the form
``category:docs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.column_map import ColumnMap
from coefgate.samples.foreign.tables.column_names import NAMES, names_of
from coefgate.samples.foreign.tables.csv_records import csv_table
from coefgate.samples.foreign.tables.mapped_calls import mapped_calls
from coefgate.samples.foreign.values import ABSENT, decoded_json, is_nothing, value_at

FILES: Final = ("*.jsonl", "*.ndjson", "*.json", "*.csv")
UNITS: Final[tuple[SampleUnit, ...]] = ("call",)

_STATED: Final = (
    *("category", "complexity", "phase_id", "run_id", "attempt"),
    *("deliverables", "created", "modified"),
)
"""Facts that only the caller knows, by any of their usual names."""
_FIRST_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "max_output_tokens": tuple(
        f"{request}.{name}"
        for request in ("proxy_server_request", "proxy_server_request.body")
        for name in ("max_output_tokens", "max_completion_tokens", "max_tokens")
    ),
    "stop_reason": ("response.choices.0.finish_reason", "response.stop_reason"),
    "success": ("status", "metadata.status"),
    "run_id": ("session_id", "metadata.session_id"),
}
_MAPPED: Final = ColumnMap(
    columns={
        "actual_output_tokens": "completion_tokens",
        "input_tokens": "prompt_tokens",
        "call_id": "request_id",
        "observed_at": "startTime",
        "model": "model",
        "cache_hit": "cache_hit",
        "reasoning_tokens": "metadata.usage_object.completion_tokens_details.reasoning_tokens",
        **{name: f"coefgate.{name}" for name in (*_FIRST_OF, *_STATED)},
    },
    constants={"deliverables_from": "request"},
    naive_times=UTC,
)
_NO_TEXT: Final = re.compile(
    r"embedding|image|audio|speech|transcription|moderation|rerank|batch|file|search|mcp|video"
)
"""In the type of a call: it generates no text."""
_PRINTABLE: Final = re.compile(r"/?[\w./-]{1,40}")
_TAG: Final = re.compile(r"\s*([^:=]+?)\s*[:=]\s*(.*\S)\s*")


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """One call for each row of a request that generates text."""
    del options  # a row is a request
    yield from mapped_calls(_rows(source), _MAPPED, source, UNITS[0])


def _rows(source: ForeignSource) -> Iterator[tuple[int, dict[str, Any]]]:
    is_csv = source.name.endswith((".csv", ".csv.gz"))
    for line, row in csv_table(source).records if is_csv else source.records():
        call_type = str(row.get("call_type") or "")
        if "request_id" not in row or "completion_tokens" not in row:
            source.skip(line, "bad-record")
        elif _NO_TEXT.search(call_type):
            named = call_type if _PRINTABLE.fullmatch(call_type) else "unknown"
            source.passed_over[f"calls of type {named}"] += 1
        else:
            yield line, {**row, "coefgate": _facts(row)}


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    stated = _stated(row)
    found = {
        name: value
        for name, columns in _FIRST_OF.items()
        for value in [next(filter(_says, (value_at(row, one) for one in columns)), None)]
    }
    return found | stated


def _says(value: Any) -> bool:
    return value is not ABSENT and not is_nothing(value)


def _stated(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller said of the call, in metadata before tags."""
    given = decoded_json(value_at(row, "metadata.spend_logs_metadata"))
    tags = decoded_json(row.get("request_tags"))
    said = [
        *(given.items() if isinstance(given, dict) else ()),
        *(
            (tagged[1], tagged[2])
            for tag in (tags if isinstance(tags, list) else ())
            if isinstance(tag, str) and (tagged := _TAG.fullmatch(tag))
        ),
    ]
    found: dict[str, Any] = {}
    for name, value in said:
        for fact in _STATED:
            if not is_nothing(value) and not set(names_of(name)).isdisjoint(NAMES[fact]):
                found.setdefault(fact, value)
    return found


def recognises(fields: Mapping[str, Any]) -> bool:
    """Has it the columns of the table of spend logs?"""
    return fields.keys() >= {"request_id", "completion_tokens", "startTime", "spend"}
