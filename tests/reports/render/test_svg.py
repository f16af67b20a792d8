"""Charts as they are drawn: plain SVG that may stand in a page, the same whenever it is drawn."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import altair as alt
import pytest

from coefgate.core.characters import visible
from coefgate.reports.chart import (
    Axis,
    Band,
    Chart,
    Density,
    Limit,
    Line,
    Note,
    Panel,
    Points,
    Series,
)
from coefgate.reports.render.chart_layers import legible
from coefgate.reports.render.palette import DARK, GROUND
from coefgate.reports.render.svg import png, svg, svg_file
from tests.reports.hostile import NASTY

X = Axis("tokens", 1, 1000, [(1, "1"), (10, "ten"), (1000, "1,000")], log=True)
Y = Axis("share", 0, 1, [(0, "0%"), (0.5, "50%"), (1, "100%")])
ALL: tuple[Series, ...] = (
    Band([1, 1000], [0, 0], [0.2, 0.3], "a band", "quiet"),
    Density([(1, 10), (10, 100)], [(0, 0.1), (0.1, 0.2)], [0.2, 1], "cells", "first"),
    Limit(0.9, 1, 100, "a limit"),
    Line([1, 10, 1000], [0, 0.5, 1], "steps", "first", steps=True),
    Line([1, 1000], [1, 0], "with ends", "second", "dashed", mark="dot", ends=[(0.8, 1), (0, 0)]),
    Line([1, 1000], [1, 1], "dots", "third", "dotted"),
    Points([10, 20], [0.5, 0.6], "whole", "second", "square"),
    Points([30], [0.7], "open", "third", "triangle", open=True),
    Points([40], [0.7], "", "quiet", "diamond", large=True),
    Note(10, 0.5, "noted"),
    Note(20, 0.5, "noted above", "right above"),
    Note(30, 0.5, "noted on the left", "left below"),
)
_TAGS = {"svg", "g", "path", "line", "rect", "text", "tspan", "title", "desc"}
_ATTRIBUTES = {
    *("aria-describedby", "aria-labelledby", "d", "dy", "fill", "fill-opacity", "font-family"),
    *("font-size", "font-weight", "height", "id", "role", "stroke", "stroke-miterlimit"),
    *("stroke-width", "text-anchor", "transform", "viewBox", "width", "x", "x2", "y2"),
}
_PAINT = re.compile(r'(?:fill|stroke)="([^"]*)"')


def batched(every: Sequence[str]) -> Iterator[Sequence[str]]:
    """Twelve at a time, since a drawing takes its time."""
    for at in range(0, len(every), 12):
        yield every[at : at + 12]


def chart(*series: Series, name: str = "one", **of_panel: str) -> Chart:
    panel = Panel(X, Y, series, **of_panel)
    return Chart(name, "A title of this chart", "What it shows.", [panel])


def texts(drawn: str) -> list[str]:
    root = ET.fromstring(drawn)  # noqa: S314 (our own)
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_chart_is_the_same_whenever_it_is_drawn() -> None:
    drawn = svg(chart(*ALL))
    svg(chart(ALL[3], name="another"))
    with alt.theme.enable("dark"):
        assert svg(chart(*ALL)) == drawn


def test_words_stay_words() -> None:
    named = [one.label for one in ALL if not isinstance(one, Note) and one.label]
    noted = [one.text for one in ALL if isinstance(one, Note)]
    words = ["1", "ten", "1,000", "0%", "50%", "100%", "tokens", "share"]
    assert sorted(texts(svg(chart(*ALL)))) == sorted([*named, *noted, *words])


def test_it_may_stand_in_a_page_with_others() -> None:
    page = svg(chart(*ALL), place="b1-") + svg(chart(*ALL), place="b2-")
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(set(ids)) == len(ids)
    meant = re.findall(r'url\(#([^)]*)\)|aria-\w+="([^"]*)"', page)
    assert meant
    assert {one or other for one, other in meant} <= set(ids)
    assert not re.search(r"style|script|href|class=|https?://(?!www\.w3\.org/2000/svg)", page)
    assert "<?" not in page


@pytest.mark.parametrize("alone", [False, True], ids=["in-a-page", "alone"])
def test_every_colour_is_one_that_a_page_can_set(alone: bool) -> None:
    colours = set(_PAINT.findall(svg(chart(*ALL), alone=alone)))
    assert colours <= {*DARK, "none", *([GROUND] if alone else [])}
    assert len(colours) > 5


def test_those_who_do_not_see_it_hear_of_it() -> None:
    root = ET.fromstring(svg(chart(*ALL)))  # noqa: S314 (our own)
    title, description = root[0], root[1]
    assert (root.get("role"), title.text, description.text) == (
        "img",
        "A title of this chart",
        "What it shows.",
    )
    assert root.get("aria-labelledby") == title.get("id") == "one-title"
    assert root.get("aria-describedby") == description.get("id") == "one-desc"


def test_alone_it_has_its_title_and_a_ground() -> None:
    within, alone = svg(chart(*ALL)), svg(chart(*ALL), alone=True)
    assert "A title of this chart" in texts(alone)
    assert "A title of this chart" not in texts(within)
    assert f'fill="{GROUND}"' in alone.partition("<g")[0]
    assert "<rect" not in within.partition("<g")[0]
    lines = svg_file(chart(*ALL)).decode().splitlines()
    assert lines[0] == '<?xml version="1.0" encoding="utf-8"?>'
    assert lines[2] == alone


def test_a_long_title_takes_several_lines() -> None:
    long = replace(chart(*ALL), title="Words of a title " * 6)
    (title,) = (one for one in texts(svg(long, alone=True)) if one.startswith("Words"))
    assert title.count("title") == 6
    assert _width(svg(long, alone=True)) == _width(svg(chart(*ALL)))


def _width(drawn: str) -> float:
    found = re.search(r'width="(\d+)" height="\d+" viewBox="0 0 \1 ', drawn)
    assert found
    return float(found[1])


def test_panels_lie_below_each_other_on_a_narrow_screen() -> None:
    one = chart(*ALL)
    two = replace(one, panels=[*one.panels, replace(one.panels[0], series=[ALL[3]])])
    assert _width(svg(two)) == _width(svg(one)) < 450
    assert len([word for word in texts(svg(two)) if word == "tokens"]) == 2


def test_why_nothing_is_shown() -> None:
    drawn = svg(chart(*ALL, missing="too few calls"))
    assert "too few calls" in texts(drawn)
    assert "a band" not in texts(drawn)
    assert "tokens" in texts(drawn)


@pytest.mark.parametrize("texts_of_others", [*batched(NASTY)])
def test_what_others_wrote_stays_words(texts_of_others: Sequence[str]) -> None:
    first = texts_of_others[0]
    count = len(texts_of_others)
    axis = Axis(first, 0, count, list(enumerate(texts_of_others)))
    series: list[Series] = [Points([0], [0], text, "first") for text in texts_of_others]
    series += [Note(0, 0, text) for text in texts_of_others]
    hostile = Chart("hostile", first, first, [Panel(axis, axis, series, missing="")])
    drawn = svg(hostile, alone=True)
    root = ET.fromstring(drawn)  # noqa: S314 (our own)
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= _TAGS
    assert {name for one in root.iter() for name in one.attrib} <= _ATTRIBUTES
    shown = [" ".join(one.split()) for one in texts(drawn)]
    for text in texts_of_others:
        assert shown.count(" ".join(legible(text).split())) >= 4
    assert root[0].text == root[1].text == visible(first)


def test_a_picture_is_as_large_as_it_is_asked_to_be() -> None:
    drawn, picture = svg(chart(*ALL), alone=True), png(chart(*ALL), scale=2)
    assert picture.startswith(b"\x89PNG")
    (width,) = struct.unpack(">I", picture[16:20])
    assert width == 2 * _width(drawn)


def test_many_points_take_little_room() -> None:
    x = [1 + at * 0.6613 for at in range(1500)]
    y = [at * 0.0006613 for at in range(1500)]
    assert len(svg(chart(Points(x, y, "calls", "first")))) < 150_000
