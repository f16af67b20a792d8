"""The result of ``claude -p``: the end of a turn, with the count of all its requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from coefgate.samples.foreign_call import ForeignCall
from coefgate.samples.foreign_fields import mapping, text, whole_number
from coefgate.samples.stop_reasons import ending
from coefgate.samples.transcripts.turns import turn_of


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
