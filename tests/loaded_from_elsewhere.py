"""``python -m tests.loaded_from_elsewhere DIR``: what a site loads from elsewhere, if anything.

The sites of ``coefgate page`` and of ``make docs-site`` are complete without a network, and nobody
else hears who reads them. Links that a reader may follow are no part of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.html_document import Document

_LOADS = {"src", "srcset", "imagesrcset", "poster", "data", "background", "action", "formaction"}
_LINKS = {"href", "xlink:href"}
_FOLLOWED = {"a", "area"}
_MARKUP = {".html", ".svg"}
_ELSEWHERE = r"(?:[a-z][a-z0-9+.-]*:)?//"
_ADDRESS = re.compile(rf"(?:^|[\s,]){_ELSEWHERE}", re.IGNORECASE)
_STYLE = re.compile(rf"(?:url\(|@import)\s*[\"']?\s*{_ELSEWHERE}[^)\"';\s]*", re.IGNORECASE)


def loaded_from_elsewhere(site: Path) -> list[str]:
    """Each address that a page, a picture or a stylesheet of this folder loads from outside it."""
    return [
        f"{path.relative_to(site).as_posix()}: {found}"
        for path in sorted(site.rglob("*"))
        if path.suffix in {*_MARKUP, ".css"}
        for found in _addresses(path.read_text("utf-8"), is_markup=path.suffix in _MARKUP)
    ]


def _addresses(text: str, *, is_markup: bool) -> Iterator[str]:
    if not is_markup:
        yield from _STYLE.findall(text)
        return
    document = Document(text)
    for style in document.texts.get("style", ()):
        yield from _STYLE.findall(style)
    for tag, attributes in document.elements:
        for name, value in attributes.items():
            if value and _is_loaded(tag, name) and not value.lstrip().startswith("data:"):
                yield from [f'{tag} {name}="{value}"'] if _ADDRESS.search(value) else []
            yield from _STYLE.findall(value or "")


def _is_loaded(tag: str, attribute: str) -> bool:
    return attribute in _LOADS or (attribute in _LINKS and tag not in _FOLLOWED)


def main(site: str) -> int:
    """Print what a site loads from elsewhere."""
    found = loaded_from_elsewhere(Path(site))
    sys.stdout.writelines(f"{site}/{one} is loaded from elsewhere\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
