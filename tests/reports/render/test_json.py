"""JSON on a terminal: the same document, with nothing in it that a terminal would act on."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.reports.render.json import json_text
from tests.reports.hostile import NASTY


@pytest.mark.parametrize("text", [*NASTY, "\x7f", "\x9b31m", "\u202eevil", "\U000e0041"])
def test_what_cannot_be_seen_is_escaped(text: str) -> None:
    _assert_plain(text)


@given(st.text(st.characters()))
def test_any_text_comes_back(text: str) -> None:
    _assert_plain(text)


def test_letters_of_every_script_stand_as_they_are() -> None:
    assert json_text("Grüße, 世界 😀") == '"Grüße, 世界 😀"'


def _assert_plain(text: str) -> None:
    shown = json_text({text: [text]})
    assert json.loads(shown) == {text: [text]}
    assert shown.replace("\n", "").isprintable()
