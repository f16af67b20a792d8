"""Reports of recorded calls and of a fit in a real browser: clean, and readable in any mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from coefgate.reports.page import Page as Blocks
from coefgate.reports.pages.monitor import monitor_page
from coefgate.reports.pages.telemetry_report import telemetry_report_page
from coefgate.reports.pages.tune import tune_page
from coefgate.reports.render.html import html
from tests.browser.chromium import opened, violations
from tests.browser.test_charts import COVERED, OUTSIDE
from tests.browser.test_report import HOSTILE, LOOKS
from tests.reports.hostile import with_text
from tests.reports.records import Recorded, recorded

AXE: Final = LOOKS[0], LOOKS[3]
CHARTS: Final = {"fine": 1, "alert": 2, "weeks": 4, "fit": 4}
"""How many each report has, of a fit those with two panels as one."""
CUT_OFF = """() => [...document.querySelectorAll('th, td, p, li, h1, h2')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && (box.right > document.documentElement.clientWidth + 1 || box.left < -1);
}).map(one => one.textContent.slice(0, 40))"""
OVERLAPPING = """() => {
  const all = [...document.querySelectorAll('h1, h2, p, table, svg, li')]
    .filter(one => !one.closest('svg, table') || ['svg', 'TABLE'].includes(one.tagName))
    .map(one => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  return all.flatMap(([one, a], at) => all.slice(at + 1).filter(([other, b]) =>
    !one.contains(other)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
  ).map(([other]) => `${one.textContent.slice(0, 30)} / ${other.textContent.slice(0, 30)}`));
}"""

UNSEEN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let one; (one = walk.nextNode());) {
    const element = one.parentElement;
    if (!one.data.trim() || element.closest('svg, #what-if')) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      found.push(one.data.trim().slice(0, 40));
  }
  return found;
}"""
REPORTS: Final[Mapping[str, Callable[[Recorded], Blocks]]] = {
    "fine": lambda made: monitor_page(made.fine()),
    "alert": lambda made: monitor_page(made.alert()),
    "weeks": lambda made: telemetry_report_page(made.weeks()),
    "fit": lambda made: tune_page(made.fit(), ""),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(tmp_path_factory.mktemp("recorded"))


@pytest.fixture(scope="module")
def written(made: Recorded) -> Mapping[str, str]:
    """Each report as a file."""
    return {name: html(of(made)) for name, of in REPORTS.items()}


def _open(page: Page, folder: Path, document: str) -> None:
    (folder / "report.html").write_text(document, "utf-8")
    page.goto((folder / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def _without(document: str, *tags: str) -> str:
    """As a mail program leaves it that takes these elements away, and what styles by name."""
    for tag in tags:
        document = re.sub(rf"<{tag}\b.*?</{tag}>", "", document, flags=re.DOTALL)
    return re.sub(r' class="[^"]*"', "", document) if "style" in tags else document


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_clean_for_everybody(
    page: Page, written: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        _open(page, tmp_path, written[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(COVERED) == []
        assert page.evaluate(OUTSIDE) == []
        if (width, scheme) in AXE:
            assert violations(page) == []
    assert page.locator("svg[role=img]").count() == CHARTS[name]


@pytest.mark.parametrize("name", REPORTS)
def test_paper_holds_every_column(
    page: Page, written: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    # A4 without its margins; browsers lay paper out a third wider, and make it smaller.
    page.set_viewport_size({"width": 917, "height": 1000})
    _open(page, tmp_path, written[name])
    # Now, since a new document is on the screen again where a second client watches the browser.
    page.emulate_media(media="print")
    assert page.evaluate("matchMedia('print').matches")
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", REPORTS)
def test_a_mail_without_styles_and_scripts_is_read_in_order(
    page: Page, written: Mapping[str, str], tmp_path: Path, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _open(page, tmp_path, written[name])
    usual = page.locator("main > :not(#what-if)").all_text_contents()
    _open(page, tmp_path, _without(written[name], "style", "script"))
    assert page.evaluate(UNSEEN) == []
    assert page.evaluate(OVERLAPPING) == []
    assert page.locator("h1").evaluate("one => one === document.querySelector('h1, h2, table')")
    assert page.locator("main > :not(#what-if)").all_text_contents() == usual


@pytest.mark.parametrize("name", REPORTS)
def test_a_mail_without_drawings_says_what_they_show(
    page: Page, written: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    _open(page, tmp_path, written[name])
    said = page.locator("svg[role=img] > desc").all_text_contents()
    assert len(said) == CHARTS[name]
    _open(page, tmp_path, _without(written[name], "style", "script", "svg"))
    shown = page.locator("main").inner_text()
    assert [one for one in said if one not in shown] == []


@pytest.mark.parametrize("name", REPORTS)
def test_without_a_script_nothing_is_hidden(
    browser: Browser, written: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    with opened(browser, java_script_enabled=False) as page:
        (tmp_path / "report.html").write_text(written[name], "utf-8")
        page.goto((tmp_path / "report.html").as_uri())
        assert page.locator("svg[role=img]").count() == CHARTS[name]
        for table in page.locator("main > details").all():
            table.locator("summary").click()
            assert table.locator("table").is_visible()
        buttons = page.locator("button, input, select, textarea")
        assert not any(one.is_visible() for one in buttons.all())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_others_write_is_text(
    page: Page, made: Recorded, tmp_path: Path, text: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    for found in (with_text(made.alert(), text), with_text(made.fine(), text)):
        _open(page, tmp_path, html(monitor_page(found)))
        assert "taken" not in page.title()
        assert page.locator("script, img, iframe, object, [onerror], [onload]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _open(page, tmp_path, html(telemetry_report_page(with_text(made.weeks(), text))))
    assert "taken" not in page.title()
    assert page.locator("script, img, iframe, object, [onerror], [onload]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
