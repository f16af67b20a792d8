"""A warning about what is recorded, which no caller is stopped by."""

from __future__ import annotations

import warnings
from contextlib import suppress

_said: set[str] = set()


def warn_once(sentence: str) -> None:
    """Say it, once in a process; also where warnings are errors, nothing is raised."""
    if sentence not in _said:
        _said.add(sentence)
        with suppress(RuntimeWarning):
            warnings.warn(f"coefgate: {sentence}", RuntimeWarning, stacklevel=3)
