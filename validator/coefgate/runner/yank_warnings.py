"""The warning about a version that was withdrawn: once per process, with what to use instead."""

from __future__ import annotations

import warnings

from coefgate.core.yanks import Yank

_warned: set[tuple[str, str]] = set()


class YankedVersionWarning(UserWarning):
    """The coefficients that serve were withdrawn by who released them."""


def yank_words(yank: Yank) -> str:
    """The warning about a pin that was withdrawn."""
    remedy = (
        f"Use {yank.replacement} instead: coefgate update --to {yank.replacement}"
        if yank.replacement
        else "Leave it with: coefgate update"
    )
    return f"version {yank.version} was withdrawn on {yank.date}: {yank.reason}. {remedy}"


def warn_of_yank(url: str, version: str, words: str, *, stacklevel: int) -> None:
    """Warn that ``version`` of a source was withdrawn, unless this process was warned of it already."""
    key = (url, version)
    if key not in _warned:
        _warned.add(key)
        warnings.warn(f"{url}: {words}", YankedVersionWarning, stacklevel=stacklevel + 1)
