"""What Claude Code says itself: the result of a turn, and notices instead of replies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from coefgate.core.stop_reasons import ending
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.json_types import mapping, text, whole_number
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.transcripts.claude_tools import shown_text
from coefgate.samples.foreign.transcripts.turns import turn_of

_CEILING: Final = re.compile(r"exceeded the ([0-9]{1,7}) output token maximum")


def turn_by_result(
    line: int, fields: Mapping[str, Any], told: Sequence[ForeignCall]
) -> ForeignCall:
    """A turn whose result states its count, so that counts of its replies do not matter.

    Where nothing but the result was printed, its files are not known.
    """
    tokens = whole_number(mapping(fields.get("usage")).get("output_tokens"))
    stop_reason = text(fields.get("stop_reason"))
    how = ending(stop_reason)
    if told:
        turn = turn_of(told)
        if tokens is not None and tokens > 0:
            turn = replace(turn, actual_output_tokens=tokens, unusable=None, reasoning_tokens=None)
    else:
        run = run_of(fields)
        unusable = None if tokens else "not-generated"
        turn = ForeignCall(
            line=line,
            unit="turn",
            actual_output_tokens=tokens,
            run_id=run,
            paths="partial",
            unusable=unusable,
        )
    return replace(
        turn,
        stop_reason=stop_reason or turn.stop_reason,
        success=succeeded(fields) and how != "broken-off",
        truncated=turn.truncated if how is None else how == "cut-off",
    )


def succeeded(fields: Mapping[str, Any]) -> bool:
    """Did the turn come to its end by itself? A reply that was cut off is an error."""
    return fields.get("subtype") == "success" and fields.get("is_error") is not True


def run_of(fields: Mapping[str, Any]) -> str | None:
    """The session of a record, in the spelling of transcripts or that of streams."""
    return text(fields.get("sessionId")) or text(fields.get("session_id"))


def notice_call(line: int, fields: Mapping[str, Any]) -> ForeignCall:
    """A reply that no model wrote, as the call that it is not."""
    key = text(fields.get("uuid"))
    return ForeignCall(
        line=line,
        unit="call",
        actual_output_tokens=0,
        key=key and f"notice {key}",
        run_id=run_of(fields),
        observed_at=observed_at(fields.get("timestamp")),
        unusable="not-generated",
    )


def ceiling_hit(fields: Mapping[str, Any]) -> int | None:
    """The ceiling that a reply has hit, says an error; 0 where it does not say which."""
    said = _CEILING.search(shown_text(mapping(fields.get("message")).get("content")))
    if said is not None:
        return int(said[1])
    return 0 if "max_output_tokens" in (fields.get("error"), fields.get("apiError")) else None
