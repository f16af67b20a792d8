"""Where reports are printed, how much of one is seen at once, and signs of life meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Timer
from time import monotonic
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from coefgate.core.counting import listening
from coefgate.reports.brief import cut
from coefgate.reports.page import Page, every_block, title_of, unmarked
from coefgate.reports.render.text import text, title_line
from coefgate.runner.exit_code import emit, silence_output, tell

UNLIMITED: Final = 10_000
"""Columns of a report that is not printed on a terminal, unless ``COLUMNS`` says how many."""
_NARROWEST: Final = 20
PATIENCE: Final = 1.0
"""Seconds before a terminal shows that something is being done."""
_SPINNER: Final = 3
"""Columns of it, of the space behind it, and one at the end, where a terminal may break a line."""
SCREEN: Final = 24
"""Lines that a reader sees at once of what is not printed on a terminal."""


def show(report: str | Page) -> None:
    """Write the result to standard output: a text as it is, a page laid out for a reader.

    A page that is longer than the screen ends with its title; the prompt takes a line of it.
    """
    if isinstance(report, str):
        emit(report)
        return
    blocks = list(every_block(report))
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
        """In words: ``12,800 of 100,000 lines, 51,200/s``; of slow ones ``…, 2.4 s each``."""
        now = self._clock()
        again = of is not None and self._done + more > of
        if again or what != self._what:  # which began when the things before had ended
            self._what, self._done, self._begun = what, 0, self._seen
        self._seen = now
        self._done += more
        whole = "" if of is None else f" of {of:,}"
        return f"{self._done:,}{whole} {what}{self._rate(now - self._begun)}"

    def _rate(self, seconds: float) -> str:
        if seconds <= 0:
            return ""
        if self._done < seconds:
            return f", {seconds / self._done:,.1f} s each"
        return f", {self._done / seconds:,.0f}/s"


@contextmanager
def progress(what: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Show ``what`` with a spinner on standard error while the block runs.

    Of what the block counts (``core.counting``) it shows how far it is, and how fast. A block that
    captures what is printed has no ``patience``: it gets nothing of a spinner that is there.
    """
    if not _shows_progress():
        yield
        return
    console = Console(file=sys.stderr)
    status = console.status(_on_one_line(what, width=console.width))
    timer = Timer(patience, status.start)
    timer.daemon = True
    timer.start()
    if not patience:
        timer.join()
    pace = Pace(monotonic)

    def listener(counted: str, more: int, of: int | None) -> None:
        told = pace.counted(counted, more, of)
        status.update(_on_one_line(what, told, width=console.width))

    try:
        with listening(listener):
            yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def _shows_progress() -> bool:
    """Is somebody there to see it, on a terminal that can take a line back?"""
    errors = sys.stderr
    can_erase = os.environ.get("TERM", "").lower() not in {"dumb", "unknown"}
    return errors is not None and errors.isatty() and can_erase


def _on_one_line(*parts: str, width: int) -> str:
    """The parts beside a spinner; only the last one where there is no room for all."""
    room = max(1, width - _SPINNER)
    whole = " ".join(parts)
    return whole if len(whole) <= room else unmarked(cut(parts[-1], room - len(" …")))
