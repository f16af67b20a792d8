"""A table on a terminal of any width: no label and no figure is ever left out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

LONGEST_WORD: Final = 24
"""Columns of a terminal that a word of a label may claim; a longer one is broken."""
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings. Figures stand to the right and are never broken; labels are, by words.

    Where even that does not fit, each row is a paragraph: its first cell, and below it a line for
    each of the others, each with its heading.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Text]]
    figures: Container[int]

    def __rich_console__(
        self, _console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._paragraphs()
        else:
            yield self._table(widths)

    def _widths(self, room: int) -> Sequence[int] | None:
        """The width of each column, ``None`` where they do not fit beside each other."""
        columns = list(
            zip(*([Text(heading) for heading in self.headings], *self.rows), strict=True)
        )
        whole = [max(cell.cell_len for cell in column) for column in columns]
        least = [
            width if index in self.figures else min(max(map(_longest_word, column)), LONGEST_WORD)
            for index, (column, width) in enumerate(zip(columns, whole, strict=True))
        ]
        spare = room - sum(least) - _GAP * (len(least) - 1)
        if spare < 0:
            return None
        widths = []
        for smallest, width in zip(least, whole, strict=True):
            given = min(spare, width - smallest)
            spare -= given
            widths.append(smallest + given)
        return widths

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
                    yield Padding(line, (0, 0, 0, _GAP), expand=False)


def _longest_word(text: Text) -> int:
    return max(map(cell_len, text.plain.split()), default=0)
