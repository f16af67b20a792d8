"""Markdown as blocks of a page: what it says is kept, and all of it is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.reports.page import (
    Items,
    Paragraph,
    TableBlock,
    code,
    plain,
    spans,
    strong,
    unmarked,
)
from coefgate.reports.pages.site.markdown_words import first_sentence, markdown_blocks
from coefgate.use_cases.help_topics import rule_sections


def test_a_paragraph_keeps_code_and_what_is_strong() -> None:
    (found,) = markdown_blocks("**Rule:** the mean\nis *below* `mean_below` (50).")
    assert isinstance(found, Paragraph)
    assert found.words == [
        *(strong("Rule:"), plain(" the mean"), plain(" "), plain("is "), plain("below")),
        *(plain(" "), code("mean_below", longest=10), plain(" (50).")),
    ]


def test_a_link_leads_where_the_site_has_the_page_and_else_nowhere() -> None:
    (found,) = markdown_blocks(
        "See [swing](#swing) and [metrics](metrics.md).",
        lambda to: "../gates/swing.html" if to == "#swing" else "",
    )
    assert isinstance(found, Paragraph)
    assert [(one.text, one.link) for one in spans(found.words) if not isinstance(one, str)] == [
        *(("See ", ""), ("swing", "../gates/swing.html"), (" and ", "")),
        *(("metrics", ""), (".", "")),
    ]


def test_a_list_keeps_what_is_below_its_rows() -> None:
    (found,) = markdown_blocks("- one\n\n  more of it\n  - below\n- two\n")
    assert isinstance(found, Items)
    assert [unmarked(row.words) for row in found.rows] == ["one", "two"]
    assert [unmarked(one) for one in found.rows[0].nested] == ["more of it", "below"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1. ```\n   MIT\n   ```\n", ["MIT"]),
        ("- one\n\n  ```\n  two\n  ```\n", ["one", "two"]),
        ("- - one\n", ["one"]),
        ("- > one\n", ["one"]),
        ("-\n- one\n", ["", "one"]),
        ("- ***\n", [""]),
    ],
)
def test_a_row_of_a_list_may_begin_with_anything(text: str, said: list[str]) -> None:
    (found,) = markdown_blocks(text)
    assert isinstance(found, Items)
    assert [unmarked(one) for row in found.rows for one in (row.words, *row.nested)] == said


_PIECES = (
    "- ",
    "1. ",
    "> ",
    "# ",
    "```",
    "    ",
    "|",
    "---",
    "***",
    "a",
    "\n",
    "\n\n",
    "[",
    "](",
    ")",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=15).map("".join))
def test_there_is_no_markdown_without_blocks(text: str) -> None:
    for block in markdown_blocks(text):
        assert isinstance(block, Paragraph | Items | TableBlock)
    first_sentence(text)


def test_a_table() -> None:
    (found,) = markdown_blocks("| a | b |\n|---|---|\n| `x` | y z |\n")
    assert isinstance(found, TableBlock)
    assert (found.columns, [list(map(unmarked, row)) for row in found.cells]) == (
        ["a", "b"],
        [["x", "y z"]],
    )


def test_lines_of_code_keep_their_order_and_their_space() -> None:
    (found,) = markdown_blocks("```yaml\na:\n  - b\n```\n")
    assert isinstance(found, Paragraph)
    assert unmarked(found.words) == "a:\n  - b"


def test_a_quote_and_a_heading() -> None:
    quote, heading = markdown_blocks("> said\n\n### More\n")
    assert isinstance(quote, Paragraph)
    assert isinstance(heading, Paragraph)
    assert (unmarked(quote.words), unmarked(heading.words)) == ("said", "More")
    assert heading.emphasis == "strong"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![x](//example.com)"]
)
def test_html_and_pictures_are_no_more_than_text(text: str) -> None:
    for block in markdown_blocks(text):
        assert isinstance(block, Paragraph)
        assert not [one for one in spans(block.words) if not isinstance(one, str) and one.link]


@pytest.mark.parametrize("rule", rule_sections())
def test_every_rule_says_what_it_asks_in_a_sentence(rule: str) -> None:
    said = unmarked(first_sentence(rule_sections()[rule]))
    assert 10 < len(said) < 500
    assert not said.endswith(".")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("no `x` is lost. More.", "no x is lost"),
        ("no x\nis lost.\nMore of it.", "no x is lost"),
        ("what `x` says:\n\n- one", "what x says"),
        ("at most 1.5 of them", "at most 1.5 of them"),
    ],
)
def test_a_sentence_ends_at_its_full_stop(asked: str, said: str) -> None:
    assert unmarked(first_sentence(f"## rule\n\n**Rule:** {asked}\n")).strip() == said


def test_a_section_without_a_paragraph_asks_nothing() -> None:
    assert first_sentence("## empty\n") == ()
