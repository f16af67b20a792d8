"""A page as text for a terminal of any width; markup in values is never interpreted."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coefgate.core.characters import visible
from coefgate.reports.page import (
    GAP,
    Block,
    Emphasis,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Title,
    Words,
    fitting,
    spans,
)

_STYLES: Final[Mapping[str, str]] = {
    "pass": "bold green",
    "alone": "bold",
    "unchanged": "bold green",
    "no-worse": "bold yellow",
    "no-calls": "bold yellow",
    "restore": "bold yellow",
    "fail": "bold red",
    "not-measurable": "bold yellow",
    "skipped": "yellow",
}
_EMPHASIS: Final[Mapping[Emphasis, str]] = {"none": "", "strong": "bold", "warning": "bold yellow"}
_ID: Final = 12


def text(page: Page) -> Iterator[RenderableType]:
    """What a terminal prints, part by part; an empty line is around tables and sections."""
    printed = gap = False
    for block in fitting(page, "narrow"):
        section = isinstance(block, Items) and block.section and not block.label
        apart = block is GAP or isinstance(block, TableBlock) or section
        gap = gap or apart
        for part in _shown(block):
            if gap and printed:
                yield Text("")
            yield part
            printed, gap = True, False
        gap = gap or apart


def title_line(block: Title) -> Text:
    """The first line; green only where something was compared."""
    rests_on = f", on {block.rests_on}" if block.rests_on else ""
    return Text.assemble((visible(block.words), _STYLES[block.sign]), rests_on)


def _shown(block: Block) -> Iterator[RenderableType]:
    match block:
        case Title():
            yield title_line(block)
        case Paragraph():
            label = f"{block.label}: " if block.label else ""
            yield Text.assemble(label, said(block.words), style=_EMPHASIS[block.emphasis])
        case Items():
            yield from _items(block)
        case TableBlock():
            # A title of the table's own would be broken at the width of a narrow table.
            yield from (said(above, "bold") for above in (block.title, block.about) if above)
            columns, rows, figures = block.shown()
            yield Grid(columns, [list(map(said, cells)) for cells in rows], figures)
            if block.further:
                yield said(block.further)


def _items(block: Items) -> Iterator[RenderableType]:
    if block.section and block.rows and not block.label:
        yield Text(block.title, style="bold")
    label = f"{block.label}: " if block.label else ""
    for one in block.rows[: block.shown]:
        line = Text.assemble(label, *_item(one), style=_EMPHASIS[block.emphasis])
        line.no_wrap, line.overflow = block.unbroken, "ignore" if block.unbroken else None
        yield line
        yield from (Padding(said(below), (0, 0, 0, 4), expand=False) for below in one.nested)
    if block.further:
        yield said(block.further)


def _item(one: Item) -> Iterator[str | Text]:
    where = visible("({}:{})".format(*one.place)) if one.place else ""
    yield said(one.words)
    if one.after:
        yield f" {where}: " if where else ": "
        yield said(one.after)
    elif where:
        yield f"  {where}"


def said(words: Words, style: str = "") -> Text:
    """The pieces on one line, with nothing hidden in them."""
    return Text.assemble(*map(_piece, spans(words)), style=style)


def _piece(one: str | Span) -> str | tuple[str, str]:
    if isinstance(one, str):
        return visible(one)
    if one.mark in _STYLES:
        return one.text, _STYLES[one.mark]
    if one.mark == "plain":
        return one.text
    return visible(one.text[:_ID] if one.mark == "id" else one.text)


# --- A table at any width: no label and no figure is ever left out

LONGEST_WORD: Final = 24
"""Columns of a terminal that a word of a label may claim; a longer one is broken."""
_BETWEEN: Final = 2
_MOST_LINES: Final = 6
"""Lines of a cell beside which the others of its row can still be read."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings. Figures stand to the right and are never broken; labels are, by words.

    Where even that does not fit, each row is a paragraph, with a line for each further cell.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Text]]
    figures: Container[int]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        columns = zip(map(Text, self.headings), *self.rows, strict=True)
        sizes = [
            [cell.__rich_measure__(console, options) for cell in column] for column in columns
        ]
        shared = self._widths(sizes, options.max_width)
        if not shared:
            yield from self._paragraphs()
        elif len(shared) == 1:
            yield self._table(shared[0])
        else:
            yield self._table(min(shared, key=partial(self._lines, console)))

    def _widths(
        self, sizes: Sequence[Sequence[Measurement]], room: int
    ) -> Sequence[Sequence[int]]:
        """The widths of the columns where the last one is broken first, where another one is.

        Nothing where rows are not to be read beside each other.
        """
        whole = [max(cell.maximum for cell in column) for column in sizes]
        words = [min(max(cell.minimum for cell in column), LONGEST_WORD) for column in sizes]
        both = enumerate(zip(whole, words, strict=True))
        least = [width if index in self.figures else word for index, (width, word) in both]
        spare = room - sum(least) - _BETWEEN * (len(least) - 1)
        if spare < 0:
            return []
        shared = dict.fromkeys(
            _shared(spare, least, whole, last) for last in reversed(range(len(least)))
        )
        return [
            widths
            for widths in shared
            if all(size <= width * _MOST_LINES for size, width in zip(whole, widths, strict=True))
        ]

    def _lines(self, console: Console, widths: Sequence[int]) -> int:
        return sum(
            max(
                len(cell.wrap(console, width))
                for cell, width in zip(row, widths, strict=True)
                if width
            )
            for row in self.rows
        )

    def _table(self, widths: Sequence[int]) -> Table:
        result = Table(box=None, pad_edge=False, header_style="bold")
        for index, (heading, width) in enumerate(zip(self.headings, widths, strict=True)):
            if index in self.figures:
                result.add_column(heading, justify="right", no_wrap=True, width=width)
            else:
                result.add_column(heading, overflow="fold", width=width)
        for row in self.rows:
            result.add_row(*row)
        return result

    def _paragraphs(self) -> Iterator[RenderableType]:
        title, *headings = self.headings
        margin = max(map(len, headings), default=0)
        for first, *others in self.rows:
            yield Text.assemble((f"{title} ", "bold"), first)
            for heading, cell in zip(headings, others, strict=True):
                if cell.plain:
                    line = Text.assemble(f"{heading:{margin}}  ", cell)
                    yield Padding(line, (0, 0, 0, _BETWEEN), expand=False)


def _shared(spare: int, least: Sequence[int], whole: Sequence[int], last: int) -> tuple[int, ...]:
    """The least widths, and what is spare given to all up to their whole ones, to one last."""
    widths = list(least)
    for index in (*(one for one in range(len(least)) if one != last), last):
        given = min(spare, whole[index] - widths[index])
        widths[index] += given
        spare -= given
    return tuple(widths)
