"""Does a token count fit the text that is seen of a reply? One that does not is a placeholder."""

from __future__ import annotations

from typing import Final

from coefgate.samples.foreign.call import ForeignCall

LEAST_PER_TOKEN: Final = 1.5
MOST_PER_TOKEN: Final = 6
"""Visible characters for each token of a reply: a count outside of these is a placeholder."""
_SHORTEST_JUDGED: Final = 150
"""Characters, or tokens, from which a final count is compared with its text."""


def fits_text(
    tokens: int, visible: int | None, *, hidden: bool = False, final: bool = True
) -> bool:
    """May ``tokens`` be what a reply with so many visible characters needed?

    ``visible``: ``None`` where the source does not show the reply, so that any count may be.
    ``hidden``: the reply holds what is not seen, so that more tokens are no wonder. ``final``: the
    source vouches for the count; any other must be enough for the shortest text too.
    """
    if visible is None:
        return True
    if visible > max(MOST_PER_TOKEN * tokens, _SHORTEST_JUDGED if final else 0):
        return False
    return hidden or LEAST_PER_TOKEN * tokens <= max(visible, _SHORTEST_JUDGED)


def why_uncounted(call: ForeignCall) -> str | None:
    """Why the count of a call cannot be taken, as a code of ``skip_reasons``, if so."""
    if call.actual_output_tokens is None:
        return "no-count"
    hidden = call.hides_thinking or bool(call.reasoning_tokens)
    fits = fits_text(call.actual_output_tokens, call.visible_characters, hidden=hidden)
    return None if fits else "placeholder"
