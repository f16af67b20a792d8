"""What is trusted of a source: its releases as they were pinned or seen, and its yanks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Index, Published, Release
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank

_ANOTHER = "Ask who made it, and pin another one with: coefgate pin URL@VERSION"
MOVED = f"Releases never move, so nothing was taken. {_ANOTHER}"


class Trusted:
    """What a source said so far, as the cache has it; ``pinned``: what the lock says besides."""

    def __init__(self, known: Index | None, pinned: Published | None = None) -> None:
        self._said = dict(known.versions) if known else {}
        self._pinned = {} if pinned is None else {pinned.version: pinned}
        self.yanked = known.yanked if known else ()

    @property
    def versions(self) -> Mapping[Version, Published]:
        """Each version as it was pinned or seen."""
        return self._said | self._pinned

    def take(self, release: Release | None) -> None:
        """Take in what a release is, to notice when it is moved; what was said before stands."""
        if release and (seen := release.published):
            self._said.setdefault(seen.version, seen)

    def yanks_after(self, *releases: Release | None) -> tuple[Yank, ...]:
        """What is withdrawn after these were read: the newest of them speaks."""
        seen = [one for one in releases if one is not None and one.version is not None]
        newest = max(seen, key=lambda one: one.version or (), default=None)
        if newest is None:
            return self.yanked
        return yanks_after(Index(self.versions, self.yanked), newest.version, newest.yanked)

    def check_unmoved(self, *releases: Release | None) -> None:
        """Raise ``InvalidDocument`` where a version was another release when last seen."""
        for one in filter(None, releases):
            before = self.versions.get(one.version) if one.version else None
            now = (one.snapshot.digest, one.commit)
            if before is not None and (before.digest, before.commit) != now:
                raise InvalidDocument(
                    f"version {one.version} was moved at its source: it was {before.digest} of "
                    f"the commit {before.commit}, and now is {now[0]} of {now[1]}. {MOVED}"
                )

    def check_identity(self, release: Release, asked: Version) -> None:
        """Raise ``InvalidDocument`` unless this is the version asked for, as it always was."""
        if release.version != asked:
            why = f"the source gave {release.version} when it was asked for {asked}"
            raise InvalidDocument(why)
        self.check_unmoved(release)

    def contradiction(self, release: Published | None) -> Published | None:
        """What the source said of this one's version or commit, where that is another release."""
        if release is None:
            return None
        before = self._said.get(release.version)
        if before is not None:
            return None if before == release else before
        return next((one for one in self._said.values() if one.commit == release.commit), None)

    def says(self, release: Published | None) -> bool:
        """Did the source say so? Of what is no release there is nothing to be said."""
        return release is None or self._said.get(release.version) == release

    def lost(self, listed: Collection[Version]) -> Version | None:
        """The newest release that was seen, where the source lists nothing as new any more."""
        newest = max(self._said, default=None)
        return None if newest is None or not listed or max(listed) >= newest else newest

    def versions_of(self, digest: str) -> list[Version]:
        """The versions that have this digest."""
        return [one.version for one in self.versions.values() if one.digest == digest]


def yanks_after(known: Index, newest: Version | None, said: tuple[Yank, ...]) -> tuple[Yank, ...]:
    """What is withdrawn after the release ``newest`` said ``said``, beside what was ``known``.

    A release at least as new as every one known replaces what was known. An older one, of a source
    that lost its newest or of an old copy, takes no yank back: both are put together.
    """
    if newest is not None and newest >= max(known.versions, default=newest):
        return said
    before = {yank.version: yank for yank in known.yanked}
    return tuple(({yank.version: yank for yank in (*known.yanked, *said)} | before).values())
