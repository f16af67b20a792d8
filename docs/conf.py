"""How the site of these pages is built: ``make docs-site``. GitHub shows them as well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

project = "Coefgate"
html_title = "Coefgate"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
highlight_language = "text"
nitpicky = True
myst_heading_anchors = 4

LISTS: Final = {
    "index": re.compile(r"^(?:- | {2})(?:.*?)\[[^\]]+\]\((?P<page>[\w./-]+)\.md\)", re.MULTILINE),
    "decisions/README": re.compile(r"^\| \[\d+\]\((?P<page>[\w-]+)\.md\)", re.MULTILINE),
}
"""Pages that list others, and how a line of a list begins. The site has no second list of them."""


def add_toctrees(_app: Sphinx, name: str, source: list[str]) -> None:
    """Give each section of a page that lists others a table of contents, which GitHub lacks."""
    if entry := LISTS.get(name):
        sections = re.split(r"(?m)^(?=## )", source[0])
        source[0] = "\n".join(section + _toctree(section, entry) for section in sections)


def _toctree(section: str, entry: re.Pattern[str]) -> str:
    pages = [found["page"] for found in entry.finditer(section)]
    if not pages:
        return ""
    title = re.match(r"## (.*)", section)
    caption = [f":caption: {title[1]}"] if title else []
    return "\n".join(["", "```{toctree}", ":hidden:", *caption, "", *pages, "```", ""])


class FilesOfTheRepository(SphinxTransform):
    """A link to a file outside ``docs/`` becomes its path: the repository has no address yet.

    A file in ``docs/`` that is no page stays a download; Sphinx reports what does not exist.
    """

    default_priority = 400

    def apply(self, **_: Any) -> None:
        """Replace what the parser took for downloads, and for pages that the site lacks."""
        for kind in (addnodes.download_reference, addnodes.pending_xref):
            for link in [*self.document.findall(kind)]:
                if link.get("reftype") == "myst" and (path := self._outside(link)):
                    link.replace_self(_with_path(link, path))

    def _outside(self, link: nodes.Element) -> str | None:
        docs = Path(self.env.srcdir)
        target = str(link["reftarget"]).partition("#")[0]
        of_a_page = link.get("refdomain") == "doc"
        folder = docs if of_a_page else Path(self.env.doc2path(link["refdoc"])).parent
        file = (folder / (f"{target}.md" if of_a_page else target)).resolve()
        outside = file.is_relative_to(docs.parent) and not file.is_relative_to(docs)
        return file.relative_to(docs.parent).as_posix() if outside and file.exists() else None


def _with_path(link: nodes.Element, path: str) -> list[nodes.Node]:
    """What a link says, and the path where it does not say it already."""
    if path in link.astext():
        return [*link.children]
    return [*link.children, nodes.Text(" ("), nodes.literal(path, path), nodes.Text(")")]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_toctrees)
    app.add_transform(FilesOfTheRepository)
    for name in ("csv", "jsonl", "mermaid"):  # Pygments knows no such language
        app.add_lexer(name, TextLexer)
