"""OTLP JSON lines → spans and log records with plain attributes; ids stay hexadecimal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from coefgate.samples.foreign.json_types import mapping, sequence, text
from coefgate.samples.foreign.source import ForeignSource

_SIGNALS: Final = {
    "resourceSpans": ("scopeSpans", "spans"),
    "resourceLogs": ("scopeLogs", "logRecords"),
}
_OTHER_SIGNALS: Final = {"resourceMetrics": "metrics", "resourceProfiles": "profiles"}
KEYS: Final = frozenset(_SIGNALS) | frozenset(_OTHER_SIGNALS)
"""The fields of which an export has one."""
_EVENT_NAME: Final = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)+")
_HEX: Final = re.compile(r"(?=.*[1-9a-f])[0-9a-f]{16,32}")
_INTEGER: Final = re.compile(r"-?[0-9]{1,20}")
_FAILED: Final = (2, "2", "STATUS_CODE_ERROR")


@dataclass(frozen=True, slots=True)
class OtlpRecord:
    """A span or a log record, which stands in ``line`` of its file.

    ``name``: of the span, or of the event. ``attributes``: its own; ``resource``: those of what
    sent it. ``start``, ``end``: nanoseconds since 1970, both the same of a log record, 0 where it
    does not say. ``failed``: its status is an error.
    """

    signal: Literal["span", "log"]
    line: int
    name: str
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    trace: str | None
    span: str | None
    parent: str | None
    start: int
    end: int
    failed: bool


def otlp_records(source: ForeignSource) -> Iterator[OtlpRecord]:
    """The spans and log records of a file of OTLP JSON lines; what else it holds is counted."""
    for line, fields in source.records():
        if KEYS.isdisjoint(fields):
            source.skip(line, "bad-record")
            continue
        for signal, kind in _OTHER_SIGNALS.items():
            if signal in fields:
                source.passed_over[kind] += 1
        for signal, (scopes, records) in _SIGNALS.items():
            read = _span if signal == "resourceSpans" else _log_record
            for export in _objects(fields.get(signal)):
                resource = _attributes(mapping(export.get("resource")))
                for scope in _objects(export.get(scopes)):
                    for record in _objects(scope.get(records)):
                        yield read(line, record, resource)


def _span(line: int, fields: Mapping[str, Any], resource: Mapping[str, Any]) -> OtlpRecord:
    return OtlpRecord(
        signal="span",
        line=line,
        name=text(fields.get("name")) or "",
        attributes=_attributes(fields),
        resource=resource,
        trace=_id(fields.get("traceId")),
        span=_id(fields.get("spanId")),
        parent=_id(fields.get("parentSpanId")),
        start=_nanoseconds(fields.get("startTimeUnixNano")),
        end=_nanoseconds(fields.get("endTimeUnixNano")),
        failed=mapping(fields.get("status")).get("code") in _FAILED,
    )


def _log_record(line: int, fields: Mapping[str, Any], resource: Mapping[str, Any]) -> OtlpRecord:
    attributes = _attributes(fields)
    time = _nanoseconds(fields.get("timeUnixNano")) or _nanoseconds(
        fields.get("observedTimeUnixNano")
    )
    # Claude Code names an event in full in the body, and in short in the attribute.
    body = text(plain(fields.get("body"))) or ""
    name = text(fields.get("eventName")) or text(attributes.get("event.name")) or ""
    return OtlpRecord(
        signal="log",
        line=line,
        name=body if _EVENT_NAME.fullmatch(body) else name,
        attributes=attributes,
        resource=resource,
        trace=_id(fields.get("traceId")),
        span=_id(fields.get("spanId")),
        parent=None,
        start=time,
        end=time,
        failed=False,
    )


def plain(value: object) -> Any:
    """An ``AnyValue`` as plain data: ``{"intValue": "5"}`` is 5; ``None`` where it is none."""
    for kind, stated in mapping(value).items():
        if (read := _KINDS.get(kind)) is not None:
            return read(stated)
    return None


def integer(value: object) -> int | None:
    """The integer that a number, or a text of digits, states."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return None


def _values(stated: object) -> list[Any]:
    return [plain(one) for one in sequence(mapping(stated).get("values"))]


def _pairs(stated: object) -> dict[str, Any]:
    return {
        key: plain(one.get("value"))
        for one in sequence(stated)
        if isinstance(one, dict) and isinstance(key := one.get("key"), str)
    }


_KINDS: Final[Mapping[str, Callable[[object], Any]]] = {
    "stringValue": lambda value: value if isinstance(value, str) else None,
    "intValue": integer,
    "doubleValue": lambda value: value if isinstance(value, int | float) else None,
    "boolValue": lambda value: value if isinstance(value, bool) else None,
    "arrayValue": _values,
    "kvlistValue": lambda value: _pairs(mapping(value).get("values")),
}


def _attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    return _pairs(fields.get("attributes"))


def _objects(stated: object) -> Iterator[Mapping[str, Any]]:
    return (one for one in sequence(stated) if isinstance(one, dict))


def _id(value: object) -> str | None:
    found = (text(value) or "").lower()
    return found if _HEX.fullmatch(found) else None


def _nanoseconds(value: object) -> int:
    return integer(value) or 0
