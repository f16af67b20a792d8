"""OpenTelemetry's attributes of a call to a model, the names of today before those of yesterday.

They were read in the conventions for generative AI, whose names still change, and in what
instrumentations wrote before them. A fact has the value of the first of its names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

OUTPUT_TOKENS: Final = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
)
INPUT_TOKENS: Final = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
)
REASONING_TOKENS: Final = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
)
CACHED_TOKENS: Final = (
    ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
    (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
    ),
)
MAX_TOKENS: Final = ("gen_ai.request.max_tokens", "llm.request.max_tokens")
STOP_REASONS: Final = ("gen_ai.response.finish_reasons", "gen_ai.completion.0.finish_reason")
CALL_ID: Final = ("gen_ai.response.id",)
RUN_ID: Final = ("gen_ai.conversation.id", "session.id")
REQUEST_MODEL: Final = ("gen_ai.request.model",)
MODEL: Final = ("gen_ai.response.model", *REQUEST_MODEL)
OPERATION: Final = ("gen_ai.operation.name", "llm.request.type")
INFERENCES: Final = frozenset(("chat", "generate_content", "text_completion", "completion"))
"""The operations that are one call, ``completion`` an old name; an agent's is a sum over them."""


def first(attributes: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The value of the first of ``names`` that has one."""
    for name in names:
        found = attributes.get(name)
        if found is not None and found != "":
            return found
    return None
