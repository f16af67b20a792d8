"""A page as Markdown for a pull request: what a reader need not see first is folded away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Final, TypeAlias

from coefgate.core.characters import visible
from coefgate.reports.page import (
    Block,
    Item,
    Items,
    Page,
    Paragraph,
    Place,
    Span,
    TableBlock,
    Title,
    Words,
    fitting,
    spans,
    title_of,
)
from coefgate.reports.render.console import SCREEN
from coefgate.reports.render.markdown_quoting import LONGEST_VALUE, code, prose, row, table_head

LONGEST: Final = 60_000
"""UTF-16 units; a comment on GitHub takes 65,536."""
SIGNS: Final[Mapping[str, str]] = {
    "pass": "✅",
    "alone": "☑️",
    "unchanged": "✅",
    "no-worse": "🟡",
    "no-calls": "⚪",
    "restore": "↩️",
    "fail": "❌",
    "not-measurable": "⚠️",
    "skipped": "⚪",
}
_TITLE: Final = 100
_ESSENTIAL: Final = 99
LineAddress: TypeAlias = Callable[[Place], str]


def markdown(page: Page, link: LineAddress | None = None) -> str:
    """The page; whatever the registry or the samples say stands in it as text, never as markup.

    Where a screen does not hold it all, the title is its last line. ``link``: gives the address
    of a place, where there is one.
    """
    blocks = fitting(page, "wide")
    parts = [part for block in blocks if (part := _part(block, link))]
    title = title_of(blocks)
    if title and sum(part.height for part in parts) >= SCREEN:
        parts.append(PagePart(_TITLE, f"**{_title(title)}**"))
    return joined(parts, LONGEST)


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page: what always stands there, and rows that may be left out from the end.

    ``weight``: parts with less lose their rows first. ``fold``: what a reader clicks on to see it.
    ``further``: what the page itself leaves out of the rows.
    """

    weight: int
    head: str
    rows: tuple[str, ...] = ()
    fold: str = ""
    further: str = ""
    left_out: int = 0

    @property
    def height(self) -> int:
        """The lines that a reader sees before anything is clicked on, with the empty one below."""
        return 2 if self.fold else str(self).count("\n") + 2

    def __str__(self) -> str:
        lines = [self.head, *self.rows] if self.head else list(self.rows)
        text = "\n".join(lines)
        if self.further:
            text += f"\n\n{prose(self.further)}"
        if self.left_out:
            text += f"\n\n*… and {self.left_out:,} more, left out of this page.*"
        if not self.fold:
            return text
        summary = escape(visible(self.fold), quote=False)
        return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def _part(block: Block, link: LineAddress | None) -> PagePart | None:
    match block:
        case Title():
            return PagePart(_TITLE, f"## {_title(block)}")
        case Paragraph():
            return PagePart(_ESSENTIAL, _paragraph(block, link))
        case Items():
            return _items(block, link)
        case TableBlock():
            return _table(block, link)
    return None


def _title(block: Title) -> str:
    rests_on = f", on {block.rests_on}" if block.rests_on else ""
    return f"{SIGNS[block.sign]} {prose(block.words)}{rests_on}"


def _paragraph(block: Paragraph, link: LineAddress | None) -> str:
    words = said(block.words, link)
    if block.label or block.emphasis == "warning":
        return f"**{(block.label or 'note').capitalize()}:** {words}"
    return f"**{words}**" if block.emphasis == "strong" else words


def _items(block: Items, link: LineAddress | None) -> PagePart | None:
    if not block.rows:
        return None
    heading = "### {}\n" if block.section else "**{}**\n"
    head = heading.format(prose(block.title)) if block.title and not block.fold else ""
    label = f"{block.label.capitalize()}: " if block.label and not block.title else ""
    rows = tuple(line for one in block.rows for line in _item(one, label, link))
    fold = block.title if block.fold else ""
    return PagePart(block.weight, head, rows, fold, block.further)


def _item(one: Item, label: str, link: LineAddress | None) -> Iterator[str]:
    where = f"{_linked(code('{}:{}'.format(*one.place)), one.place, link)} " if one.place else ""
    after = f": {said(one.after, link)}" if one.after else ""
    yield f"- {where}{label}{said(one.words, link)}{after}"
    yield from (f"  - {said(words, link)}" for words in (*one.nested, one.further) if words)


def _table(block: TableBlock, link: LineAddress | None) -> PagePart:
    columns, rows, figures = block.shown()
    title = f"### {prose(block.title)}" if block.title and not block.fold else ""
    about = prose(block.about) if block.about else ""
    head = "\n\n".join(filter(None, (title, about, table_head(*columns, figures=figures))))
    lines = tuple(row(*(said(cell, link) for cell in cells)) for cells in rows)
    fold = block.title if block.fold else ""
    return PagePart(block.weight, head, lines, fold, block.further)


def said(words: Words, link: LineAddress | None = None) -> str:
    """The pieces as Markdown; no two code spans touch."""
    text = ""
    for piece in (_piece(one, link) for one in spans(words)):
        touching = text.endswith("`") and piece.startswith("`")
        text += f" {piece}" if touching else piece
    return text.strip(" ")


def _piece(one: str | Span, link: LineAddress | None) -> str:
    if isinstance(one, str):
        inner = one.strip(" ")
        return one.replace(inner, prose(inner), 1) if inner else one
    match one.mark:
        case "code" | "id":
            shown = code(one.text, one.longest or LONGEST_VALUE)
            if one.place is None:
                return shown
            told = "" if link else f"<br>{code('{}:{}'.format(*one.place))}"
            return _linked(shown, one.place, link) + told
        case "plain":  # a step stays on one line
            return one.text.replace("\n", "<br>").replace("  ", " ").replace(" → ", _STEP)
        case "strong":
            return f"**{one.text}**"
        case "said":
            return prose(one.text)
    return f"{SIGNS[one.mark]} {one.text}"


_STEP: Final = "\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}"


def _linked(shown: str, place: Place, link: LineAddress | None) -> str:
    """``shown`` as a link to its line, where that has an address."""
    return shown if link is None else f"[{shown}]({link(place)})"


def joined(parts: Iterable[PagePart], longest: int) -> str:
    """The parts, one below the other, with as many rows as fit in ``longest`` UTF-16 units."""
    kept = list(parts)
    for index in sorted(range(len(kept)), key=lambda at: kept[at].weight):
        over = _units(_whole(kept)) - longest
        if over <= 0:
            break
        kept[index] = _shorter(kept[index], over)
    return _whole(kept)


def _whole(parts: Iterable[PagePart]) -> str:
    return "\n\n".join(str(part) for part in parts)


def _shorter(part: PagePart, over: int) -> PagePart:
    """Without as many rows as it takes to save ``over`` units, and what saying so needs."""
    saved, keep = -_SAYING_SO, len(part.rows)
    while keep and saved < over:
        keep -= 1
        saved += _units(part.rows[keep]) + 1
    return replace(part, rows=part.rows[:keep], left_out=part.left_out + len(part.rows) - keep)


_SAYING_SO: Final = 60


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
