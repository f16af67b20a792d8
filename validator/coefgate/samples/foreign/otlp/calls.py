"""A record of telemetry that tells of a call → the call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from coefgate.core.gen_ai_attributes import first
from coefgate.core.stop_reasons import ending, worst
from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.file_tools import written_files
from coefgate.samples.foreign.json_types import mapping, sequence, whole_number
from coefgate.samples.foreign.otlp.dialects import (
    OPEN_INFERENCE,
    Dialect,
    FactNames,
    is_aggregate,
    is_side_call,
)
from coefgate.samples.foreign.otlp.records import OtlpRecord, integer
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import NotUnderstood, decoded_json, is_nothing

DELIVERABLES: Final = "coefgate.deliverables"
_PHASE: Final = ("coefgate.phase_id", "coefgate.phase", "phase.id")
_RUN: Final = ("coefgate.run_id", "coefgate.run", "run.id")
_ATTEMPT: Final = ("coefgate.attempt", "phase.attempt")
_CATEGORY: Final = ("coefgate.category", "phase.category")
_COMPLEXITY: Final = ("coefgate.complexity", "phase.complexity")
_WORKSPACE: Final = ("coefgate.workspace", "process.working_directory")
_BRANCH: Final = ("coefgate.branch", "vcs.ref.head.name")
_CEILINGS: Final = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_TOOL_NAME: Final = re.compile(
    r"((?:gen_ai\.completion|llm\.output_messages)\.[0-9].*tool_calls?\..*)\bname"
)


def call_of(record: OtlpRecord, dialect: Dialect) -> ForeignCall:
    """The call that ``record`` tells of in ``dialect``.

    Its files are those that the record states, or that its tool calls write; without either its
    paths are ``partial``, since telemetry tells of none by default.
    """
    own = record.attributes
    stated = {**record.resource, **own}
    aggregate = is_aggregate(record)
    call_id = None if aggregate else as_text(first(own, dialect.call_id))
    place = f"{record.trace}/{record.span}" if record.trace and record.span else None
    run_id = as_text(first(stated, (*_RUN, *dialect.run)))
    phase_id = as_text(first(stated, (*_PHASE, *dialect.phase)))
    asked = _deliverables(own.get(DELIVERABLES))
    success, truncated, stop_reason = _outcome(record, dialect)
    call = ForeignCall(
        line=record.line,
        unit="call",
        key=_key(record, dialect, place, call_id),
        call_id=call_id or (place if record.signal == "span" else None),
        actual_output_tokens=_output(own, dialect),
        reasoning_tokens=_count(own, dialect.reasoning),
        input_tokens=_input(own, dialect),
        max_output_tokens=_ceiling(own, dialect),
        observed_at=observed_at(record.start) or observed_at(own.get("event.timestamp")),
        run_id=run_id,
        phase_id=phase_id or record.trace or run_id,
        attempt=_count(stated, _ATTEMPT) or None,
        model=as_text(first(own, dialect.model)),
        category=as_text(first(stated, _CATEGORY)),
        complexity=as_text(first(stated, _COMPLEXITY)),
        output_mode=as_text(stated.get("coefgate.output_mode")),
        workspace=as_text(first(stated, _WORKSPACE)),
        branch=as_text(first(stated, _BRANCH)),
        predicted_by=as_text(stated.get("coefgate.predicted_by")),
        predicted_output_tokens=_count(own, ("coefgate.predicted_output_tokens",)),
        files=asked or (),
        deliverables_from=None if asked is None else "request",
        paths="partial" if asked is None else "real",
        success=success,
        truncated=truncated,
        stop_reason=stop_reason,
        unusable="aggregate" if aggregate else "side-call" if is_side_call(record) else None,
    )
    return call if asked is not None else with_files(call, _written(own))


def as_text(value: object) -> str | None:
    """A text without space around it, or an integer as one; ``None`` where there is neither."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if type(value) is int else None


def _key(
    record: OtlpRecord, dialect: Dialect, place: str | None, call_id: str | None
) -> str | None:
    """What another record of the same call has too, with its usage.

    The log record of a call stands in the span of the call, but where there is none in any other:
    one that has an id is told apart by that.
    """
    own = record.attributes
    same = [as_text(own.get(name)) for name in dialect.same]
    if not same or None in same:
        if place is None or (record.signal == "log" and call_id):
            return None
        same = [place]
    usage = (_count(own, dialect.input), _count(own, dialect.output))
    return " ".join(str(one) for one in (*same, *usage))


def _count(attributes: Mapping[str, Any], names: FactNames) -> int | None:
    return whole_number(integer(first(attributes, names)))


def _output(own: Mapping[str, Any], dialect: Dialect) -> int | None:
    """Output tokens, those of thinking included."""
    output, reasoning = _count(own, dialect.output), _count(own, dialect.reasoning) or 0
    apart = dialect.thinking_apart or (output is not None and reasoning > output)
    return output if output is None or not apart else output + reasoning


def _input(own: Mapping[str, Any], dialect: Dialect) -> int | None:
    """Input tokens with those that came from a cache, or went into it."""
    stated = _count(own, dialect.input)
    if stated is None:
        return None
    cached = sum(_count(own, names) or 0 for names in dialect.cache)
    return stated + cached if dialect.cache_apart or cached > stated else stated


def _ceiling(own: Mapping[str, Any], dialect: Dialect) -> int | None:
    """The ceiling, unless it is none: 0, or one that the reply lies above."""
    asked = mapping(decoded_json(own.get("llm.invocation_parameters")))
    openinference = dialect is OPEN_INFERENCE
    found = _count(asked, _CEILINGS) if openinference else _count(own, dialect.ceiling)
    return found if found and found >= (_output(own, dialect) or 0) else None


def _outcome(record: OtlpRecord, dialect: Dialect) -> tuple[bool | None, bool | None, str | None]:
    """Did the call succeed, was it cut off, and what it says of why it stopped."""
    own = record.attributes
    reasons = _stop_reasons(own, dialect)
    endings = [ending(one) for one in reasons]
    counts = worst(endings)
    success = None
    if counts == "finished" or (counts != "cut-off" and own.get("success") in (True, "true")):
        success = True
    if record.failed or own.get("error.type") or own.get("success") in (False, "false"):
        success = False
    if record.name.endswith(".api_error") or counts == "broken-off":
        success = False
    truncated = None if counts is None else counts == "cut-off"
    return success, truncated, reasons[endings.index(counts)] if reasons else None


def _stop_reasons(own: Mapping[str, Any], dialect: Dialect) -> list[str]:
    """Why each choice of the reply ended."""
    stated = decoded_json(first(own, dialect.stop))
    if stated is None:
        stated = [one.get("finish_reason") for one in _messages(own)]
    several = stated if isinstance(stated, list) else [stated]
    return [one for one in map(as_text, several) if one]


def with_files(
    call: ForeignCall, written: Iterable[tuple[ForeignFile, ...] | None], *, whole: bool = True
) -> ForeignCall:
    """``call`` with what its tools wrote, if anything.

    ``None`` is a file that nobody named; then, or where not ``whole``, its paths are partial.
    """
    known = [one for one in written if one is None or one]
    files = tuple(file for one in known if one for file in one)
    if not files:
        return call
    real = whole and None not in known
    return replace(
        call, files=files, deliverables_from="reply", paths="real" if real else "partial"
    )


def _deliverables(stated: object) -> tuple[ForeignFile, ...] | None:
    """The files that the record says were asked for; an empty list: it was asked for none."""
    if is_nothing(stated) and stated != []:
        return None
    try:
        return files_of(stated, FileForm())
    except NotUnderstood:
        return None


def _written(own: Mapping[str, Any]) -> Iterator[tuple[ForeignFile, ...] | None]:
    """What the tool calls in a reply write, where the telemetry holds replies."""
    for message in _messages(own):
        for part in map(mapping, sequence(message.get("parts"))):
            if part.get("type") == "tool_call":
                yield written_files(as_text(part.get("name")) or "", part.get("arguments"))
    for name, tool in own.items():
        if (found := _TOOL_NAME.fullmatch(name)) and isinstance(tool, str):
            yield written_files(tool, own.get(f"{found[1]}arguments"))


def _messages(own: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = decoded_json(own.get("gen_ai.output.messages"))
    return [mapping(one) for one in sequence(found)]
