"""The short form of a page: sentences are kept as a whole, and what is cut ends with a word."""

from __future__ import annotations

from coefgate.reports.brief import cut, first_parts, whole_sentences
from coefgate.reports.page import Words, code, plain, unmarked


def test_what_fits_stays_as_it_is() -> None:
    text = "one two three"
    assert cut(text, len(text)) is text


def test_a_cut_ends_with_a_word() -> None:
    assert unmarked(cut("one two three", 9)) == "one two …"
    assert unmarked(cut((plain("one "), code("two three")), 9)) == "one two …"


FIRST = (plain("today "), "mean SMAPE is 56.7 (was 49; it rose. A lot).")
SECOND = " Made worse by docs.low; take it back."
THIRD = " It passes"


def test_sentences_are_left_out_as_a_whole() -> None:
    said = (*FIRST, SECOND, THIRD)
    two, one = (unmarked((*FIRST, *more)) for more in ([SECOND], []))
    assert whole_sentences(said, len(unmarked(said))) is said
    assert unmarked(whole_sentences(said, len(unmarked(said)) - 1)) == two
    assert unmarked(whole_sentences(said, len(two) - 1)) == one
    assert unmarked(whole_sentences(said, 10)) == one


def test_a_value_belongs_to_the_sentence_around_it() -> None:
    words = ("it names ", code("One. Two. Three"), " and is gone.", " Look")
    assert unmarked(whole_sentences(words, 10)) == "it names One. Two. Three and is gone."


def test_only_what_is_much_too_long_is_cut() -> None:
    assert unmarked(whole_sentences("word " * 40, 100)).endswith("word …")


def test_whole_parts_are_shown_and_the_others_counted() -> None:
    parts: list[Words] = ["docs.low: 1 → 2", code("tests.low: 3 → 4"), "backend.low: 5 → 6"]
    assert unmarked(first_parts(parts, 100)) == ", ".join(map(unmarked, parts))
    assert unmarked(first_parts(parts, 40)) == "docs.low: 1 → 2, tests.low: 3 → 4 and 1 more"
    assert unmarked(first_parts(parts, 4)) == "docs … and 2 more"
