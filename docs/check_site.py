"""Whether every link of a built site leads somewhere, and nothing is loaded from elsewhere.

``python docs/check_site.py build/docs``
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_LOADED = re.compile(rb"(?:url\(|@import\s)\s*[\"']?((?:https?:)?//[^\"')\s]+)")


@dataclass
class BuiltPage(HTMLParser):
    """What a page of HTML links to, what it loads, and what a link to it may name."""

    html: str
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in {"href", "src", "poster", "data"}:
                self.loaded.append(value or "")
            elif name in {"id", "name"}:
                self.anchors.add(value or "")


def problems(site: Path) -> Iterator[str]:
    """Each link that leads nowhere and each thing that is loaded from elsewhere, with its page."""
    files = {file.relative_to(site).as_posix(): file for file in site.rglob("*") if file.is_file()}
    pages = {
        name: BuiltPage(file.read_text("utf-8"))
        for name, file in files.items()
        if name.endswith(".html")
    }
    if "index.html" not in pages:
        yield f"{site}: has no index.html"
    for name, page in pages.items():
        for link in page.links:
            if why := _dead(name, link, files, pages):
                yield f"{name}: {link}: {why}"
        for link in page.loaded:
            if _elsewhere(link):
                yield f"{name}: {link}: is loaded from elsewhere"
            elif why := _dead(name, link, files, {}):
                yield f"{name}: {link}: {why}"
    for name, file in files.items():
        if name.endswith((".css", ".js", ".html")):
            for found in _LOADED.findall(file.read_bytes()):
                yield f"{name}: {found.decode()}: is loaded from elsewhere"


def _elsewhere(link: str) -> bool:
    return bool(urlsplit(link).netloc)


def _dead(name: str, link: str, files: dict[str, Path], pages: dict[str, BuiltPage]) -> str | None:
    parts = urlsplit(urljoin(f"https://site/{name}", link))
    if _elsewhere(link) or urlsplit(link).scheme:
        return None
    path = unquote(parts.path).removeprefix("/")
    if path not in files:
        return "is no file here"
    page = pages.get(path)
    anchor = unquote(parts.fragment)
    return "has no such anchor" if page and anchor and anchor not in page.anchors else None


if __name__ == "__main__":
    found = [*problems(Path(sys.argv[1]))]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
