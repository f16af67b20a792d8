"""OTLP JSON → records: ids as they stand, numbers in either form, names of events."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest

from coefgate.samples.foreign.otlp.records import OtlpRecord, integer, otlp_records, plain
from coefgate.samples.foreign.source import ForeignSource
from tests.samples.foreign.otlp.lines import START, TRACE, any_value, log, logs, span, spans


def _records(*lines: bytes) -> list[OtlpRecord]:
    return list(otlp_records(ForeignSource("log", io.BytesIO(b"".join(lines)))))


def test_a_span_with_what_sent_it() -> None:
    (one,) = _records(spans(span("chat", {"a": 1}, 2, parentSpanId=f"{9:016X}"), service="shop"))
    assert one == OtlpRecord(
        signal="span",
        line=1,
        name="chat",
        attributes={"a": 1},
        resource={"service": "shop"},
        trace=TRACE,
        span=f"{2:016x}",
        parent=f"{9:016x}",
        start=START + 2 * 10**9,
        end=START + 2 * 10**9 + 5 * 10**8,
        failed=False,
    )


def test_ids_stay_hexadecimal_where_a_protobuf_parser_takes_them_for_base64() -> None:
    (one,) = _records(spans(span("chat", {})))
    assert one.trace == TRACE
    # Proto3 JSON writes bytes in base64: 32 digits become 24 bytes, and no error is seen.
    assert len(base64.b64decode(TRACE)) == 24
    assert len(bytes.fromhex(TRACE)) == 16


@pytest.mark.parametrize("stated", ["", "0" * 32, "xyz", "4BF92F35", 5, None])
def test_an_id_that_says_nothing_is_none(stated: object) -> None:
    assert _records(spans(span("chat", {}, traceId=stated)))[0].trace is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        # Claude Code: the body says it in full, the attribute in short.
        ({"body": {"stringValue": "claude_code.api_request"}}, "claude_code.api_request"),
        # Gemini CLI: the body is a sentence.
        ({"body": {"stringValue": "API response from gemini-3."}}, "short"),
        ({"body": {}, "eventName": "gen_ai.choice"}, "gen_ai.choice"),
        ({"body": {"kvlistValue": {"values": []}}}, "short"),
    ],
)
def test_the_name_of_an_event(fields: dict[str, Any], name: str) -> None:
    assert _records(logs(log("", {"event.name": "short"}, **fields)))[0].name == name


def test_a_log_record_without_a_time_has_that_at_which_it_was_seen() -> None:
    one = log("x", {}, timeUnixNano="0", observedTimeUnixNano=str(START))
    assert _records(logs(one))[0].start == START


@pytest.mark.parametrize(
    "value", ["text", 5, -5, 0.5, True, ["a", 1], {"a": {"b": ["c"]}}, [], {}]
)
def test_any_value_is_plain(value: object) -> None:
    assert plain(any_value(value)) == value


@pytest.mark.parametrize(
    ("stated", "number"),
    [("321", 321), (321, 321), (321.0, 321), ("-1", -1), ("3.5", None), (3.5, None), (True, None)],
)
def test_integers_are_texts_or_numbers(stated: object, number: int | None) -> None:
    assert integer(stated) == number


def test_what_is_no_span_is_passed_by() -> None:
    broken = b'{"resourceSpans":[5,{"scopeSpans":{"spans":[]}},{"scopeSpans":[{"spans":[7]}]}]}\n'
    assert _records(broken, spans(span("a", {}))) == _records(b"\n", spans(span("a", {})))
