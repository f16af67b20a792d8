"""Lines of OTLP JSON from plain data, as the file exporter of the Collector writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

START = 1_772_357_400_000_000_000  # 2026-03-01T09:30:00Z
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def any_value(value: object) -> dict[str, Any]:
    """``value`` as an ``AnyValue``; integers as texts, which the protocol asks for."""
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [any_value(one) for one in value]}}
        case dict():
            return {"kvlistValue": {"values": attributes(value)}}
        case _:
            return {"stringValue": value}


def attributes(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list of attributes."""
    return [{"key": key, "value": any_value(value)} for key, value in given.items()]


def span(name: str, given: Mapping[str, Any], number: int = 1, **fields: Any) -> dict[str, Any]:
    """The span ``number``; it lasts from that second for half a second."""
    start = START + number * 10**9
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": "",
        "name": name,
        "kind": 3,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 5 * 10**8),
        "attributes": attributes(given),
        "status": {},
    } | fields


def log(name: str, given: Mapping[str, Any], number: int = 1, **fields: Any) -> dict[str, Any]:
    """The log record of an event, of second ``number``; the body names it."""
    return {
        "timeUnixNano": str(START + number * 10**9),
        "body": {"stringValue": name},
        "attributes": attributes(given),
    } | fields


def spans(*several: dict[str, Any], **resource: Any) -> bytes:
    """One export of spans, as a line."""
    scopes = [{"scope": {"name": "test"}, "spans": list(several)}]
    return _line("resourceSpans", resource, {"scopeSpans": scopes})


def logs(*several: dict[str, Any], **resource: Any) -> bytes:
    """One export of log records, as a line."""
    scopes = [{"scope": {"name": "test"}, "logRecords": list(several)}]
    return _line("resourceLogs", resource, {"scopeLogs": scopes})


def _line(signal: str, resource: Mapping[str, Any], fields: dict[str, Any]) -> bytes:
    export = {"resource": {"attributes": attributes(resource)}, **fields}
    return orjson.dumps({signal: [export]}, option=orjson.OPT_APPEND_NEWLINE)
