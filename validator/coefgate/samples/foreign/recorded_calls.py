"""A record that a runner kept of a call → the one form that calls of every source have."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast, get_args

from coefgate.core.vocabulary import Operation
from coefgate.runner.call_record import CallRecord
from coefgate.samples.foreign.call import ForeignCall, ForeignFile, LabelOrigin

ORIGIN: Final = "telemetry"
"""The folder of ``samples/`` for calls whose recorder was told of none, and the reference's first
word."""
NO_OUTCOME: Final = "no-outcome"
NO_FILE_LIST: Final = "no-file-list"
"""Why a record is no sample that is not faulty: its call never ended, or its list is damaged."""
_SINCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION_DIGITS: Final = 12
_SAME: Final = (
    *("call_id", "run_id", "phase_id", "attempt", "category", "complexity", "redacted", "model"),
    *("reasoning_tokens", "max_output_tokens", "input_tokens", "output_mode"),
    *("success", "truncated", "stop_reason", "actual_output_tokens"),
)
"""Facts that mean the same in both."""


def recorded_call(record: CallRecord, number: int) -> ForeignCall:
    """The call that ``record`` tells of; ``number``: which one of the store it is.

    Only what a sample has a field for is taken: neither who ran it, nor what it was allowed.
    """
    name = f"{record.writer}-{record.sequence}"
    digest = record.digest.removeprefix("sha256:")[:_VERSION_DIGITS]
    facts: dict[str, Any] = {fact: getattr(record, fact) for fact in _SAME}
    files = _files(record.deliverables)
    no_sample = record.fault or (None if record.state == "finished" else NO_OUTCOME)
    no_sample = no_sample or (NO_FILE_LIST if files is None else None)
    if no_sample is not None:  # it does not speak for the call, of which another record may tell
        facts["call_id"] = None
    known = record.label_origin in get_args(LabelOrigin)
    return ForeignCall(
        line=number,
        place=f"{ORIGIN}:{name}",
        key=name,
        unit=cast("Any", record.unit),
        origin=record.origin,
        observed_at=_time(record.started_at),
        label_origin=cast("LabelOrigin", record.label_origin) if known else "logged",
        files=files or (),
        deliverables_from=cast("Any", record.deliverables_from),
        paths=cast("Any", record.paths),
        reply_matches=cast("Any", record.reply_matches),
        predicted_output_tokens=record.predicted_tokens,
        predicted_by=f"coefgate {record.registry_version} {digest}",
        unusable=no_sample,
        **facts,
    )


def _time(microseconds: int) -> str:
    when = (_SINCE + timedelta(microseconds=microseconds)).isoformat()
    return when.replace("+00:00", "Z")


def _files(deliverables: str) -> tuple[ForeignFile, ...] | None:
    """The files of a list in JSON; ``None`` where it is none."""
    try:
        return tuple(
            ForeignFile(one["path"], cast("Operation", one["operation"]), one["bytes_before"])
            for one in json.loads(deliverables)
        )
    except (ValueError, TypeError, KeyError):
        return None
