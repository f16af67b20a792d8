"""A sign of life on a terminal when something takes longer than a second; silent everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Final, TextIO

from rich.console import Console

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
