"""What a model's reply says of itself: tokens, why it stopped, which model, under which id.

Replies are known by their fields, whether objects or dictionaries, so that no client library is
imported: Anthropic (messages, streams, batches), OpenAI (chat, responses, completions, streams,
batches) and what speaks like them, LiteLLM, Bedrock's Converse, Gemini, Ollama. No content is
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from coefgate.core.stop_reasons import ending, worst
from coefgate.runner.call_record import LONGEST_NAME
from coefgate.runner.warn_once import warn_once

_OUTPUT: Final = ("output_tokens", "completion_tokens", "outputTokens", "eval_count")
_INPUT: Final = ("input_tokens", "prompt_tokens", "inputTokens", "prompt_eval_count")
_INPUT_OF_GEMINI: Final = ("prompt_token_count", "promptTokenCount")
_OUTPUT_OF_GEMINI: Final = ("candidates_token_count", "candidatesTokenCount")
_THOUGHTS_OF_GEMINI: Final = ("thoughts_token_count", "thoughtsTokenCount")
_CACHED: Final[Mapping[str, Sequence[str]]] = {
    "input_tokens": ("cache_creation_input_tokens", "cache_read_input_tokens"),
    "inputTokens": ("cacheWriteInputTokens", "cacheReadInputTokens"),
}
"""Input tokens that the field on the left does not hold."""
_WITHIN: Final = (
    *("message", "response", "result", "body", "chunk", "completion"),
    *("current_message_snapshot", "current_completion_snapshot"),
)
"""Where a reply lies in an event, in a line of a batch, in an error, or in a stream."""
_FAILED: Final = ("error", "errored", "canceled", "expired")
_NAME: Final = re.compile(rf"[!-~]{{1,{LONGEST_NAME}}}")
_WORD: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_ASKED_FOR: Final = "stream_options={'include_usage': True} where it is a stream of OpenAI's"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """What came of a call, as far as its reply says so; ``None``: not known.

    ``output_tokens``: those of reasoning included, ``None`` where they are a sum over several
    choices, of which a ceiling limits each. ``input_tokens``: those of a cache included.
    ``truncated``: is there more that did not fit? ``call_id``: the provider's id of the reply.
    """

    output_tokens: int | None = None
    input_tokens: int | None = None
    reasoning_tokens: int | None = None
    stop_reason: str | None = None
    truncated: bool | None = None
    success: bool | None = None
    model: str | None = None
    call_id: str | None = None


def outcome_of(reply: Any) -> CallOutcome:
    """What a reply says, or the list of a stream's events; nothing is raised.

    An iterator is not taken from: its items are the caller's, and may not have come yet.
    """
    reader = ReplyReader(f"a reply of type {type(reply).__name__}")
    several = isinstance(reply, Sequence) and not isinstance(reply, str | bytes)
    with suppress(Exception):  # the list may be one that reads on
        for item in reply if several else (reply,):
            reader.add(item)
    return reader.outcome()


class ReplyReader:
    """Reads one reply, or a stream item by item, and keeps a few numbers and words of it.

    ``name``: what a warning calls it.
    """

    __slots__ = (
        *("_call_id", "_failed", "_input", "_model", "_name", "_output", "_reasoning"),
        "_reasons",
    )

    def __init__(self, name: str) -> None:
        self._name = name
        self._failed = False
        self._output: int | None = None
        self._input: int | None = None
        self._reasoning: int | None = None
        self._reasons: dict[int, str | None] = {}
        self._model: str | None = None
        self._call_id: str | None = None

    def add(self, item: Any) -> None:
        """Take what ``item`` says, if anything."""
        with suppress(Exception):  # a reply is the caller's; it must not fail here
            for reply in _replies(item, depth=3):
                self._take(reply)

    def fail(self) -> None:
        """The call raised."""
        self._failed = True

    def broken_off(self) -> CallOutcome:
        """What has been said, and nobody reads on: without a stop reason, the call failed."""
        self._failed |= not any(self._reasons.values())
        return self.outcome()

    def outcome(self) -> CallOutcome:
        """What has been said; what a caller can do about what was not is warned of, once."""
        endings = [ending(reason) for reason in self._reasons.values()]
        end = worst(endings)
        one_reply = len(self._reasons) <= 1
        success = {"finished": True, "broken-off": False}.get(end) if end else None
        said = CallOutcome(
            output_tokens=self._output if one_reply else None,
            input_tokens=self._input,
            reasoning_tokens=self._reasoning if one_reply else None,
            stop_reason=[*self._reasons.values()][endings.index(end)] if endings else None,
            truncated=None if end is None else end == "cut-off",
            success=False if self._failed else success,
            model=self._model,
            call_id=self._call_id,
        )
        if said == CallOutcome():
            warn_once(f"{self._name} cannot be read, so nothing is recorded of it")
        elif not one_reply:
            warn_once(f"{self._name} has several choices; their tokens, a sum, are not recorded")
        elif said.success and said.output_tokens is None:
            warn_once(f"{self._name} states no output tokens; ask for them with {_ASKED_FOR}")
        return said

    def _take(self, reply: Any) -> None:
        self._failed |= _get(reply, "type") in _FAILED or _get(reply, "error") is not None
        self._failed |= isinstance(reply, BaseException)
        self._call_id = _name(_get(reply, "id", "response_id", "responseId")) or self._call_id
        self._model = _name(_get(reply, "model", "model_version", "modelVersion")) or self._model
        self._take_reasons(reply)
        usage = _get(reply, "usage", "usage_metadata", "usageMetadata")
        if usage is None:
            usage = _get(_get(reply, "metadata"), "usage")
        if usage is None and _get(reply, "eval_count") is not None:
            usage = reply  # Ollama's own way
        if usage is not None:
            self._take_usage(usage)
        if _get(reply, "type") == "message" and _get(reply, "stop_reason") is None:
            self._output = None  # a reply that has only begun: Anthropic puts some number there

    def _take_reasons(self, reply: Any) -> None:
        choices = _get(reply, "choices", "candidates")
        for place, choice in enumerate(choices or ()):
            index = _whole(_get(choice, "index"))
            index = place if index is None else index
            reason = _word(_get(choice, "finish_reason", "finishReason"))
            self._reasons[index] = reason or self._reasons.get(index)
            self._failed |= bool(_get(_get(choice, "message", "delta"), "refusal"))
        if _get(reply, "object") == "response":
            self._reasons[0] = _reason_of_response(reply)
            self._failed |= _refused(reply)
        for place in (reply, _get(reply, "delta"), _get(reply, "messageStop")):
            if reason := _word(_get(place, "stop_reason", "stopReason", "done_reason")):
                self._reasons[0] = reason
        refused = _get(reply, "prompt_feedback", "promptFeedback")  # Gemini: before any candidate
        if reason := _word(_get(refused, "block_reason", "blockReason")):
            self._reasons[0] = reason
            self._failed = True

    def _take_usage(self, usage: Any) -> None:
        output = _whole(_get(usage, *_OUTPUT, *_OUTPUT_OF_GEMINI))
        stated = _whole(_get(usage, *_INPUT, *_INPUT_OF_GEMINI))
        thoughts = _whole(_get(usage, *_THOUGHTS_OF_GEMINI))
        details = _get(usage, "output_tokens_details", "completion_tokens_details")
        reasoning = _whole(_get(details, "reasoning_tokens", "thinking_tokens"))
        if thoughts is not None:
            output, reasoning = (output or 0) + thoughts, thoughts
        elif output is not None and reasoning and _apart(usage, stated, output, reasoning):
            output += reasoning
        if not output and not stated:
            return  # LiteLLM's way of saying that nobody stated it
        if stated is not None:
            stated += _cached(usage)
        self._output = self._output if output is None else output
        self._input = self._input if stated is None else stated
        self._reasoning = self._reasoning if reasoning is None else reasoning


def _replies(item: Any, *, depth: int) -> Iterator[Any]:
    """``item``, and what lies within it and may be a reply."""
    if item is None or isinstance(item, str | bytes | int | float):
        return
    fields = _fields(item)
    yield fields
    with suppress(AssertionError):  # Anthropic's stream, before its first event
        for name in _WITHIN if depth else ():
            within = _get(fields, name)
            if within is not None:
                yield from _replies(within, depth=depth - 1)


def _get(thing: Any, *names: str) -> Any:
    """The first of these fields that says something."""
    fields = _fields(thing)
    known = isinstance(fields, dict) or isinstance(fields, Mapping)  # noqa: SIM101 (dear, and rare)
    for name in names:
        value = fields.get(name) if known else getattr(fields, name, None)
        if value is not None:
            return value
    return None


def _fields(thing: Any) -> Any:
    """The fields of pydantic's objects, which take their time to say that they have none."""
    if isinstance(thing, dict) or getattr(thing, "__pydantic_fields_set__", None) is None:
        return thing
    more = thing.__pydantic_extra__
    return {**thing.__dict__, **more} if more else thing.__dict__


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None


def _word(value: Any) -> str | None:
    """A stop reason. What is no single word is no reason, and might be content."""
    said = value.name if isinstance(value, Enum) else value
    return said if isinstance(said, str) and _WORD.fullmatch(said) else None


def _reason_of_response(reply: Any) -> str | None:
    """Why a reply of OpenAI's Responses ended; ``None`` while it is under way."""
    status = _word(_get(reply, "status"))
    if status == "incomplete":
        return _word(_get(_get(reply, "incomplete_details"), "reason")) or status
    return None if status in {"in_progress", "queued"} else status


def _refused(reply: Any) -> bool:
    parts = (part for item in _get(reply, "output") or () for part in _get(item, "content") or ())
    return any(_get(part, "type") == "refusal" for part in parts)


def _apart(usage: Any, stated: int | None, output: int, reasoning: int) -> bool:
    """Do output tokens not hold those of reasoning? Some who speak like OpenAI count so."""
    total = _whole(_get(usage, "total_tokens"))
    return reasoning > output or (
        total is not None and stated is not None and total == stated + output + reasoning
    )


def _cached(usage: Any) -> int:
    known = next((names for name, names in _CACHED.items() if _get(usage, name) is not None), ())
    return sum(_whole(_get(usage, name)) or 0 for name in known)
