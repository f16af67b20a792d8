"""Channels: which of a source's versions a runner wants to be on."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, yank_of

LATEST: Final = "latest"
PINNED: Final = "pinned"
_LINE: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8}))?", re.ASCII)


def check_channel(text: str) -> str:
    """``text`` if it is ``latest``, a line like ``1.4`` or ``pinned``. Raises ``UsageProblem``."""
    if text not in (LATEST, PINNED) and not _LINE.fullmatch(text):
        channels = "latest, a line of versions such as 1 or 1.4, or pinned"
        example = "coefgate update --channel 1.4"
        raise UsageProblem(f"{text!r} is not a channel. It is {channels}; for example: {example}")
    return text


def wanted(
    channel: str, versions: Collection[Version], yanked: Collection[Yank], current: Version | None
) -> Version | None:
    """The version to go to from ``current``, ``None`` to stay; ``pinned`` always stays.

    Never below ``current``, unless that is withdrawn. Then it is the newest version of the
    channel; where that is no newer one, the replacement that the yank names comes first, even one
    outside of the channel when nothing else is left.
    """
    if channel == PINNED:
        return None
    offered = set(versions) - by_version(yanked).keys()
    newest = max((version for version in offered if _belongs(version, channel)), default=None)
    if current is None or (newest is not None and newest > current):
        return newest
    yank = yank_of(current, yanked)
    if yank is None:
        return None
    named = Version.parsed(yank.replacement or "")
    if named in offered and (newest is None or _belongs(named, channel)):
        return named
    return newest


def _belongs(version: Version, channel: str) -> bool:
    return channel == LATEST or f"{version}.".startswith(f"{channel}.")
