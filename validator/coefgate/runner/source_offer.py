"""What a source offers now, held against what was known of it: new, withdrawn, moved, or gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import EnvironmentProblem, InvalidDocument
from coefgate.core.release import Release
from coefgate.core.release_index import Index
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.runner.address import Address, address_of
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, wanted
from coefgate.runner.lock_file import Lock
from coefgate.runner.origin import Origin
from coefgate.runner.snapshot_address import index_url, named_version
from coefgate.runner.withdrawn import lost_release, yanks_after

MOVED: Final = (
    "Releases never move, so nothing was taken. Ask who made it, and pin another one with: "
    "coefgate pin URL@VERSION"
)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a source said. ``newest``: its newest release, ``None`` where it has none, or for ``trouble``.

    ``yanked``: what is known to be withdrawn after it spoke. ``trouble``: why its newest release
    could not be read. ``lost``: the newest release that was known, where it lists nothing as new
    any more.
    """

    versions: Collection[Version]
    newest: Release | None
    yanked: tuple[Yank, ...]
    trouble: str | None = None
    lost: Version | None = None

    @property
    def advised(self) -> Version | None:
        """The newest version that is not withdrawn."""
        return wanted(LATEST, self.versions, self.yanked, None)


def learned(origin: Origin, known: Index | None, *, at_hand: Release | None = None) -> Learned:
    """Ask a source. Its newest release knows every yank, so that one is read, unless it is ``at_hand``."""
    versions = origin.versions()
    if not versions:
        return Learned((), None, yanks_said([], known))
    lost = lost_release(max(known.versions, default=None) if known else None, versions)
    newest = max(versions)
    try:
        found = (
            at_hand
            if at_hand is not None and at_hand.version == newest
            else origin.release(newest)
        )
    except InvalidDocument as error:
        trouble = f"the newest release cannot be read: {error}"
        return Learned(versions, None, yanks_said([], known), trouble, lost)
    return Learned(versions, found, yanks_said([found], known), None, lost)


def yanks_said(offers: Iterable[Release | None], known: Index | None) -> tuple[Yank, ...]:
    """What is known to be withdrawn after these releases were read: the newest of them speaks."""
    seen = [
        (one.version, one.yanked) for one in offers if one is not None and one.version is not None
    ]
    newest, said = max(seen, key=lambda one: one[0], default=(None, ()))
    return yanks_after(known, newest, said)


def gone_words(lock: Lock, found: Learned) -> tuple[str, ...]:
    """The warning about a release that its source lists no longer."""
    one_file = address_of(lock.url).kind != "git" and named_version(lock.url) is None
    if lock.version is None or one_file:
        return ()
    if not found.versions:
        return (
            (
                f"{nothing_listed(lock.url)}, so nobody says what is new or withdrawn. "
                f"{look_words(lock.url)}"
            ),
        )
    if lock.version not in found.versions:
        words = (
            f"the source lists no version {lock.version}: the lock was edited, or somebody took "
            "the release away. Ask who did; leave it with: coefgate update --to "
            f"{found.advised or 'VERSION'}"
        )
        return (words,)
    return () if found.lost is None else (lost_words(lock.url, found.lost),)


def nothing_listed(url: str) -> str:
    """That a source lists no release, in words."""
    if address_of(url).kind != "git":
        return f"the index {index_url(url)} is not there, or lists no release"
    return f"{url} lists no release any more"


def lost_words(url: str, lost: Version) -> str:
    """The warning about a source that went back in time."""
    return (
        f"{lost}, the newest release known, is gone from its source: somebody took it away, or "
        f"the source is an old copy. What it withdrew stays withdrawn. {look_words(url)}"
    )


def look_words(url: str) -> str:
    """How to see what a source lists."""
    index = index_url(url)
    match address_of(url).kind:
        case "git":
            return f"See what is there with: git ls-remote --tags {url}"
        case "snapshot-file":
            return f"Look at it with: ls -l {Address(index, 'snapshot-file').path}"
    return f"Look at it with: curl -fL {index}"


def check_unmoved(offered: Release | None, known: Index | None) -> None:
    """Raise ``InvalidDocument`` where this version was something else when it was last seen."""
    if offered is None or offered.version is None:
        return
    before = None if known is None else known.versions.get(offered.version)
    if before is None or (before.digest, before.commit) == (
        offered.snapshot.digest,
        offered.commit,
    ):
        return
    raise InvalidDocument(
        f"version {offered.version} was moved at its source: it was {before.digest} of the commit "
        f"{before.commit}, and now is {offered.snapshot.digest} of {offered.commit}. {MOVED}"
    )


def kept(
    cache: Cache, url: str, offers: Iterable[Release | None], yanked: Iterable[Yank]
) -> tuple[str, ...]:
    """Keep what was offered; a cache that cannot be written is told in the answer, and does no other harm."""
    seen = [one for one in offers if one is not None]
    published = [known for one in seen if (known := one.published) is not None]
    try:
        for one in seen:
            cache.keep(one.snapshot)
        if published:
            cache.remember(url, Index({one.version: one for one in published}, tuple(yanked)))
    except EnvironmentProblem as error:
        return (f"what was found is used but not kept, and will be asked for again: {error}",)
    return ()
