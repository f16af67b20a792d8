"""Where text reports are printed, and how tables look. Markup in values is never interpreted."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Sequence
from io import StringIO
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from coefgate.reports.grid import Grid, filled
from coefgate.runner.exit_code import silence_output

PIPED_WIDTH: Final = 132
"""Columns of a report that is not printed on a terminal."""
SCREEN: Final = 24
"""Lines that a reader sees at once of what is not printed on a terminal."""


def print_report(parts: Iterable[RenderableType], *, last: RenderableType | None = None) -> None:
    """Print to standard output; in colour only on a terminal, and not where ``NO_COLOR`` is set.

    ``last``: what a report ends with that is longer than the screen; the prompt takes a line of
    it.
    """
    terminal = _on_terminal()
    console = Console(
        file=sys.stdout if terminal else StringIO(),
        width=None if terminal else PIPED_WIDTH,
        height=None if terminal else SCREEN,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = captured.get()
    if last is not None and text.count("\n") >= console.height:
        with console.capture() as captured:
            console.print(last)
        text += captured.get()
    emit(
        text.removesuffix("\n")
        if terminal
        else "\n".join(line.rstrip() for line in text.splitlines())
    )


def show(report: str | Iterable[RenderableType], *, last: RenderableType | None = None) -> None:
    """Write the result to standard output: a text as it is, parts laid out for a reader."""
    if isinstance(report, str):
        emit(report)
    else:
        print_report(report, last=last)


def print_page(markdown: str) -> None:
    """Print Markdown of our own: set for a terminal, and as it is where another program reads it."""
    if _on_terminal():
        from rich.markdown import Markdown  # noqa: PLC0415 (its parsers take long to import)

        print_report([Markdown(markdown, hyperlinks=False)])
    else:
        emit(markdown)


def _on_terminal() -> bool:
    return _output() is not None and sys.stdout.isatty()


def emit(text: str) -> None:
    """Write the result to standard output.

    A reader that has left (``| head``) is no error, and changes no exit code.
    """
    output = _output()
    if output is None:
        return
    try:
        output.write(f"{text}\n")
        output.flush()
    except BrokenPipeError:
        silence_output()


def emit_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are. A reader that has left is no error."""
    output = _output()
    if output is None:
        return
    try:
        output.flush()
        output.buffer.write(data)
        output.flush()
    except BrokenPipeError:
        silence_output()


def warn(text: str) -> None:
    """Write a line that is not part of the result to standard error."""
    if sys.stderr is not None:
        sys.stderr.write(f"coefgate: {text}\n")


def _output() -> TextIO | None:
    """Standard output, ``None`` where the program was started without one."""
    return sys.stdout


def table(
    *columns: str,
    rows: Iterable[Sequence[str | Text]],
    title: str | None = None,
    figures: Container[int] = (),
) -> RenderableType:
    """A plain table; the columns whose indices are in ``figures`` are set to the right.

    A column that is empty in every row is left out. Where the table does not fit, its rows stand
    below one another.
    """
    cells = tuple(
        tuple(cell if isinstance(cell, Text) else Text(cell) for cell in row) for row in rows
    )
    shown = filled(columns, cells)
    result = Grid(
        [columns[at] for at in shown],
        [[row[at] for at in shown] for row in cells],
        frozenset(index for index, at in enumerate(shown) if at in figures),
    )
    # A title of the table's own would be broken at the width of a narrow table.
    return result if title is None else Group(Text(title, style="bold"), result)


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 call``, ``1,200 calls``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(digest_or_id: str) -> str:
    """The first 12 characters of a digest or an id, which is enough to find it."""
    return digest_or_id.removeprefix("sha256:")[:12]
