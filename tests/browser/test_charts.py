"""Drawings inside a page: their colours follow it, they fit a telephone, nothing is cut off."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from coefgate.replay.scores import replay
from coefgate.reports.chart import Chart
from coefgate.reports.charts.frontier import frontier_chart
from coefgate.reports.charts.history import history_chart
from coefgate.reports.charts.needs import predictions_chart
from coefgate.reports.charts.waste import waste_chart
from coefgate.reports.page import ChartBlock
from coefgate.reports.render.html import html
from coefgate.reports.render.palette import DARK, INK, TONES
from tests.browser.chromium import violations
from tests.registry.builders import gates
from tests.replay.builders import predicted, sample, table
from tests.reports.charts.test_history import life
from tests.reports.render.test_svg import ALL, chart

LIMITS = gates().limits
OUTSIDE = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < whole.left - 1 || box.right > whole.right + 1
      || box.top < whole.top - 1 || box.bottom > whole.bottom + 1;
  }).map(one => one.textContent);
})"""
COVERED = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const all = [...svg.querySelectorAll('text')].map(one => [one, one.getBoundingClientRect()]);
  return all.flatMap(([one, a], at) => all.slice(at + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2
  ).map(([other]) => `${one.textContent} / ${other.textContent}`));
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


def _odd() -> dict[str, Chart]:
    """Charts of values and calls that nobody expects."""
    days = ("2026-11-01T00:00:00Z", "2026-11-01T00:00:05Z", "2027-11-03T00:00:00Z")
    lives: dict[str, list[tuple[str | None, int | None]]] = {
        "one change": [(days[0], 15)],
        "huge": [(days[0], 10**9), (days[1], 10**9 - 1), (days[2], 2 * 10**9)],
        "nothing": [(days[0], 0)],
        "not committed": [(days[0], 999_999), (days[1], 1_000_000), (None, 12)],
    }
    needs = {"one call": [1100], "far off": [10**9, 10**6], "tiny": [1, 1, 2, 3], "none": []}
    found = {
        f"history, {name}": history_chart(life(*values, name=f"{'x' * 40}.low"))
        for name, values in lives.items()
    }
    for name, actual in needs.items():
        scores = [
            replay(predicted([sample(at, one) for at, one in enumerate(actual, 1)], table(margin)))
            for margin in (1250, 1000)
        ]
        found[f"predictions, {name}"] = predictions_chart(scores[0].predicted, LIMITS)
        found[f"waste, {name}"] = waste_chart([("today", scores[0].all.calls)], LIMITS)
        found[f"frontier, {name}"] = frontier_chart(scores[0], LIMITS)
        found[f"frontier, {name}, base"] = frontier_chart(scores[0], LIMITS, base=scores[1])
    return found


def _same(chart: Chart) -> Chart:
    return chart


def test_no_words_cover_others_whatever_is_drawn(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "odd.html"
    blocks = [ChartBlock(partial(_same, one), name) for name, one in _odd().items()]
    path.write_text(html(blocks), "utf-8")
    page.goto(path.as_uri())
    assert page.evaluate(COVERED) == []
    assert page.evaluate(OUTSIDE) == []
