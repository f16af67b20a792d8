"""Text of others in a message: cut to a readable length, and nothing in it that nobody sees."""

from __future__ import annotations

import pytest

from coefgate.core.characters import visible
from coefgate.registry.wording import LONGEST_SHOWN, printable, shortened


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("docs", "docs"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("a\nb", r"a\nb"),
        ("\u202edocs", r"\u202edocs"),
        ("a\u3164", r"a\u3164"),
        ("a\ufe0fb", r"a\ufe0fb"),
    ],
)
def test_what_nobody_sees_is_escaped(text: str, told: str) -> None:
    assert visible(text) == printable(text) == told


def test_a_long_text_is_cut() -> None:
    assert printable("x" * 100) == "x" * (LONGEST_SHOWN - 1) + "…"
    assert shortened("abcdefghij", 8) == "abcde…ij"
    assert shortened("abcdefgh", 8) == "abcdefgh"
