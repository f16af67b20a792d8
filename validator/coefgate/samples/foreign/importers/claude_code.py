"""Claude Code: session transcripts, and what ``claude -p --output-format stream-json`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.transcripts.claude_sessions import Session

FILES: Final = ("*.jsonl",)
UNITS: Final[tuple[SampleUnit, ...]] = ("call", "turn")

_KINDS: Final = (
    "assistant",
    "user",
    "progress",
    "system",
    "attachment",
    "file-history-snapshot",
    "queue-operation",
    "last-prompt",
    "ai-title",
    "summary",
    "stream_event",
    "result",
)


def recognises(fields: Mapping[str, Any]) -> bool:
    """A record of one of its kinds, and not one of Codex, which has a payload."""
    return fields.get("type") in _KINDS and "payload" not in fields


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """The replies of ``source``, or its turns.

    Records of the kind ``progress`` hold copies of what agents say elsewhere, and are not read.
    """
    session = Session(turns=options.unit == "turn")
    for line, fields in source.records():
        kind = fields.get("type")
        if kind == "assistant":
            if type(fields.get("message")) is dict:
                yield from session.reply(line, fields)
            else:
                source.skip(line, "bad-record")
            continue
        source.passed_over[kind if kind in _KINDS else "unknown kind"] += 1
        if kind == "user":
            yield from session.user(fields)
        elif kind == "system":
            session.system(fields)
        elif kind == "stream_event":
            session.event(fields)
        elif kind == "result":
            yield from session.result(line, fields)
    yield from session.end()
