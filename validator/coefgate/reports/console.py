"""Where text reports are printed, and how tables look. Markup in values is never interpreted."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Sequence
from io import StringIO
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

PIPED_WIDTH: Final = 132
"""Columns of a report that is not printed on a terminal."""


def print_report(parts: Iterable[RenderableType]) -> None:
    """Print to standard output; in colour only on a terminal, and not where ``NO_COLOR`` is set."""
    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout if terminal else StringIO(),
        width=None if terminal else PIPED_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )
    for part in parts:
        console.print(part)
    if isinstance(console.file, StringIO):
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines()))


def table(
    *columns: str,
    rows: Iterable[Sequence[str | Text]],
    title: str | None = None,
    figures: Container[int] = (),
) -> Table:
    """A plain table; the columns whose indices are in ``figures`` are set to the right."""
    result = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold"
    )
    for index, column in enumerate(columns):
        if index in figures:
            result.add_column(column, justify="right", no_wrap=True)
        else:
            result.add_column(column, overflow="fold")
    for row in rows:
        result.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return result


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 call``, ``1,200 calls``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(digest_or_id: str) -> str:
    """The first 12 characters of a digest or an id, which is enough to find it."""
    return digest_or_id.removeprefix("sha256:")[:12]
