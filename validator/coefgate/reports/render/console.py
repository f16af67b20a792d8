"""Where reports are printed, how much of one is seen at once, and signs of life meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console, RenderableType
from rich.text import Text

from coefgate.core.counting import listening
from coefgate.reports.page import Page, title_of
from coefgate.reports.render.text import text, title_line
from coefgate.runner.exit_code import emit, silence_output, tell

if TYPE_CHECKING:
    from coefgate.drill.run import Row

UNLIMITED: Final = 10_000
"""Columns of a report that is not printed on a terminal, unless ``COLUMNS`` says how many."""
_NARROWEST: Final = 20
PATIENCE: Final = 1.0
"""Seconds before a terminal shows that something is being done."""
SCREEN: Final = 24
"""Lines that a reader sees at once of what is not printed on a terminal."""


def show(report: str | Page) -> None:
    """Write the result to standard output: a text as it is, a page laid out for a reader.

    A page that is longer than the screen ends with its title; the prompt takes a line of it.
    """
    if isinstance(report, str):
        emit(report)
        return
    blocks = list(report)
    title = title_of(blocks)
    _print(text(blocks), last=[title_line(title)] if title else [])


def _print(parts: Iterable[RenderableType], *, last: Iterable[RenderableType] = ()) -> None:
    """In colour only on a terminal, and not where ``NO_COLOR`` is set."""
    terminal = _on_terminal()
    console = Console(
        file=sys.stdout if terminal else StringIO(),
        width=None if terminal else _piped_width(),
        height=None if terminal else SCREEN,
        markup=False,
        highlight=False,
        emoji=False,
    )
    printed = _captured(console, parts)
    if printed.count("\n") >= console.height:
        printed += _captured(console, last)
    emit(
        printed.removesuffix("\n")
        if terminal
        else "\n".join(line.rstrip() for line in printed.splitlines())
    )


def _piped_width() -> int:
    said = os.environ.get("COLUMNS", "")
    wanted = int(said) if said.isdecimal() and len(said) < len(str(UNLIMITED)) else 0
    return max(wanted, _NARROWEST) if wanted else UNLIMITED


def _captured(console: Console, parts: Iterable[RenderableType]) -> str:
    with console.capture() as captured:
        for part in parts:
            # rich takes the pieces of a text for a new one, which knows nothing of its wrapping.
            unbroken = isinstance(part, Text) and bool(part.no_wrap)
            console.print(part, crop=False, soft_wrap=unbroken)
    return captured.get()


def print_page(markdown: str) -> None:
    """Print Markdown of our own: set for a terminal, as it is where another program reads it."""
    if _on_terminal():
        from rich.markdown import Markdown  # noqa: PLC0415 (its parsers take long to import)

        _print([Markdown(markdown, hyperlinks=False)])
    else:
        emit(markdown)


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def emit_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are. A reader that has left is no error."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        except BrokenPipeError:
            silence_output()


def warn(text: str) -> None:
    """Write a line that is not part of the result to standard error."""
    tell(f"coefgate: {text}")


class Pace:
    """How many of some things are done, of how many, and how many in a second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._what, self._done = clock, "", 0
        self._begun = self._seen = clock()

    def counted(self, what: str, more: int, of: int | None) -> str:
        """In words: ``12,800 of 100,000 lines, 51,200 in a second``."""
        now = self._clock()
        if what != self._what:  # which began when the things before had ended
            self._what, self._done, self._begun = what, 0, self._seen
        self._seen = now
        self._done += more
        whole = "" if of is None else f" of {of:,}"
        passed = now - self._begun
        rate = f", {self._done / passed:,.0f} in a second" if passed > 0 else ""
        return f"{self._done:,}{whole} {what}{rate}"


@contextmanager
def progress(what: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Show ``what`` with a spinner on standard error while the block runs.

    Of what the block counts (``core.counting``) it shows how far it is, and how fast.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    status = Console(stderr=True).status(what)
    timer = Timer(patience, status.start)
    timer.daemon = True
    timer.start()
    pace = Pace(monotonic)
    try:
        with listening(lambda *told: status.update(f"{what} {pace.counted(*told)}")):
            yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def counted(rows: Iterable[Row], of: int) -> Iterator[Row]:
    """The same rows of a drill; on a terminal each is counted on standard error when it comes."""
    errors = sys.stderr
    if errors is None or not errors.isatty():
        yield from rows
        return
    try:
        for number, row in enumerate(rows, start=1):
            errors.write(f"\r\x1b[K{number} of {of}: {row.kind}")
            errors.flush()
            yield row
    finally:
        errors.write("\r\x1b[K")
        errors.flush()
