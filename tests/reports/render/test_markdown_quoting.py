"""Whatever a value holds, two parsers read it as the text that it is, in code."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coefgate.core.characters import visible
from coefgate.registry.wording import shortened
from coefgate.reports.page import TableBlock
from coefgate.reports.render.markdown import PagePart, joined, markdown
from coefgate.reports.render.markdown_quoting import (
    LONGEST_VALUE,
    code,
    prose,
    row,
    table_head,
)
from tests.reports.hostile import NASTY, texts
from tests.reports.readers import READERS, github, markup_in


def _read_as(text: str) -> str:
    """What a reader sees of a value."""
    seen = shortened(visible(shortened(text, LONGEST_VALUE)), LONGEST_VALUE).replace(
        "|", r"\u007c"
    )
    return seen.replace("`", r"\u0060") if "`" * 9 in seen else seen


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_value_is_one_code_span(text: str, reader: str) -> None:
    _assert_one_span(text, reader)


@pytest.mark.parametrize("reader", READERS)
@given(text=texts)
def test_any_value_is_one_code_span(text: str, reader: str) -> None:
    _assert_one_span(text, reader)


def _assert_one_span(text: str, reader: str) -> None:
    written = code(text)
    markdown = f"- {written}\n\n{table_head('a', 'b', 'c')}\n{row('x', written, 'y')}"
    found = READERS[reader](markdown)
    assert markup_in(found) == []
    if not text:
        assert found.spans == []
        return
    assert found.spans == [_read_as(text)] * 2
    assert found.tables == [[["a", "b", "c"], ["x", _read_as(text), "y"]]]


@pytest.mark.parametrize("reader", READERS)
@given(text=texts)
@example(text="xacknowledge: {a}`@octocat`")
@example(text="coefgate replay`@octocat`")
@example(text="a_b(coefgate replay)`@octocat`")
@example(text='a_b ({file: x_y, reason: "…"})`@octocat`')
@example(text="word " * 50 + "`" * 8 + "@octocat")
def test_any_sentence_is_text_and_code(text: str, reader: str) -> None:
    written = prose(text)
    found = READERS[reader](
        f"{written}\n\n- {written}\n\n{table_head('a', 'b')}\n{row(written, 'y')}"
    )
    assert markup_in(found) == []
    assert found.elements <= {"ul", "li", "p", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert len(found.tables) == 1
    assert [len(cells) for cells in found.tables[0]] == [2, 2]
    assert found.tables[0][1][1] == "y"


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_sentence_is_text_and_code(text: str) -> None:
    found = github(f"{prose(text)}\n\n- {prose(text)}")
    assert markup_in(found) == []
    assert found.elements <= {"ul", "li", "p", "code"}


def test_a_sentence_stays_readable() -> None:
    text = (
        "docs/low: 3 more calls would be cut off (0 before, 3 after); mean SMAPE rises from 33.1 "
        "to 40.2, by 7.1%. See samples/a b/x_1.jsonl:4 with: coefgate replay --by "
        "category,complexity"
    )
    assert prose(text) == (
        "`docs/low`: 3 more calls would be cut off (0 before, 3 after); mean SMAPE rises from "
        "33.1 to 40.2, by 7.1%. See `samples/a b/x_1.jsonl:4` with: `coefgate replay --by "
        "category,complexity`"
    )


def test_a_range_is_plain_and_a_command_of_git_is_one_span() -> None:
    assert prose("17.8% (16.3%–20.7%) of 92") == "17.8% (16.3%–20.7%) of 92"
    assert prose("Get the tags with: git fetch --tags") == "Get the tags with: `git fetch --tags`"
    assert prose("with: git merge origin/main") == "with: `git merge origin/main`"


def test_only_what_would_be_an_item_of_a_list_is_escaped() -> None:
    assert prose("33.3% of 12 calls") == "33.3% of 12 calls"
    assert prose("33. of May") == r"33\. of May"
    assert prose("33)") == r"33\)"


def test_an_answer_to_copy_is_one_span() -> None:
    lists = 'acknowledge: {from: [documentation], to: [documentation, "how: to"], reason: "…"}'
    assert prose(f"It rests on no call; with: {lists}. Store one") == (
        f"It rests on no call; with: `{lists}`. Store one"
    )
    assert (
        prose("the form: coefgate explain gates-loosened")
        == "the form: `coefgate explain gates-loosened`"
    )
    answer = 'acknowledge: {from: 1500, to: 700, reason: "…"}'
    text = f"it moves (× 2.1); acknowledge it with: {answer}. Or else"
    assert prose(text) == f"it moves (× 2.1); acknowledge it with: `{answer}`. Or else"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u202eb", r"a\u202eb"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\u3164", r"\u3164"),
        ("a\ufe0fb", r"a\ufe0fb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\u00a0", r"\xa0"),
        ("\udcff.py", r"\udcff.py"),
        ("Grüße, 世界 😀", "Grüße, 世界 😀"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text(st.characters()))
def test_visible_text_can_be_printed(text: str) -> None:
    seen = visible(text)
    assert seen.isprintable()
    assert seen.encode("utf-8").decode("utf-8") == seen
    assert visible(seen) == seen


@given(st.text(max_size=50), st.integers(8, 40))
def test_shortened_keeps_beginning_and_end(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) == min(len(text), longest)
    if len(text) > longest:
        assert text.startswith(short[: longest - longest // 4 - 1])
        assert text.endswith(short[-(longest // 4) :])


def _rows(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"- {letter}{number}" for number in range(count))


def test_a_page_that_fits_is_whole() -> None:
    assert joined([PagePart(2, "# a"), PagePart(1, "b\n", ("- c",), "more")], 1000) == (
        "# a\n\n<details>\n<summary>more</summary>\n\nb\n\n- c\n\n</details>"
    )


def test_a_page_that_is_too_long_loses_what_matters_least_and_says_so() -> None:
    parts = [
        PagePart(9, "# top"),
        PagePart(5, "five\n", _rows("a", 50)),
        PagePart(3, "three\n", _rows("b", 50)),
    ]
    short = joined(parts, 500)
    assert len(short) <= 500
    assert "- a49" in short
    assert "- b0\n" in short
    assert "- b49" not in short
    left = 50 - short.count("- b")
    assert short.endswith(f"*… and {left} more, left out of this page.*")
    shortest = joined(parts, 300)
    assert len(shortest) <= 300
    assert "- b" not in shortest
    assert "- a0\n" in shortest
    assert "- a49" not in shortest
    assert shortest.count("left out") == 2


@given(st.lists(st.text(max_size=30).map(code), max_size=40), st.integers(300, 900))
def test_a_page_keeps_its_length_in_units_of_github(rows: list[str], longest: int) -> None:
    text = joined(
        [PagePart(1, "# top", tuple(rows)), PagePart(0, "😀", ("😀" * 10,) * 20, "fold")], longest
    )
    assert len(text.encode("utf-16-le")) // 2 <= longest


def test_a_column_that_is_empty_everywhere_is_left_out() -> None:
    table = TableBlock(("a", "b", "c"), [("x", "", "1"), ("y", "", "")], "T", figures=(2,))
    assert markdown([table]) == "### T\n\n| a | c |\n| --- | ---: |\n| x | 1 |\n| y |  |"
