"""What a source offers now: its versions, its newest release, what is withdrawn, and what was moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from coefgate.problems import EnvironmentProblem, InvalidDocument
from coefgate.releases.index import Index, Published
from coefgate.releases.version import Version
from coefgate.releases.yanks import Yank, standing
from coefgate.runtime.cache import Cache
from coefgate.runtime.channel import LATEST, wanted
from coefgate.runtime.origin import Offered, Origin

MOVED: Final = (
    "Releases never move, so nothing was taken. Ask who made it, and pin another one with: "
    "coefgate pin URL@VERSION"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a source said. ``newest``: its newest release, ``None`` where it has none, or for ``trouble``.

    ``trouble``: why the newest release could not be read, so that nothing is known to be withdrawn.
    """

    versions: Collection[Version]
    newest: Offered | None
    yanked: tuple[Yank, ...]
    trouble: str | None = None

    @property
    def advised(self) -> Version | None:
        """The newest version that is not withdrawn."""
        return wanted(LATEST, self.versions, self.yanked, None)


def learned(origin: Origin) -> Learned:
    """Ask a source. Its newest release knows every yank, so that one is read."""
    versions = origin.versions()
    if not versions:
        return Learned((), None, ())
    try:
        newest = origin.release(max(versions))
    except InvalidDocument as error:
        return Learned(versions, None, (), f"the newest release cannot be read: {error}")
    return Learned(versions, newest, newest.yanked)


def gone_words(version: Version | None, found: Learned) -> tuple[str, ...]:
    """The warning about a pin that its source does not list, if it lists any."""
    if version is None or not found.versions or version in found.versions:
        return ()
    words = (
        f"the source lists no version {version}: the lock was edited, or somebody took the release away. "
        f"Ask who did; leave it with: coefgate update --to {found.advised or 'VERSION'}"
    )
    return (words,)


def check_unmoved(offered: Offered | None, known: Index | None) -> None:
    """Raise ``InvalidDocument`` where this version was something else when it was last seen."""
    if offered is None or offered.version is None:
        return
    before = None if known is None else known.versions.get(offered.version)
    if before is None or (before.digest, before.commit) == (offered.snapshot.digest, offered.commit):
        return
    raise InvalidDocument(
        f"version {offered.version} was moved at its source: it was {before.digest} of the commit "
        f"{before.commit}, and now is {offered.snapshot.digest} of {offered.commit}. {MOVED}"
    )


def kept(cache: Cache, url: str, offers: Iterable[Offered | None], yanked: Iterable[Yank]) -> tuple[str, ...]:
    """Keep what was offered; a cache that cannot be written is told in the answer, and does no other harm."""
    seen = [one for one in offers if one is not None]
    published = [
        Published(one.version, one.commit, one.snapshot.digest)
        for one in seen
        if one.version is not None and one.commit is not None
    ]
    try:
        for one in seen:
            cache.keep(one.snapshot)
        if published:
            cache.remember(url, Index({one.version: one for one in published}, tuple(yanked)))
    except EnvironmentProblem as error:
        return (f"what was found is used but not kept: {error}",)
    return ()


def yanks_of(offered: Offered, known: Index | None) -> tuple[Yank, ...]:
    """What is known to be withdrawn where the newest release was not read: an older one knows less."""
    older = {} if known is None else {yank.version: yank for yank in known.yanked}
    return tuple((older | {yank.version: yank for yank in offered.yanked}).values())


def yank_of(version: Version | None, yanked: Iterable[Yank]) -> Yank | None:
    """Why a version was withdrawn and what to use today, ``None`` where it was not."""
    known = tuple(yanked)
    found = next((yank for yank in known if yank.version == str(version)), None)
    return None if found is None else standing(found, known)


def yank_words(yank: Yank) -> str:
    """The warning about a pin that was withdrawn."""
    remedy = (
        f"Use {yank.replacement} instead: coefgate update --to {yank.replacement}"
        if yank.replacement
        else "Leave it with: coefgate update"
    )
    return f"version {yank.version} was withdrawn on {yank.date}: {yank.reason}. {remedy}"
