"""Token counts against the text that is seen: which of them can be true."""

from __future__ import annotations

import pytest

from coefgate.samples.foreign.visible_text import fits_text


@pytest.mark.parametrize(
    ("tokens", "visible", "fits"),
    [
        (2, None, True),  # nothing is shown, so nothing speaks against it
        (100, 600, True),  # 6 characters a token
        (100, 601, False),
        (400, 600, True),  # 1.5 characters a token
        (401, 600, False),
        (1, 150, True),  # too short to be judged
        (1, 151, False),
        (100, 0, True),  # 1.5 × 100 is 150, from where many tokens are judged
        (101, 0, False),
    ],
)
def test_a_token_is_one_and_a_half_to_six_characters(
    tokens: int, visible: int | None, fits: bool
) -> None:
    assert fits_text(tokens, visible) is fits


def test_hidden_thinking_explains_many_tokens_but_not_few() -> None:
    assert fits_text(5000, 10, hidden=True)
    assert not fits_text(100, 601, hidden=True)


def test_a_count_that_may_grow_is_held_against_short_text_too() -> None:
    assert fits_text(2, 12, final=False)
    assert not fits_text(2, 13, final=False)
