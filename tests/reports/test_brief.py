"""The short form of a page: what is cut ends with a word, and what is to be copied is whole."""

from __future__ import annotations

import pytest

from coefgate.reports.brief import cut
from coefgate.reports.page import code, plain, unmarked
from coefgate.reports.quoted import yaml_lines

ANSWER = 'acknowledge: {from: 1500, to: 700, reason: "…"}'
OBJECTION = f"docs.low moves from 1500 to 700 (× 2.1); acknowledge it with: {ANSWER}. Or else"


def test_what_fits_stays_as_it_is() -> None:
    assert cut(OBJECTION, len(OBJECTION)) is OBJECTION


def test_a_cut_ends_with_a_word() -> None:
    assert unmarked(cut("one two three", 9)) == "one two …"
    assert unmarked(cut((plain("one "), code("two three")), 9)) == "one two …"


@pytest.mark.parametrize("longest", range(1, len(OBJECTION)))
def test_an_answer_is_whole_or_not_there(longest: int) -> None:
    shown = unmarked(cut(OBJECTION, longest))
    words_end = OBJECTION.rfind(" ", 0, longest)
    assert (ANSWER in shown) == (words_end >= OBJECTION.index(ANSWER) + len(ANSWER))
    assert ("acknowledge: {" in shown) == (ANSWER in shown)


@pytest.mark.parametrize(
    "command", ["coefgate tune --write", "coefgate samples erase ID --reason TEXT"]
)
def test_a_command_is_whole_or_not_there(command: str) -> None:
    text = f"it was fitted; fit it with {command}, or say why"
    for longest in range(1, len(text)):
        shown = unmarked(cut(text, longest))
        assert ("coefgate" in shown) == (command in shown)


def test_the_lines_of_yaml_are_found() -> None:
    settings = 'acknowledge_settings: {up_to: {from: 8, to: 9, reason: "…"}}'
    assert yaml_lines(f"{OBJECTION}; {settings}, or coefgate explain swing") == [ANSWER, settings]
