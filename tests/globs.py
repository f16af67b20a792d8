"""Which drawn texts are path globs."""

from __future__ import annotations

from coefgate.core.paths import glob_regex


def is_glob(text: str) -> bool:
    """Does the dialect read it?"""
    try:
        glob_regex(text)
    except ValueError:
        return False
    return True
