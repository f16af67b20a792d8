"""The warning about a version that was withdrawn: once per process, with what to use instead."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from coefgate.releases.yanks import Yank

_warned: set[tuple[str, str]] = set()


class YankedVersionWarning(UserWarning):
    """The coefficients that serve were withdrawn by who released them."""


def yank_of(version: str, yanked: Iterable[Yank]) -> Yank | None:
    """What was said when ``version`` was withdrawn, ``None`` where it was not."""
    return next((yank for yank in yanked if yank.version == version), None)


def yank_text(url: str, yank: Yank) -> str:
    """What there is to say of a withdrawn version, and what to do."""
    fix = (
        f"Go to {yank.replacement} with: coefgate pin {url}@{yank.replacement}"
        if yank.replacement
        else "It names no replacement; see what there is with: coefgate update"
    )
    return f"{yank.version} of {url} was yanked on {yank.date}: {yank.reason}. {fix}"


def warn_of_yank(url: str, yank: Yank, *, stacklevel: int) -> None:
    """Warn, unless this process was warned of this version already."""
    key = (url, yank.version)
    if key not in _warned:
        _warned.add(key)
        warnings.warn(yank_text(url, yank), YankedVersionWarning, stacklevel=stacklevel + 1)
