"""What the browser of the tests lets pass, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from coefgate.reports.render.html import policy
from tests.browser.chromium import opened, violations

STYLE = "p { color: #222 }"
SCRIPT = "document.querySelector('p').textContent += ' ran'"


POLICY = policy(styles=[STYLE], scripts=[SCRIPT])
PAGE = f"""<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>A page</title><style>{STYLE}</style>
<main><h1>A page</h1><p>Text</p></main><script>{SCRIPT}</script></html>
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    return path


def test_a_page_with_a_strict_policy_opens(page: Page, document: Path) -> None:
    page.goto(document.as_uri())
    assert page.inner_text("p") == "Text ran"
    assert violations(page) == []


def test_what_a_screen_reader_would_miss_is_found(page: Page) -> None:
    page.set_content(
        '<html lang="en"><title>A page</title><main><h1>A page</h1><img src="data:,">'
    )
    assert [one.partition(":")[0] for one in violations(page)] == ["image-alt"]


@pytest.mark.parametrize(
    "instead",
    [
        "<p style='color: red'>",
        "<script>1</script><p>",
        "<p><img src='https://example.org/a.png' alt='A picture'>",
    ],
)
def test_what_the_policy_forbids_fails_the_test(
    browser: Browser, document: Path, instead: str
) -> None:
    document.write_text(PAGE.replace("<p>", instead), "utf-8")
    refused = pytest.raises(AssertionError, match="Content Security Policy")
    with refused, opened(browser) as page:
        page.goto(document.as_uri())


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (
            "fetch('https://example.org/a').catch(() => 0)",
            "asked the network: https://example.org/a",
        ),
        ("setTimeout(() => { throw new Error('lost') })", "raised: lost"),
        ("console.error('said')", "console: said"),
    ],
)
def test_what_no_page_may_do_fails_the_test(browser: Browser, script: str, found: str) -> None:
    with pytest.raises(AssertionError, match=found), opened(browser) as page:
        page.evaluate(f"async () => {{ {script}; await new Promise(setTimeout) }}")
