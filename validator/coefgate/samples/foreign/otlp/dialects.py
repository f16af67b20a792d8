"""How telemetry tells of a call: the names of the GenAI conventions, OpenInference and agents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from coefgate.core import gen_ai_attributes
from coefgate.core.gen_ai_attributes import first
from coefgate.samples.foreign.otlp.records import OtlpRecord

FactNames = tuple[str, ...]
"""FactNames that one fact has had, the one that counts first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a family of telemetry calls the facts of a call.

    ``same``: what two records of one call state alike, beside its tokens. ``thinking_apart``:
    output tokens do not hold those of thinking. ``cache_apart``: input tokens do not hold those of
    a cache (each tuple of ``cache`` names one kind of them).
    """

    output: FactNames
    input: FactNames
    model: FactNames
    reasoning: FactNames = ()
    cache: tuple[FactNames, ...] = ()
    ceiling: FactNames = ()
    stop: FactNames = ()
    call_id: FactNames = ()
    run: FactNames = ("session.id",)
    phase: FactNames = ()
    same: FactNames = ()
    thinking_apart: bool = False
    cache_apart: bool = False


GEN_AI: Final = Dialect(
    output=gen_ai_attributes.OUTPUT_TOKENS,
    input=gen_ai_attributes.INPUT_TOKENS,
    model=gen_ai_attributes.MODEL,
    reasoning=gen_ai_attributes.REASONING_TOKENS,
    cache=gen_ai_attributes.CACHED_TOKENS,
    ceiling=gen_ai_attributes.MAX_TOKENS,
    stop=gen_ai_attributes.STOP_REASONS,
    call_id=gen_ai_attributes.CALL_ID,
    run=gen_ai_attributes.RUN_ID,
    same=("session.id", "event.timestamp"),  # of Gemini CLI, which sends two records at once
)
OPEN_INFERENCE: Final = Dialect(
    output=("llm.token_count.completion",),
    input=("llm.token_count.prompt",),
    model=("llm.response.model_name", "llm.model_name", "llm.request.model_name"),
    reasoning=("llm.token_count.completion_details.reasoning",),
    stop=("llm.finish_reason",),
    call_id=("llm.response.id", "gen_ai.response.id"),
)
CLAUDE_CODE: Final = Dialect(
    output=("output_tokens",),
    input=("input_tokens",),
    model=("model", "gen_ai.request.model"),
    cache=(("cache_read_tokens",), ("cache_creation_tokens",)),
    stop=("stop_reason", "gen_ai.response.finish_reasons"),
    call_id=("request_id", "gen_ai.response.id"),
    phase=("prompt.id",),
    cache_apart=True,
)
# A reply that was cut off ends in response.incomplete, which Codex reports as an error.
CODEX: Final = Dialect(
    output=("output_token_count", "gen_ai.usage.output_tokens"),
    input=("input_token_count", "gen_ai.usage.input_tokens"),
    model=("model", "slug"),
    reasoning=("reasoning_token_count", "codex.usage.reasoning_output_tokens"),
    stop=("event.kind",),
    run=("conversation.id",),
    phase=("turn.id", "turn_id", "conversation.id"),
    same=("conversation.id",),
)
GEMINI_CLI: Final = Dialect(
    output=("output_token_count",),
    input=("input_token_count",),
    model=("model",),
    reasoning=("thoughts_token_count",),
    stop=("finish_reasons",),
    phase=("prompt_id",),
    same=GEN_AI.same,
    thinking_apart=True,
)

_AGGREGATES: Final = frozenset(("invoke_agent", "invoke_workflow"))
_NATIVE: Final = {
    "claude_code.api_request": CLAUDE_CODE,
    "claude_code.api_error": CLAUDE_CODE,
    "claude_code.llm_request": CLAUDE_CODE,
    "gemini_cli.api_response": GEMINI_CLI,
    "gemini_cli.api_error": GEMINI_CLI,
}
_CODEX_EVENTS: Final = frozenset(("codex.sse_event", "codex.websocket_event"))
_DETAILS: Final = "gen_ai.client.inference.operation.details"
_SIDE_SOURCES: Final = frozenset(
    (
        "auxiliary",
        "compact",
        "generate_session_title",
        "session_memory",
        "prompt_suggestion",
        "extract_memories",
        "hook_prompt",
        "web_search_tool",
        "web_fetch_apply",
        "tool_use_summary_generation",
        "away_summary",
        "session_search",
        "bash_extract_prefix",
        "terminal_update_title",
        "agent_creation",
        "rename_generate_name",
        "permission_explainer",
        "memdir_relevance",
        "model_validation",
    )
)
_EVENTS: Final = ("gen_ai.", "claude_code.", "codex.", "gemini_cli.")
_PRINTABLE: Final = re.compile(r"[\w.:-]{1,80}")


def dialect_of(record: OtlpRecord) -> Dialect | None:
    """How ``record`` tells of a call, or of a sum over calls; ``None``: it tells of neither."""
    attributes = record.attributes
    if record.name in _CODEX_EVENTS:
        completed = attributes.get("event.kind") == "response.completed"
        return CODEX if completed and first(attributes, CODEX.output) is not None else None
    if record.name in _NATIVE:
        return _NATIVE[record.name]
    if record.signal == "log":
        # Gemini CLI sends one with the request as well, which tells of no call yet.
        answered = first(attributes, (*GEN_AI.output, *GEN_AI.call_id, "error.type")) is not None
        return GEN_AI if record.name == _DETAILS and answered else None
    operation = _operation(record)
    if operation in gen_ai_attributes.INFERENCES:
        return GEN_AI
    if attributes.get("openinference.span.kind") == "LLM" and operation is None:
        return OPEN_INFERENCE
    # A span of an SDK that names no operation: what has an id of one reply is one call.
    call = operation is None and first(attributes, GEN_AI.call_id) is not None
    told = call or operation in _AGGREGATES
    return GEN_AI if told and first(attributes, GEN_AI.output) is not None else None


def is_aggregate(record: OtlpRecord) -> bool:
    """Is it the span of an agent, or workflow, whose usage is that of its calls together?"""
    return _operation(record) in _AGGREGATES


def is_side_call(record: OtlpRecord) -> bool:
    """Is it a call that Claude Code makes for itself, for a title say?"""
    found = record.attributes.get("query_source")
    return isinstance(found, str) and found in _SIDE_SOURCES


def kind_of(record: OtlpRecord) -> str:
    """What to call a record that tells of no call."""
    if record.signal == "log":
        kind = record.attributes.get("event.kind") if record.name in _CODEX_EVENTS else None
        words = record.name if kind is None else f"{record.name}:{kind}"
        known = record.name.startswith(_EVENTS) and _PRINTABLE.fullmatch(words)
        return words if known else "other logs"
    own = record.name if record.name.startswith("claude_code.") else None
    names = (own, _operation(record), record.attributes.get("openinference.span.kind"))
    words = next((one for one in names if isinstance(one, str)), "")
    return words if _PRINTABLE.fullmatch(words) else "other spans"


def _operation(record: OtlpRecord) -> Any:
    found = first(record.attributes, gen_ai_attributes.OPERATION)
    return found if isinstance(found, str) else None
