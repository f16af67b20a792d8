"""Where each page of a site stands: names of files that no value of others may choose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from coefgate.registry.key import Key
from coefgate.reports.page import MOST_ROWS, Span, SpanMark

START: Final = "index.html"
VALUES: Final = "values.html"
CALLS: Final = "calls.html"
RELEASES: Final = "releases.html"
GATES: Final = "gates.html"
WHAT_IF: Final = "what-if.html"
SEARCH: Final = "search.html"
NAVIGATION: Final = {
    START: "Start",
    VALUES: "Values",
    CALLS: "Calls",
    RELEASES: "Releases",
    GATES: "Gates",
    WHAT_IF: "What if",
    SEARCH: "Search",
}
"""The pages that every page leads to."""
_LONGEST: Final = 80
_UNSAFE: Final = re.compile(r"[^a-z0-9._-]+")
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_MARKED: Final = re.compile(r".*-[0-9a-f]{16}")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
"""Names that Windows takes for no file, whatever follows them."""


def slug(name: str) -> str:
    """A file's name for ``name``: the same for the same name, and another for every other one.

    A name that is not plain, or that is like one of those that are made here, is told from all
    others by its hash.
    """
    odd = not _PLAIN.fullmatch(name) or len(name) > _LONGEST or name.endswith(".")
    if not (odd or _MARKED.fullmatch(name) or _DEVICES.fullmatch(name)):
        return name
    readable = _UNSAFE.sub("-", name.lower()).strip("-.")[:_LONGEST].strip("-.")
    digits = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"_{readable}-{digits}"


def value_page(key: Key) -> str:
    """The page of a value."""
    return f"values/{slug(key.name)}.html"


def rule_page(rule: str) -> str:
    """The page of a rule."""
    return f"gates/{slug(rule)}.html"


def calls_page(number: int) -> str:
    """The page with this number, from 1, of the list of calls."""
    return f"calls/{number}.html"


def call_places(ids: Iterable[str]) -> Mapping[str, str]:
    """Where in the list of calls each of these stands, by its id."""
    return {
        identity: f"{calls_page(at // MOST_ROWS + 1)}#{anchor(identity)}"
        for at, identity in enumerate(ids)
    }


def anchor(identity: str) -> str:
    """What a link to a call in a page ends with."""
    return f"call-{slug(identity)}"


@dataclass(frozen=True, slots=True)
class Way:
    """Links from a page to others; ``up``: from its folder to the top, ``../`` or nothing."""

    up: str = ""

    def link(self, text: str, to: str, mark: SpanMark = "code") -> Span:
        """``text``, from where a reader comes to the page ``to``."""
        return Span(text, mark, link=f"{self.up}{to}")


TOP: Final = Way()
BELOW: Final = Way("../")
"""Of a page in a folder of the site."""
