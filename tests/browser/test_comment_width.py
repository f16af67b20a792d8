"""The comment of a pull request: nothing is wider than the 880 pixels that GitHub gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from playwright.sync_api import Page

from coefgate.publishing.file_links import file_links
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.markdown import markdown
from tests.reports.verdicts import (
    CUT_OFF,
    DOCS_TOO_LOW,
    MARGINS,
    SAMPLES,
    TESTS_ANSWERED,
    call,
    change,
    registry_folder,
)

_WIDTH: Final = 880
_LOOK: Final = """
body { margin: 0; width: 880px; font: 14px/1.5 "Noto Sans", Helvetica, Arial, sans-serif;
       overflow-wrap: break-word; }
table { display: block; width: max-content; max-width: 100%; overflow: auto;
        border-spacing: 0; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
th { font-weight: 600; }
code { padding: .2em .4em; font-size: 85%; white-space: break-spaces;
       font-family: "Liberation Mono", monospace; }
"""
"""What github-markdown-css says of tables and code, at the size of a comment."""


def too_wide(page: Page, text: str) -> list[str]:
    """The tables and lines of this Markdown that a reader has to scroll sideways."""
    html = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    page.set_content(f"<!doctype html><style>{_LOOK}</style><body>{html}</body>")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found: list[str] = page.evaluate(
        """width => [...document.querySelectorAll('table, p, li, h2, h3')]
             .filter(one => one.scrollWidth > one.clientWidth + 1 || one.offsetWidth > width)
             .map(one => one.scrollWidth + ': ' + one.innerText.slice(0, 300))""",
        _WIDTH,
    )
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return registry_folder(tmp_path_factory.mktemp("registry"))


def test_a_comment_needs_no_scrolling_sideways(page: Page, folder: Path) -> None:
    edits = {**DOCS_TOO_LOW, **TESTS_ANSWERED, MARGINS: ("factor: 1.125", "factor: 1.13")}
    long_name = "build132-phase4-documentation-of-the-whole-interface"
    report = change(
        folder,
        edits,
        samples=(
            *SAMPLES,
            CUT_OFF,
            *(call(n, 1_234_567, phase_id=f"{long_name}-{n}") for n in range(50, 70)),
        ),
        added=[call(80, 100, category="tests"), call(81, 987_654, phase_id=long_name)],
        known=[one.id for one in SAMPLES],
        notes=["the proposal is 3 commits behind main"],
    )
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "owner/registry"}
    for link in (None, file_links(github, "b" * 40)):
        text = markdown(verdict_page(report), link)
        assert "<details>" in text
        assert too_wide(page, text) == []


def test_what_is_too_wide_is_seen(page: Page) -> None:
    text = "| a |\n| --- |\n| `{}` |".format("x" * 200)
    assert [int(found.split(":")[0]) > _WIDTH for found in too_wide(page, text)] == [True]
