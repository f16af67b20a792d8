"""Why a model stopped, in the words of every provider and agent: the one table of stop reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Literal

Ending = Literal["finished", "cut-off", "broken-off"]
"""``finished``: by itself, or for a tool. ``cut-off``: no room. ``broken-off``: by somebody."""

_WORDS: Final[Mapping[Ending, str]] = {
    "finished": """
        end_turn stop stop_sequence stop_token eos eos_token finish complete completed
        tool_use tool_call tool_calls function_call
    """,
    "cut-off": """
        max_tokens max_output_tokens max_completion_tokens max_new_tokens max_length
        length model_length token_limit limit incomplete
        model_context_window_exceeded context_window_exceeded context_length_exceeded
    """,
    "broken-off": """
        refusal content_filter content_filtered guardrail_intervened
        safety recitation blocklist prohibited_content spii malformed_function_call
        error error_toxic failed abort aborted cancelled canceled user_cancel
        time_limit insufficient_system_resource
    """,
}
_WORST_FIRST: Final = ("cut-off", None, "broken-off", "finished")
_BESIDE_LETTERS: Final = re.compile(r"[^a-z]+")


def _letters(word: str) -> str:
    return _BESIDE_LETTERS.sub("", word.casefold())


_ENDINGS: Final[Mapping[str, Ending]] = {
    _letters(word): ending for ending, words in _WORDS.items() for word in words.split()
}


@lru_cache(maxsize=1024)
def ending(stop_reason: str | None) -> Ending | None:
    """How a reply ended, by the provider's word for it; ``None`` where the word is not known.

    Neither case nor what stands between words matters (``MAX_TOKENS``, ``maxTokens``), nor does
    what stands before the last dot or colon (``FinishReason.STOP``). A word that says nothing of
    it, such as ``pause_turn``, is not known.
    """
    return (
        None if stop_reason is None else _ENDINGS.get(_letters(re.split(r"[.:]", stop_reason)[-1]))
    )


def worst(endings: Iterable[Ending | None]) -> Ending | None:
    """Of several choices of a reply, the ending that counts: one that is not known may be any."""
    return min(endings, key=_WORST_FIRST.index, default=None)
