"""A span processor of OpenTelemetry: a GenAI span with facts of its call becomes a record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from coefgate.core import gen_ai_attributes as names
from coefgate.core.gen_ai_attributes import first
from coefgate.integrations.call_facts import KEY, NAMES, drop_oldest, record_arguments, unharmed
from coefgate.runner.recorded_call import RecordedCall
from coefgate.runner.registry import Registry
from coefgate.runner.replies import CallOutcome, ReplyReader

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS: Final = names.INFERENCES | {None}
_PLACE: Final = "a span with coefgate's attributes"


@dataclass(slots=True)
class _OpenSpan:
    """A span with facts, its own or those of one above; ``call``: what is recorded of it.

    ``has_call``: a span below it that is part of it was recorded.
    """

    span: ReadableSpan
    facts: Mapping[str, Any]
    above: _OpenSpan | None
    call: RecordedCall | None = None
    has_call: bool = False

    def enclosing(self) -> Iterator[_OpenSpan]:
        """The spans above that this may be a part of; above a tool's or an agent's is none."""
        above = self.above
        while above is not None and _operation(above.span) in _PARTS:
            yield above
            above = above.above


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
        self._open: dict[int, _OpenSpan] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        above = None if span.parent is None else self._open.get(span.parent.span_id)
        facts = {**(above.facts if above else {}), **_facts(span)}
        if not facts or span.context is None:
            return
        opened = self._open[span.context.span_id] = _OpenSpan(span, facts, above)
        drop_oldest(self._open)
        with unharmed(_PLACE):
            if not _is_call(opened):
                return
            call = opened.call = self._begin(span, facts)
            span.set_attribute(f"{KEY}.predicted_output_tokens", call.estimate.tokens)
            span.set_attribute(f"{KEY}.predicted_by", call.estimate.registry_version)
            span.set_attribute(f"{KEY}.budget", call.budget)

    def on_end(self, span: ReadableSpan) -> None:
        opened = self._open.pop(0 if span.context is None else span.context.span_id, None)
        opened = opened or _OpenSpan(span, {}, None)
        facts = {**opened.facts, **_facts(span)}
        with unharmed(_PLACE):
            call = opened.call
            if call is None and facts and _is_call(opened):  # it was said after the span began
                call = self._begin(span, facts)
            if call is None:
                return
            for above in opened.enclosing():
                above.has_call = True
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


def _operation(span: ReadableSpan) -> Any:
    return first(span.attributes or {}, names.OPERATION)


def _is_call(opened: _OpenSpan) -> bool:
    """Is it a call that is not recorded already?

    Where a client and what it calls are both instrumented, there is a span within a span.
    """
    return (
        _operation(opened.span) in names.INFERENCES
        and not opened.has_call
        and not any(above.call for above in opened.enclosing())
    )


def _outcome(span: ReadableSpan) -> CallOutcome:
    """What came of a call, by the rules for any reply."""
    own = span.attributes or {}
    reasons = first(own, names.STOP_REASONS)
    reasons = reasons if isinstance(reasons, list | tuple) else [reasons]
    reader = ReplyReader("a GenAI span")
    reader.add(
        {
            "id": first(own, names.CALL_ID),
            "model": first(own, names.MODEL),
            "choices": [{"finish_reason": reason} for reason in reasons if reason is not None],
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
