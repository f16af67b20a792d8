"""Drawings inside a page: their colours follow it, they fit a telephone, nothing is cut off."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from coefgate.reports.page import ChartBlock
from coefgate.reports.render.html import html
from coefgate.reports.render.palette import DARK, INK, TONES
from tests.browser.chromium import violations
from tests.reports.render.test_svg import ALL, chart

OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < whole.left - 1 || box.right > whole.right + 1
      || box.top < whole.top - 1 || box.bottom > whole.bottom + 1;
  }).map(one => one.textContent);
})"""
COLOURS = """name => ['fill', 'stroke'].flatMap(which =>
  [...document.querySelectorAll(`[${which}='${name}']`)].map(one => getComputedStyle(one)[which])
)"""


@pytest.fixture
def drawn(tmp_path: Path) -> str:
    """The address of a page with two drawings."""
    blocks = [ChartBlock(partial(chart, *ALL, name=name), name) for name in ("a", "b")]
    path = tmp_path / "page.html"
    path.write_text(html(blocks), "utf-8")
    return path.as_uri()


def _rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_page(page: Page, drawn: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(drawn)
    for light in (INK, *TONES.values()):
        color = DARK[light] if scheme == "dark" else light
        assert set(page.evaluate(COLOURS, light)) == {_rgb(color)}
    page.emulate_media(color_scheme=scheme, media="print")
    assert set(page.evaluate(COLOURS, INK)) == {_rgb(INK)}
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_drawing_fits_whatever_font_there_is(page: Page, drawn: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(drawn)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
