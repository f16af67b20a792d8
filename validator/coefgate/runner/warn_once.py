"""A warning about what is recorded, which no caller is stopped by."""

from __future__ import annotations

import warnings
from contextlib import suppress

_said: set[str] = set()


def warn_once(sentence: str, *, about: str | None = None) -> None:
    """Say it, once in a process; also where warnings are errors, nothing is raised.

    ``about``: what was said once it was said, in whatever words; the sentence unless given.
    """
    known = about or sentence
    if known not in _said:
        _said.add(known)
        with suppress(Exception):
            warnings.warn(f"coefgate: {sentence}", RuntimeWarning, stacklevel=3)
