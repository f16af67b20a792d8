"""The site of a registry in a real browser, opened from disk: links, search, screen readers."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coefgate.reports.site import site_files
from coefgate.use_cases.site.contents import site_contents
from coefgate.use_cases.site.folder import write_site
from tests.browser.chromium import violations
from tests.end_to_end.checkouts import committed_registry, git
from tests.frozen_registry import FIRST_IMPORT

DOCS = "coefficients/overhead/docs.yaml"
SCRIPT = "<script>document.title = 'taken'</script>"
KINDS = (
    *("index.html", "values.html", "values/docs.low.html", "calls.html", "calls/1.html"),
    *("releases.html", "gates.html", "gates/underestimation.html", "what-if.html", "search.html"),
    "gates/gates-loosened.html",  # two tables without a title
)
"""A page of each kind."""
_CALLS = 30
LOOKS = ((1280, "light"), (320, "dark"))


def _registry(root: Path) -> None:
    """One with a history, withdrawals and retirements, and with scripts wherever text may be."""
    committed_registry(root)
    text = (root / DOCS).read_text("utf-8")
    text = text.replace("tokens: 15490", "tokens: 15000", 1)
    (root / DOCS).write_text(
        re.sub(r"reference: [^\s},]+", f'reference: "{SCRIPT}"', text), "utf-8"
    )
    stored = (root / FIRST_IMPORT).read_text("utf-8").splitlines(keepends=True)
    alone = [line for line in stored if '"duplicate_of":null,"same_ceiling_as":null' in line]
    (root / FIRST_IMPORT).write_text("".join(alone[:_CALLS]), "utf-8")
    first = (root / FIRST_IMPORT).read_text("utf-8").partition('"id":"')[2][:32]
    (root / "samples/retired.yaml").write_text(
        f'retired:\n- {{id: "{first}", reason: "{SCRIPT} [x](javascript:alert(1))"}}\n', "utf-8"
    )
    (root / "coefficients/yanked.yaml").write_text(
        'yanked:\n- {version: 9.0.0, date: "2026-11-30", '
        f'reason: "{SCRIPT}", replacement: null}}\n',
        "utf-8",
    )
    git(root, "add", "-A")
    git(root, "commit", "-qm", SCRIPT)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("registry")
    _registry(root)
    folder = tmp_path_factory.mktemp("site")
    return write_site(folder, dict(site_files(site_contents(root)))).folder


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_clean(page: Page, site: Path, name: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() != "taken"
    hostile = "[...document.scripts].filter((one) => one.text.startsWith('document.title'))"
    assert page.evaluate(f"{hostile}.length") == 0
    assert violations(page) == []


def test_from_the_first_page_to_a_call_that_rests_on_a_value(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("navigation").get_by_role("link", name="Values").click()
    page.get_by_role("link", name="docs.low", exact=True).click()
    expect(page.locator("h1")).to_have_text("docs.low")
    assert "15,490" in page.inner_text("main")
    page.go_back()
    page.get_by_role("link", name="margin.default", exact=True).click()
    link = page.locator("section:has(h2:text('calls that use it')) tbody a").first
    expect(link).to_have_text(re.compile(r"\w{12}"))  # a page is there before its end is read
    identity = link.inner_text()
    link.click()
    expect(page).to_have_url(re.compile("/calls/1.html#"))
    expect(page.locator(":target")).to_have_text(identity)
    page.get_by_role("navigation").get_by_role("link", name="Start").click()
    expect(page).to_have_url(re.compile("/index.html$"))


def test_search_narrows_the_list_and_the_address_holds_the_words(page: Page, site: Path) -> None:
    page.goto((site / "search.html").as_uri())
    entries = page.locator("main section li")
    every = entries.count()
    page.get_by_label("Show entries with").fill("DOCS low")
    page.wait_for_url("**/search.html#q=DOCS%20low")
    shown = [one for one in entries.all() if one.is_visible()]
    assert 0 < len(shown) < every
    assert all("docs" in one.inner_text().lower() for one in shown)
    assert page.get_by_role("status").inner_text() == f"{len(shown):,} of {every:,}"
    assert violations(page) == []
    page.reload()
    assert page.get_by_label("Show entries with").input_value() == "DOCS low"
    assert page.get_by_role("status").inner_text() == f"{len(shown):,} of {every:,}"
    page.get_by_label("Show entries with").fill("")
    page.wait_for_url("**/search.html")
    assert entries.last.is_visible()


def test_search_for_what_is_not_there_says_so(page: Page, site: Path) -> None:
    page.goto(f"{(site / 'search.html').as_uri()}#q=no%20such%20thing")
    assert page.get_by_role("status").inner_text().startswith("0 of ")
    page.goto(f"{(site / 'search.html').as_uri()}#q=%E0%A4%A")
    expect(page.get_by_label("Show entries with")).to_have_value("")


def test_search_in_a_frame_without_an_address_of_its_own(page: Page, site: Path) -> None:
    text = escape((site / "search.html").read_text("utf-8"))
    page.set_content(f'<iframe sandbox="allow-scripts" srcdoc="{text}"></iframe>')
    frame = page.frame_locator("iframe")
    frame.get_by_label("Show entries with").fill("no such thing")
    expect(frame.get_by_role("status")).to_contain_text("0 of ")


def test_without_a_script_the_whole_list_is_there(page: Page, site: Path) -> None:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False, offline=True) as context:
        plain = context.new_page()
        plain.goto((site / "search.html").as_uri())
        assert plain.get_by_role("link", name="docs.low", exact=True).is_visible()
        assert plain.get_by_role("searchbox").count() == 0
        plain.get_by_role("link", name="swing", exact=True).click()
        expect(plain.locator("h1")).to_have_text("Gate: swing")


def test_a_page_can_be_walked_through_by_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "values.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
