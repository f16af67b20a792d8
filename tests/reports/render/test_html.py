"""HTML: one file that asks for nothing, in which whatever others wrote is text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given

from coefgate.core.characters import visible
from coefgate.reports.chart import Axis, Chart, Panel, Points
from coefgate.reports.page import (
    GAP,
    MOST_ROWS,
    Block,
    Cells,
    ChartBlock,
    Item,
    Items,
    Paragraph,
    Span,
    TableBlock,
    Title,
    code,
    plain,
    sentence,
    strong,
)
from coefgate.reports.render.html import Frame, Link, html
from coefgate.reports.render.palette import dark_style
from tests.html_document import Document
from tests.reports.hostile import NASTY, texts


def every_block(text: str) -> list[Block]:
    """A page with each kind of block, and ``text`` wherever a text may stand."""
    row = Item((text, plain(text), strong(text)), (text, 4), code(text), [text], sentence(text))
    cells: list[Cells] = [(code(text), text), (Span(text, "id"), Span(text, "fail"))]
    return [
        Title(text, "fail", text),
        Paragraph(text, "warning"),
        Paragraph(code(text, longest=2000), label="note"),
        GAP,
        Items([row], title=text),
        Items([row], label="next", fold=True, title=text),
        TableBlock((text, "figure"), cells, text, text, figures=(1,), further=text),
        TableBlock((text, "figure"), lambda: cells, about=text),
        TableBlock((text, "figure"), cells, text, fold=True),
    ]


def skeleton(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    """Without classes: a long text in a column of figures is set as a sentence."""
    return [(tag, tuple(sorted(names.keys() - {"class"}))) for tag, names in document.elements]


@pytest.mark.thorough
@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_becomes_markup(nasty: str) -> None:
    harmless = Document(html(every_block("x")))
    hostile = Document(html(every_block(nasty)))
    assert (hostile.strange, hostile.open) == ([], [])
    if nasty.strip() and "\n" not in nasty:
        assert skeleton(hostile) == skeleton(harmless)
        assert visible(nasty)[:900] in hostile.texts["p"][1]


@given(texts)
def test_no_drawn_text_becomes_markup(text: str) -> None:
    document = Document(html(every_block(text)))
    assert (document.strange, document.open) == ([], [])
    assert not document.all_of("script")


def test_a_value_is_shown_whole_and_as_it_is() -> None:
    value = "</code><script>alert('1')</script>&amp; " + "x" * 1000
    document = Document(html([Paragraph(code(value))]))
    assert document.texts["code"] == [value]


def test_what_hides_or_reorders_text_is_escaped() -> None:
    document = Document(html([Paragraph(code("a\u202eb\u200bc\0d"))]))
    assert document.texts["code"] == [r"a\u202eb\u200bc\x00d"]


def test_the_policy_allows_exactly_what_stands_in_the_document() -> None:
    written = html([Title("PASS", "pass")])
    style = written.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (meta,) = (
        one
        for one in Document(written).all_of("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert meta["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def test_a_document_asks_for_nothing() -> None:
    document = Document(html(every_block("x")))
    names = {name for _, attributes in document.elements for name in attributes}
    assert names & {"src", "style", "onclick", "onload"} == set()
    assert [one["href"] for one in document.all_of("a")] == ["#content"]
    assert not re.search(r"url\(|@import", html([]))


def test_every_heading_is_in_order_and_there_is_one_of_the_first_level() -> None:
    document = Document(html(every_block("x")))
    assert [tag for tag, _ in document.elements if re.fullmatch("h[1-6]", tag)] == [
        "h1",
        *["h2"] * 4,
    ]
    (titled,) = Document(html([Paragraph("x")], Frame(title="A <title>"))).texts["h1"]
    assert titled == "A <title>"


def test_a_table_has_headings_for_columns_and_rows_and_scrolls_by_itself() -> None:
    rows: list[Cells] = [(code("docs.low"), plain("1,500"), ""), ("", plain("2"), "why")]
    document = Document(html([TableBlock(("number", "tokens", ""), rows, "Values", figures=[1])]))
    assert [one["scope"] for one in document.all_of("th")] == ["col", "col", "row"]
    assert document.texts["td"] == ["", "1,500", "", "", "2", "why"]
    (group,) = document.all_of("div")
    assert group == {
        "class": "scroll", "role": "group", "tabindex": "0", "aria-label": "Values, table",
    }  # fmt: skip
    assert document.all_of("h2") == [{"id": "b1"}]


def test_a_shaded_cell_says_its_figure_all_the_same() -> None:
    rows = [("docs", Span("61.2", "plain", shade=3))]
    document = Document(html([TableBlock(("by", "SMAPE"), rows, figures=[1])]))
    assert document.all_of("td") == [{"class": "n shade-3"}]
    assert document.texts["td"] == ["61.2"]


def test_a_table_is_cut_where_a_browser_would_choke() -> None:
    rows = [(str(number),) for number in range(MOST_ROWS + 1234)]
    document = Document(html([TableBlock(("call",), rows)]))
    assert len(document.all_of("tr")) == 1 + MOST_ROWS
    assert document.texts["p"] == ["… and 1,234 more, which are left out here."]


def test_an_empty_list_is_left_out() -> None:
    assert "<h2" not in html([Items([], title="Bad news")])


def test_a_site_has_its_pages_around_the_content() -> None:
    links = (Link("Values", "../values/index.html", current=True), Link("<Gates>", "../gates/"))
    document = Document(html([], Frame(title="x", navigation=links, foot="1.2.0")))
    assert document.all_of("html") == [{"lang": "en"}]
    assert document.all_of("a")[1:] == [
        {"href": "../values/index.html", "aria-current": "page"},
        {"href": "../gates/"},
    ]
    assert document.texts["a"][1:] == ["Values", "<Gates>"]
    assert document.texts["footer"][0].strip() == "1.2.0"


def test_a_value_links_to_another_page_of_the_site() -> None:
    document = Document(html([Paragraph(Span("docs.low", "code", link="values/docs.low.html"))]))
    assert document.all_of("a")[-1] == {"href": "values/docs.low.html"}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//example.org", "https://x", "/x"])
def test_no_link_leads_out_of_the_site(address: str) -> None:
    with pytest.raises(ValueError, match="leads out of the site"):
        html([Paragraph(Span("x", "code", link=address))])


def test_a_drawing_is_part_of_the_page_and_has_colours_for_the_dark() -> None:
    axis = Axis("x", 0, 1, [(0, "0")])
    chart = Chart("a", "T", "D", [Panel(axis, axis, [Points([0], [1], "calls", "first")])])
    document = Document(html([ChartBlock(lambda: chart, "Calls")]))
    (svg,) = document.all_of("svg")
    assert svg["role"] == "img"
    assert (document.strange, document.open) == ([], [])
    assert "calls" in document.texts["text"]
    assert not any("style" in attributes for _, attributes in document.elements)
    assert dark_style(".chart") in document.texts["style"][0]
    assert dark_style(".chart") not in html([GAP])


def test_two_drawings_of_one_page_share_no_id() -> None:
    axis = Axis("x", 0, 1, [(0, "0")])
    chart = Chart("a", "T", "D", [Panel(axis, axis, [Points([0], [1], "calls", "first")])])
    block = ChartBlock(lambda: chart, "Calls")
    ids = Document(html([block, replace(block, title="Others")])).values("id")
    assert len(ids) == len(set(ids))
