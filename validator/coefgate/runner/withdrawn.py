"""What is withdrawn, by all that a source ever said: a yank is taken back by a newer word only."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coefgate.core.release_index import Index
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, standing


def yanks_after(
    known: Index | None, newest: Version | None, said: Iterable[Yank]
) -> tuple[Yank, ...]:
    """What is withdrawn after the release ``newest`` of a source said ``said``, beside what was known of it.

    A release at least as new as every one known replaces what was known. An older one knows less:
    a source that lost its newest release, or an old copy of it, takes no yank back. Then both are
    put together.
    """
    said = tuple(said)
    if known is None or (newest is not None and newest >= max(known.versions, default=newest)):
        return said
    before = {yank.version: yank for yank in known.yanked}
    return tuple(({yank.version: yank for yank in (*known.yanked, *said)} | before).values())


def lost_release(newest: Version | None, listed: Collection[Version]) -> Version | None:
    """The newest release known, where a source lists nothing as new any more."""
    return None if newest is None or not listed or max(listed) >= newest else newest


def yank_of(version: Version | None, yanked: Iterable[Yank]) -> Yank | None:
    """Why a version was withdrawn and what to use today, ``None`` where it was not."""
    known = tuple(yanked)
    found = next((yank for yank in known if yank.version == str(version)), None)
    return None if found is None else standing(found, known)
