"""A sign of life on a terminal when something takes longer than a second; silent elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Final, Protocol, TextIO, TypeVar

from rich.console import Console


class Named(Protocol):
    """A result that says what it is of."""

    @property
    def kind(self) -> str:
        """What was tried."""


T = TypeVar("T", bound=Named)
PATIENCE: Final = 1.0
"""Seconds before anything is shown."""


@contextmanager
def progress(what: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Show ``what`` with a spinner on standard error while the block runs."""
    errors: TextIO | None = sys.stderr
    if errors is None or not errors.isatty():
        yield
        return
    status = Console(stderr=True).status(what)
    timer = Timer(patience, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def counted(rows: Iterable[T], of: int) -> Iterator[T]:
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
