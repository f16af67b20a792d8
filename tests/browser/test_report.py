"""A report in a real browser: nothing of others runs in it, and everybody can read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from coefgate.core.problems import Problem
from coefgate.gates.verdict import Finding
from coefgate.reports.page import Page as Blocks
from coefgate.reports.pages.problems import problems_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.html import html
from coefgate.samples.model import Retirement
from tests.browser.chromium import opened, violations
from tests.reports.verdicts import (
    CUT_OFF,
    DOCS_TOO_LOW,
    MARGINS,
    SAMPLES,
    call,
    change,
    registry_folder,
)

TAKEN = "document.title = 'taken'"
HOSTILE = (
    f"<script>{TAKEN}</script>",
    f'"><img src=x onerror="{TAKEN}">',
    f"</script></style></title></textarea></svg><script>{TAKEN}</script>",
    f"--><svg onload={TAKEN}>]]><iframe srcdoc='<script>{TAKEN}</script>'>",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% for x in y %} ${7*7}",
    "a\u202eb\u2066c\u200bd\x00e\x1b[31mf",
    "x" * 5000,
)
SCRIPTS = 2
"""The data of the live what-if, and what reads it."""
LOOKS = ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark"))


def _verdict(folder: Path, text: str) -> Blocks:
    """What fails, moves and is retired, with ``text`` wherever others write one."""
    calls = [
        call(70 + at, 3500 + 700 * at, category=text, phase_id=text, run_id=text, model=text)
        for at in range(4)
    ]
    report = change(
        folder,
        {**DOCS_TOO_LOW, MARGINS: ("factor: 1.125", "factor: 1.13")},
        samples=(*SAMPLES, CUT_OFF, *(replace(one, reference=text) for one in calls)),
        added=[call(60, 100, category="tests", phase_id=text)],
        retired=[Retirement(SAMPLES[0].id, text, text, 4)],
        files=[f"validator/{text}"],
        notes=[text],
    )
    swing = next(one for one in report.rules if one.rule == "swing")
    others = [one for one in report.rules if one is not swing]
    told = replace(
        swing, status="fail", said=text, remedy=text, findings=(Finding(text, text, 3),)
    )
    return verdict_page(replace(report, rules=(told, *others)))


def _problems(text: str) -> Blocks:
    return problems_page([Problem(text, 4, 1, text, "wrong", text, text, text)])


def _open(page: Page, folder: Path, blocks: Blocks) -> None:
    (folder / "report.html").write_text(html(blocks), "utf-8")
    page.goto((folder / "report.html").as_uri())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_others_write_is_text(page: Page, tmp_path: Path, text: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    _open(page, tmp_path, _verdict(registry_folder(tmp_path / "registry"), text))
    assert page.locator("script").count() == SCRIPTS
    assert "taken" not in page.title()
    shown = page.evaluate("document.body.textContent")
    assert text.encode("ascii", "ignore").decode().partition("\x00")[0][:40].strip() in shown
    assert (
        page.locator("iframe, object, embed, base, form[action], [onerror], [onload]").count() == 0
    )
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _open(page, tmp_path, _problems(text))
    assert "taken" not in page.title()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_verdict_is_clean_for_everybody(
    page: Page, tmp_path: Path, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    _open(page, tmp_path, _verdict(registry_folder(tmp_path / "registry"), "research"))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_the_verdict_comes_first_and_a_reader_may_skip_to_it(page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _verdict(registry_folder(tmp_path / "registry"), "research"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    first = page.locator("main").inner_text().splitlines()[0]
    assert first.endswith("FAIL")


def test_what_is_folded_is_open_on_paper(page: Page, tmp_path: Path) -> None:
    _open(page, tmp_path, _verdict(registry_folder(tmp_path / "registry"), "research"))
    folded = page.locator("main > details table").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not page.locator(".skip").is_visible()


def test_without_a_script_everything_is_there(browser: Browser, tmp_path: Path) -> None:
    verdict = _verdict(registry_folder(tmp_path / "registry"), "research")
    with opened(browser, java_script_enabled=False) as page:
        _open(page, tmp_path, verdict)
        assert page.locator("h1").inner_text().endswith("FAIL")
        assert page.locator("svg[role=img]").first.is_visible()
        what_if = page.locator("#what-if")
        expect(what_if).to_contain_text("These are today's values.")
        assert what_if.get_by_role("rowheader", name="docs.low", exact=True).is_visible()
        assert what_if.get_by_role("tab").count() == 0
