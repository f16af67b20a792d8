"""A span processor of OpenTelemetry: a GenAI span with facts of its call becomes a record."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from coefgate.core import gen_ai_attributes as names
from coefgate.core.gen_ai_attributes import first
from coefgate.integrations.call_facts import KEY, NAMES, record_arguments, unharmed
from coefgate.runner.recorded_call import RecordedCall
from coefgate.runner.registry import Registry
from coefgate.runner.replies import CallOutcome, ReplyReader

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = "a span with coefgate's attributes"


class CoefgateSpanProcessor(SpanProcessor):
    """For ``add_span_processor``; ``registry`` records somewhere: ``record_to`` was called.

    A span has the facts of a call in attributes such as ``coefgate.category``, or one above it
    has, say of the whole phase. One that is a call (chat, text completion, generation) is given
    ``coefgate.predicted_output_tokens`` and ``coefgate.budget`` when it begins, and recorded when
    it ends. ``risk``, ``floor``, ``ceiling``: as in ``Estimate.budget``; ``workspace``: as in
    ``Registry.estimate``.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        risk: float | None = None,
        floor: int | None = None,
        ceiling: int | None = None,
        workspace: str | os.PathLike[str] | None = None,
    ) -> None:
        self._registry = registry
        self._options: dict[str, Any] = {
            "risk": risk,
            "floor": floor,
            "ceiling": ceiling,
            "workspace": workspace,
        }
        self._facts: dict[int, Mapping[str, Any]] = {}
        self._calls: dict[int, RecordedCall] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        above = None if span.parent is None else self._facts.get(span.parent.span_id)
        facts = {**(above or {}), **_facts(span)}
        if not facts or span.context is None:
            return
        self._facts[span.context.span_id] = facts
        if _is_call(span):
            with unharmed(_PLACE):
                call = self._begin(span, facts)
                self._calls[span.context.span_id] = call
                span.set_attribute(f"{KEY}.predicted_output_tokens", call.estimate.tokens)
                span.set_attribute(f"{KEY}.predicted_by", call.estimate.registry_version)
                span.set_attribute(f"{KEY}.budget", call.budget)

    def on_end(self, span: ReadableSpan) -> None:
        place = 0 if span.context is None else span.context.span_id
        facts = {**self._facts.pop(place, {}), **_facts(span)}
        call = self._calls.pop(place, None)
        if call is None and facts and _is_call(span):  # it was said after the span began
            with unharmed(_PLACE):
                call = self._begin(span, facts)
        if call is not None:
            limit = first(span.attributes or {}, names.MAX_TOKENS)
            call.finish(**asdict(_outcome(span)), max_output_tokens=limit)

    def _begin(self, span: ReadableSpan, facts: Mapping[str, Any]) -> RecordedCall:
        model = first(span.attributes or {}, names.REQUEST_MODEL)
        return self._registry.record(
            **record_arguments(facts),
            **self._options,
            model=model,
            started_at=_EPOCH + timedelta(microseconds=(span.start_time or 0) // 1000),
        )


def _facts(span: ReadableSpan) -> dict[str, Any]:
    """What a span says of a call, which is not what this processor said of it."""
    attributes = span.attributes or {}
    said = {name: attributes.get(f"{KEY}.{name}") for name in NAMES}
    return {name: value for name, value in said.items() if value is not None}


def _is_call(span: ReadableSpan) -> bool:
    return first(span.attributes or {}, names.OPERATION) in names.INFERENCES


def _outcome(span: ReadableSpan) -> CallOutcome:
    """What came of a call, by the rules for any reply."""
    own = span.attributes or {}
    reasons = first(own, names.STOP_REASONS)
    reasons = [reasons] if isinstance(reasons, str) else reasons or ()
    reader = ReplyReader("a GenAI span")
    reader.add(
        {
            "id": first(own, names.CALL_ID),
            "model": first(own, names.MODEL),
            "choices": [{"finish_reason": reason} for reason in reasons],
            "usage": {
                "completion_tokens": first(own, names.OUTPUT_TOKENS),
                "prompt_tokens": first(own, names.INPUT_TOKENS),
                "completion_tokens_details": {
                    "reasoning_tokens": first(own, names.REASONING_TOKENS)
                },
            },
        }
    )
    if own.get("error.type") or not (span.status.is_ok or span.status.is_unset):
        reader.fail()
    return reader.outcome()
