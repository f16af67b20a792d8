"""Every link in the repository leads somewhere, on Markdown pages and where code names a page.

No network: of an address elsewhere only the form is looked at.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from tests.repository_files import files, text_of

# What pages and help texts take as an example of a file is no link.
EXAMPLES = {"docs/guide.md", "docs/README.md", "docs/a.md", "docs/coefficients.md"}

_HEADING = re.compile("h[1-6]")
_MENTION = re.compile(
    r"(?<![\w/.:-])((?:docs|schemas|benchmarks|examples|validator|\.github|tests/end_to_end)/[\w./-]+\.(?:md|py|json|mjs|sh|yml))"
    r"(#[\w-]+)?\b(?!\.)"
)
_LINES = re.compile(r"L(\d+)(?:C\d+)?(?:-L(\d+)(?:C\d+)?)?")


@dataclass
class Page(HTMLParser):
    """A Markdown page as GitHub shows it: where its links lead, and what a link to it may name."""

    markdown: str
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._heading: str | None = None
        self._in_code = False
        self._seen: Counter[str] = Counter()
        self.feed(
            cmarkgfm.github_flavored_markdown_to_html(self.markdown, Options.CMARK_OPT_UNSAFE)
        )
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _HEADING.fullmatch(tag):
            self._heading = ""
        self._in_code |= tag == "code"
        for name, value in attrs:
            if name in {"href", "src"}:
                self.links.append(value or "")
            elif name in {"id", "name"}:
                self.anchors.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_code &= tag != "code"
        if _HEADING.fullmatch(tag) and self._heading is not None:
            slug = re.sub(r"[^\w\- ]", "", self._heading.strip().lower()).replace(" ", "-")
            self.anchors.add(f"{slug}-{self._seen[slug]}" if self._seen[slug] else slug)
            self._seen[slug] += 1
            self._heading = None

    def handle_data(self, data: str) -> None:
        if self._heading is not None:
            self._heading += data
        if not self._in_code:
            self.text += data


def dead_links(name: str, markdown: str, read: Callable[[str], str | None]) -> Iterator[str]:
    """What on the page ``name`` leads nowhere, and why. ``read``: a file's text, or ``None``."""
    page = Page(markdown)
    for label in re.findall(r"\[[^\]\n]+\]\[[^\]\n]*\]", page.text):
        yield f"{label}: is defined nowhere"
    for link in page.links:
        if why := _dead(name, link, page, read):
            yield f"{link}: {why}"


def _dead(name: str, link: str, page: Page, read: Callable[[str], str | None]) -> str | None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        whole = parts.scheme == "https" and re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc)
        return None if whole else "is no https address"
    if not parts.path:
        return None if unquote(parts.fragment) in page.anchors else "has no such heading"
    path = os.path.normpath(Path(name).parent / unquote(parts.path))
    if (text := read(path)) is None:
        return "is no file here"
    return _no_place(path, unquote(parts.fragment), text)


def _no_place(path: str, fragment: str, text: str) -> str | None:
    """What is wrong with the part of a link after ``#``."""
    if not fragment or (path.endswith(".md") and fragment in Page(text).anchors):
        return None
    lines = _LINES.fullmatch(fragment)
    if lines is None:
        return "has no such heading"
    first, last = int(lines[1]), int(lines[2] or lines[1])
    return None if 1 <= first <= last <= len(text.splitlines()) else "has no such lines"


def dead_mentions(text: str, read: Callable[[str], str | None]) -> Iterator[str]:
    """Pages and files that a text names and that there are not, or not with this heading."""
    for path, anchor in _MENTION.findall(text):
        if path in EXAMPLES:
            continue
        found = read(path)
        why = "is no file here" if found is None else _no_place(path, anchor[1:], found)
        if why:
            yield f"{path}{anchor}: {why}"


def _read(name: str) -> str | None:
    """The text of a file of the repository; of a folder none."""
    if name in files():
        return text_of(name)
    return "" if any(file.startswith(f"{name}/") for file in files()) else None


def test_every_link_on_every_page_leads_somewhere() -> None:
    pages = [name for name in files() if name.endswith(".md")]
    assert len(pages) > 20
    dead = [f"{name}: {link}" for name in pages for link in dead_links(name, text_of(name), _read)]
    assert dead == []


def test_every_page_that_a_text_names_is_there() -> None:
    """In pages, docstrings, messages, helps, schemas, comments, a coefficient's ``reference``."""
    made_up = ("tests/", "schemas/fixtures/", "samples/autopack/")
    named = [name for name in files() if not name.startswith(made_up)]
    dead = [f"{name}: {dead}" for name in named for dead in dead_mentions(text_of(name), _read)]
    assert dead == []


WORLD = {
    "docs/a.md": (
        "# One `two`\n## It's *three* & [four](b.py)\n## Again\n## Again\n<a id=here></a>\n"
    ),
    "docs/b.py": "1\n2\n3\n",
}


@pytest.mark.parametrize(
    "link",
    [
        *("[x](a.md)", "[x](b.py#L1-L3)", "[x](../docs/)", "[x][y]\n\n[y]: b.py#L2", "![x](b.py)"),
        *(
            "[x](#here)",
            "[x](a.md#one-two)",
            "[x](#its-three--four)",
            "[x](#again-1)",
            "[x](a.md#again)",
        ),
        *("<https://example.org/a#b>", "`[x](none.md)`", "    [x](none.md)", "`a[i][j]`"),
    ],
)
def test_a_link_that_leads_somewhere(link: str) -> None:
    read = lambda name: "" if name == "docs" else WORLD.get(name)  # noqa: E731
    assert list(dead_links("docs/a.md", f"{WORLD['docs/a.md']}\n{link}\n", read)) == []


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("[x](none.md)", "none.md: is no file here"),
        ("[x](/docs/a.md)", "/docs/a.md: is no file here"),
        ("![x](none.png)", "none.png: is no file here"),
        ("<img src='none.png'>", "none.png: is no file here"),
        ("[x](#again-2)", "#again-2: has no such heading"),
        ("[x](a.md#One-two)", "a.md#One-two: has no such heading"),
        ("[x](b.py#again)", "b.py#again: has no such heading"),
        ("[x](b.py#L2-L4)", "b.py#L2-L4: has no such lines"),
        ("[x](b.py#L0)", "b.py#L0: has no such lines"),
        ("[x][y]", "[x][y]: is defined nowhere"),
        ("[x](http://example.org)", "http://example.org: is no https address"),
        ("[x](https://example)", "https://example: is no https address"),
    ],
)
def test_a_link_that_leads_nowhere(link: str, why: str) -> None:
    assert list(dead_links("docs/a.md", f"{WORLD['docs/a.md']}\n{link}\n", WORLD.get)) == [why]


def test_a_name_that_leads_nowhere() -> None:
    text = (
        "see docs/b.md#one, `docs/b.md`, docs/b.py. "
        "Not docs/c.md, docs/b.md#again; create:docs/new.md"
    )
    world = {"docs/b.md": "# One\n", "docs/b.py": ""}
    assert list(dead_mentions(text, world.get)) == [
        "docs/c.md: is no file here",
        "docs/b.md#again: has no such heading",
    ]
