"""What a document in HTML is made of, as a parser of the standard library reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "hr", "wbr", "input", "img", "col", "source", "area", "base"}


class Document(HTMLParser):
    """Elements with their attributes, and what stands in them."""

    def __init__(self, written: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.strange: list[str] = []
        self.open: list[str] = []
        self._texts: dict[str, list[list[str]]] = {}
        self._text: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._texts.setdefault(tag, [])
        if tag not in _VOID:
            self.open.append(tag)
            self._texts[tag].append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.strange.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        for tag in set(self.open):
            self._texts[tag][-1].append(data)

    def handle_comment(self, data: str) -> None:
        self.strange.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.strange.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.strange.append(f"<![{data}]>")

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._text)

    @property
    def texts(self) -> Mapping[str, Sequence[str]]:
        """What stands in each element, by its name."""
        return {tag: list(map("".join, found)) for tag, found in self._texts.items()}

    def all_of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element."""
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        """What each such attribute says."""
        return [one[attribute] or "" for _, one in self.elements if attribute in one]
