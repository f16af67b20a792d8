"""Where text reports are printed, and how tables look. Markup in values is never interpreted."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

PIPED_WIDTH: Final = 132
"""Columns of a report that is not printed on a terminal."""


def print_report(parts: Iterable[RenderableType]) -> None:
    """Print to standard output; in colour only on a terminal, and not where ``NO_COLOR`` is set."""
    console = Console(
        file=sys.stdout,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
        width=None if sys.stdout.isatty() else PIPED_WIDTH,
    )
    for part in parts:
        console.print(part)


def table(
    *columns: str, rows: Iterable[Sequence[str | Text]], title: str | None = None, left: int = 1
) -> Table:
    """A plain table: the first ``left`` columns are texts, the others figures, set to the right."""
    result = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold"
    )
    for index, column in enumerate(columns):
        if index < left:
            result.add_column(column, overflow="fold")
        else:
            result.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        result.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return result


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 call``, ``1,200 calls``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(digest_or_id: str) -> str:
    """The first 12 characters of a digest or an id, which is enough to find it."""
    return digest_or_id.removeprefix("sha256:")[:12]
