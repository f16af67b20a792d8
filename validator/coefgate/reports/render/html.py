"""A page as one HTML file that asks for nothing: it opens offline, in a mail, and on paper.

Values are escaped by the templates, and a strict Content-Security-Policy is stated inside. It
names the hashes of the styles and scripts of our own, so that nothing else could ever run. Source:
Content Security Policy Level 3, section "Does element match source list".
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coefgate.core.characters import visible
from coefgate.registry.wording import shortened
from coefgate.reports.chart import Chart
from coefgate.reports.page import (
    GAP,
    MOST_ROWS,
    Block,
    ChartBlock,
    LiveBlock,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Title,
    fitting,
    spans,
    title_of,
    unmarked,
)
from coefgate.reports.render import what_if
from coefgate.reports.render.palette import dark_style

ASSETS: Final = Path(__file__).parent / "assets"
_TEMPLATES: Final = Path(__file__).parent / "templates"
LONGEST_TEXT: Final = 2000
"""Characters that are shown of a value, or of a sentence that quotes values."""
_LONGEST_FIGURE: Final = 32
"""Characters of what stands to the right; anything longer is a sentence."""
_INTERVAL: Final = re.compile(r" (?=[\[(])")
"""Before the interval of a figure, where alone its line may end."""
SIGNS: Final[Mapping[str, str]] = {
    "pass": "✓",
    "alone": "✓",
    "unchanged": "✓",
    "no-worse": "≈",
    "no-calls": "○",
    "restore": "↩",
    "fail": "✕",
    "not-measurable": "?",
    "skipped": "○",
}
"""Beside a colour, for who does not see it; the words say the same."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the same site; ``to``: the way to it from the page that holds the link."""

    words: str
    to: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the blocks of a page.

    ``title``: of the document, and its heading where no block is a title. ``navigation``: the
    pages of a site. ``foot``: the last line. ``styles`` and ``scripts``: files among the assets.
    """

    title: str = ""
    navigation: Sequence[Link] = ()
    foot: str = ""
    styles: Sequence[str] = ("report.css",)
    scripts: Sequence[str] = ()


_PLAIN: Final = Frame()


def html(page: Page, frame: Frame = _PLAIN) -> str:
    """The page as a document of its own, without a line end at its end."""
    blocks = fitting(page, "wide", "whole")
    lead, title = _lead(blocks), title_of(blocks)
    rest = list(enumerate(blocks[lead:], start=lead + 1))
    live = any(isinstance(one, LiveBlock) for one in blocks)
    styles = (*frame.styles, *(what_if.STYLES if live else ()))
    scripts = (*frame.scripts, *(what_if.SCRIPTS if live else ()))
    style, script = ("".join(map(asset, names)) for names in (styles, scripts))
    if any(isinstance(one, ChartBlock) for one in blocks):
        style += dark_style(".chart")
    set_in = {
        "frame": frame,
        "title": frame.title or (title.words if title else "Coefgate"),
        "titled": any(isinstance(one, Title) for one in blocks),
        "lead": blocks[:lead],
        "parts": [(drawn, list(part)) for drawn, part in groupby(rest, _is_drawn)],
        "style": Markup(style),  # noqa: S704 (a file of ours)
        "script": Markup(script),  # noqa: S704
        "policy": policy(styles=[style], scripts=[script] if script else []),
    }
    return "".join(_templates().get_template("document.html").generate(set_in)).rstrip("\n")


def _lead(blocks: Sequence[Block]) -> int:
    """How many blocks are in the box of the title: it, and paragraphs up to the first gap."""
    if not blocks or not isinstance(blocks[0], Title):
        return 0
    gap = blocks.index(GAP) if GAP in blocks else 0
    return gap if gap and all(isinstance(one, Paragraph) for one in blocks[1:gap]) else 1


def _is_drawn(numbered: tuple[int, Block]) -> bool:
    """Charts one behind the other stand side by side where there is room."""
    return isinstance(numbered[1], ChartBlock)


def policy(*, styles: Sequence[str], scripts: Sequence[str]) -> str:
    """What a document may do: nothing but these styles and scripts, and pictures inside it."""
    allowed = {"style-src": styles, "script-src": scripts}
    return "; ".join(
        (
            "default-src 'none'",
            *(f"{name} {' '.join(map(_hash, texts))}" for name, texts in allowed.items() if texts),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def asset(name: str) -> str:
    """A style or a script of ours, as it stands in a document."""
    return (ASSETS / name).read_text("utf-8")


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "drawn": _drawn,
        "kind": lambda one: type(one).__name__,
        "pieces": spans,
        "seen": _seen,
        "lines": _lines,
        "live": what_if.live_part,
        "table": _table,
        "within": _within,
    }
    found.globals |= {"signs": SIGNS}
    return found


def _seen(text: str, longest: int | None = None) -> str:
    """One visible line of it."""
    most = longest or LONGEST_TEXT
    return shortened(visible(shortened(text, most)), most)


def _lines(text: str) -> Iterator[str]:
    return map(visible, text.split("\n"))


_WITHIN: Final = re.compile(r"[\w.#?%-][^:\\\s]*")


def _within(address: str) -> str:
    """The address of a page of the same site, which no value of others may choose."""
    if not _WITHIN.fullmatch(address):
        raise ValueError(f"{address!r} leads out of the site")
    return address


def _drawn(chart: Chart, at: int) -> Markup:
    from coefgate.reports.render.svg import svg  # noqa: PLC0415 (what draws takes long to import)

    return Markup(svg(chart, place=f"b{at}-"))  # noqa: S704 (it escapes texts itself)


class _SetCell(NamedTuple):
    """``line``: all that it says, where that is one line of plain text, as mostly.

    ``interval``: of a figure, what of the line may stand below it where a table is wide.
    """

    pieces: Sequence[str | Span]
    line: str | None
    interval: str
    row_head: bool
    figure: bool
    shade: int | None


@dataclass(frozen=True, slots=True)
class _SetTable:
    heads: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[_SetCell]]
    left_out: int


def _table(block: TableBlock) -> _SetTable:
    """What is set of a table; the first cell of a row is its heading, unless it is empty."""
    columns, rows, figures = block.shown()
    return _SetTable(
        [(name, at in figures) for at, name in enumerate(columns)],
        [
            [
                _cell(spans(words), first=at == 0, figure=at in figures)
                for at, words in enumerate(cells)
            ]
            for cells in rows[:MOST_ROWS]
        ],
        max(0, len(rows) - MOST_ROWS),
    )


def _cell(pieces: Sequence[str | Span], *, first: bool, figure: bool) -> _SetCell:
    shades = [one.shade for one in pieces if isinstance(one, Span) and one.shade is not None]
    said = unmarked(pieces)
    figure = figure and len(said) <= _LONGEST_FIGURE
    line = _line(pieces[0]) if len(pieces) == 1 else None
    line, *interval = _INTERVAL.split(line, maxsplit=1) if figure and line else (line,)
    shade, row_head = max(shades, default=None), first and bool(said)
    return _SetCell(pieces, line, "".join(map(str, interval)), row_head, figure, shade)


def _line(piece: str | Span) -> str | None:
    if isinstance(piece, str):
        return _seen(piece)
    plain = piece.mark == "plain" and not (piece.link or piece.anchor or "\n" in piece.text)
    return visible(piece.text) if plain else None
