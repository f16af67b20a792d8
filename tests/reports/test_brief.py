"""The short form of a page: what is cut ends with a word, and what is to be copied is whole."""

from __future__ import annotations

import pytest

from coefgate.reports.brief import clauses, cut, first_parts, whole_clauses
from coefgate.reports.page import Words, code, plain, unmarked
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


SAID = "Mean SMAPE is 56.7 (was 49; it rose. A lot). Made worse by docs.low; take it back"


def test_sentences_and_clauses_are_left_out_as_a_whole() -> None:
    first = "Mean SMAPE is 56.7 (was 49; it rose. A lot)."
    second = f"{first} Made worse by docs.low"
    assert list(map(unmarked, clauses(SAID))) == [first, second, SAID]
    assert unmarked(whole_clauses(SAID, len(SAID))) == SAID
    assert unmarked(whole_clauses(SAID, len(SAID) - 1)) == second
    assert unmarked(whole_clauses(SAID, len(second) - 1)) == first
    assert unmarked(whole_clauses(SAID, 10)) == first


def test_only_what_is_much_too_long_is_cut() -> None:
    assert unmarked(whole_clauses("word " * 40, 100)).endswith("word …")


def test_what_others_wrote_ends_no_sentence() -> None:
    words = (plain("changed: "), code("One. Two. Three"), plain(" is gone. Look"))
    assert unmarked(clauses(words)[0]) == "changed: One. Two. Three is gone."
    assert len(clauses(words)) == 2


def test_whole_parts_are_shown_and_the_others_counted() -> None:
    parts: list[Words] = ["docs.low: 1 → 2", code("tests.low: 3 → 4"), "backend.low: 5 → 6"]
    assert unmarked(first_parts(parts, 100)) == ", ".join(map(unmarked, parts))
    assert unmarked(first_parts(parts, 40)) == "docs.low: 1 → 2, tests.low: 3 → 4 and 1 more"
    assert unmarked(first_parts(parts, 4)) == "docs … and 2 more"
