"""What is known of one source: its versions as they were seen, and its yanks; in memory, and in the cache."""

from __future__ import annotations

from collections.abc import Collection

from coefgate.releases.index import Index, Published, index_of
from coefgate.releases.snapshots import Snapshot
from coefgate.releases.version import Version
from coefgate.runtime.cache import Cache
from coefgate.runtime.lock_file import Lock
from coefgate.runtime.origin import Offered
from coefgate.runtime.withdrawn import lost_release, yanks_after


class Known:
    """What a runner knows of the source of its lock: first what the lock says, then what the cache holds."""

    def __init__(self, lock: Lock, cache: Cache) -> None:
        self.url = lock.url
        self._cache = cache
        index = cache.known(lock.url)
        self._versions = dict(index.versions) if index else {}
        self._yanked = index.yanked if index else ()
        self._newest = max(self._versions, default=None)
        if (pinned := lock.published) is not None:
            self._versions[pinned.version] = pinned
        self._unsaved: dict[Version, Published] = {}
        self._unkept: dict[str, Snapshot] = {}

    @property
    def index(self) -> Index:
        """Each version as it was seen, and what is known to be withdrawn."""
        return Index(self._versions, self._yanked)

    def had_before(self, digest: str, version: Version) -> bool:
        """Did a release below ``version`` have this digest?"""
        return any(one.version < version and one.digest == digest for one in self._versions.values())

    def learn(self, offered: Offered) -> None:
        """Take in what a release is, so that it is noticed when it is moved."""
        if (seen := offered.published) is not None:
            self._versions[seen.version] = self._unsaved[seen.version] = seen
            self._newest = max(self._newest or seen.version, seen.version)

    def learn_yanks(self, newest: Offered) -> None:
        """Take in what the newest release that can be read says was withdrawn."""
        self._yanked = yanks_after(self.index, newest.version, newest.yanked)

    def lost(self, listed: Collection[Version]) -> Version | None:
        """The newest release that was seen at the source, where it lists nothing as new any more."""
        return lost_release(self._newest, listed)

    def keep(self, snapshot: Snapshot) -> None:
        """Have a snapshot kept by the next ``save``."""
        self._unkept[snapshot.digest] = snapshot

    def save(self) -> None:
        """Write to the cache what is new; what cannot be written is tried again the next time.

        Raises ``EnvironmentProblem``.
        """
        for digest, snapshot in tuple(self._unkept.items()):
            self._cache.keep(snapshot)
            del self._unkept[digest]
        if self._unsaved:
            self._cache.remember(self.url, index_of(self._unsaved.values(), self._yanked))
            self._unsaved.clear()
