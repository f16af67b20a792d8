"""The warning about a version that was withdrawn: once per process, with what to use instead."""

from __future__ import annotations

import warnings

from coefgate.releases.yanks import Yank
from coefgate.runtime.learning import yank_words

_warned: set[tuple[str, str]] = set()


class YankedVersionWarning(UserWarning):
    """The coefficients that serve were withdrawn by who released them."""


def warn_of_yank(url: str, yank: Yank, *, stacklevel: int) -> None:
    """Warn, unless this process was warned of this version already."""
    key = (url, yank.version)
    if key not in _warned:
        _warned.add(key)
        warnings.warn(f"{url}: {yank_words(yank)}", YankedVersionWarning, stacklevel=stacklevel + 1)
