"""Codex: the rollout files of its sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.json_types import mapping, text
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.transcripts.codex_rollouts import Rollout

FILES: Final = ("rollout-*.jsonl",)
UNITS: Final[tuple[SampleUnit, ...]] = ("call", "turn")

_KINDS: Final = (
    "response_item",
    "event_msg",
    "turn_context",
    "session_meta",
    "token_usage_record",
    "compacted",
    "world_state",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
)


def recognises(fields: Mapping[str, Any]) -> bool:
    """A record of one of its kinds, with its payload."""
    return fields.get("type") in _KINDS and type(fields.get("payload")) is dict


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """The replies of ``source``, or its turns."""
    rollout = Rollout(turns=options.unit == "turn")
    for line, fields in source.records():
        kind = fields.get("type")
        if kind not in _KINDS:
            source.passed_over["unknown kind"] += 1
            continue
        payload = fields.get("payload")
        if type(payload) is not dict:
            source.skip(line, "bad-record")
            continue
        copied = kind != "session_meta" and rollout.is_copied(fields)
        source.passed_over["copied from another session" if copied else kind] += 1
        if kind == "session_meta":
            rollout.begin(fields, payload)
        elif kind == "turn_context":
            yield from rollout.context(payload)
        elif kind == "event_msg":
            yield from _event(rollout, line, fields, payload, copied=copied)
        elif kind == "response_item" and not copied:
            rollout.item(line, fields.get("timestamp"), payload)
        elif kind == "token_usage_record" and not copied:
            usage = mapping(payload.get("usage"))
            yield from rollout.response(line, fields.get("timestamp"), payload, usage)
    yield from rollout.over(done=None)


def _event(
    rollout: Rollout,
    line: int,
    fields: Mapping[str, Any],
    event: Mapping[str, Any],
    *,
    copied: bool,
) -> Iterator[ForeignCall]:
    kind, stamp = event.get("type"), fields.get("timestamp")
    if kind == "token_count":
        yield from rollout.total(line, stamp, mapping(event.get("info")), copied=copied)
    elif copied:
        return
    elif kind == "raw_response_completed":
        yield from rollout.response(line, stamp, event, mapping(event.get("token_usage")))
    elif kind in ("task_started", "turn_started"):
        yield from rollout.turn(text(event.get("turn_id")))
    elif kind == "user_message":
        yield from rollout.prompted()
    elif kind in ("task_complete", "turn_complete"):
        yield from rollout.over(done=not event.get("error"))
    elif kind == "turn_aborted":
        yield from rollout.over(done=False)
    elif kind == "patch_apply_end":
        done = event.get("success") is True
        rollout.patched(kind, event.get("call_id"), event.get("changes"), done=done)
    elif kind == "item_completed":
        item = mapping(event.get("item"))
        if item.get("type") == "FileChange":
            done = item.get("status") == "completed"
            rollout.patched(kind, item.get("id"), item.get("changes"), done=done)
