"""Two independent readers of Markdown, and what each finds on a page.

``github``: cmark-gfm, which is GitHub's own parser. ``markdown_it``: with every extension of
GitHub. What GitHub does afterwards (mentions, issues, commits, emoji, mathematics) happens in text
outside of code only, so tests look at that text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

OURS = {
    *("h2", "h3", "p", "ul", "li", "strong", "em", "code", "details", "summary", "br"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""Elements that a page may be made of."""

LINKED_AFTERWARDS = re.compile(
    r"@|#\d|\bGH-\d|://|www\.|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:|\$|<|>|!\[|\]\(|\bmailto:|\u202e|\u200b",
    re.IGNORECASE,
)


@dataclass
class Page(HTMLParser):
    """What a page shows: its elements, its text outside of code, its code spans, its tables."""

    html: str
    elements: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    text: str = ""
    spans: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    folds: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._in_code = self._in_cell = False
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "code":
            self._in_code = True
            self.spans.append("")
        elif tag == "details":
            self.folds += 1
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._in_code = False
        elif tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.spans[-1] += data
        else:
            self.text += data
        if self._in_cell:
            self.tables[-1][-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.elements.add(f"comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.elements.add(f"declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        self.elements.add(f"declaration: {data}")

    def handle_pi(self, data: str) -> None:
        self.elements.add(f"instruction: {data}")


def github(markdown: str) -> Page:
    """The page as GitHub's parser reads it, before anything is filtered out of it."""
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


_MARKDOWN_IT = MarkdownIt("gfm-like", {"html": True, "linkify": True})


def markdown_it(markdown: str) -> Page:
    """The page as another parser reads it."""
    return Page(_MARKDOWN_IT.render(markdown))


READERS: dict[str, Callable[[str], Page]] = {"github": github, "markdown-it": markdown_it}


def markup_in(page: Page) -> list[str]:
    """What stands on a page that is not ours, or that GitHub would make something of."""
    foreign = sorted(page.elements - OURS) + sorted(page.attributes - {"align", "style"})
    return [*foreign, *(found.group() for found in LINKED_AFTERWARDS.finditer(page.text))]
