"""Text that others wrote, for people to read: nothing hidden in it, and not too much of it."""

from __future__ import annotations

import re
from typing import Final

_BLANK: Final = re.compile(
    # Letters, marks and symbols that print as nothing: U+034F, the fillers of Hangul, vowels of
    # Khmer that are implied, Mongolian and other variation selectors, the empty Braille pattern.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_CUT: Final = "…"


def visible(text: str) -> str:
    """``text`` on one line, with escapes for what nobody sees, or sees in another order.

    That is every control, format, unassigned or private character, every space but the plain one,
    and characters that print as nothing.
    """
    return "".join(
        c
        if c.isprintable() and not _BLANK.match(c)
        else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def shortened(text: str, longest: int) -> str:
    """``text`` if it has at most ``longest`` characters, else its beginning and its end."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end - 1]}{_CUT}{text[-end:]}"
