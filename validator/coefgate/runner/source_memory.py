"""What is known of one source: its versions as they were seen, and its yanks; in memory, and in the cache."""

from __future__ import annotations

from collections.abc import Collection

from coefgate.core.release import Published, Release
from coefgate.core.release_index import Index, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.runner.cache import Cache
from coefgate.runner.lock_check import contradiction
from coefgate.runner.lock_file import Lock
from coefgate.runner.serving import Serving
from coefgate.runner.withdrawn import lost_release, yanks_after


class Known:
    """What a runner knows of the source of its lock: first what the lock says, then what the cache holds."""

    def __init__(self, lock: Lock, cache: Cache) -> None:
        self.url = lock.url
        self._cache = cache
        index = cache.known(lock.url)
        self._said = dict(index.versions) if index else {}
        self._yanked = index.yanked if index else ()
        self._pinned = lock.published
        self._unsaved: dict[Version, Published] = {}
        self._unkept: dict[str, Snapshot] = {}

    @property
    def index(self) -> Index:
        """Each version as it was pinned or seen, and what is known to be withdrawn."""
        pinned = {} if self._pinned is None else {self._pinned.version: self._pinned}
        return Index(self._said | pinned, self._yanked)

    def misnamed(self, serving: Serving) -> Version | None:
        """The version that the commit which serves is at its source, where it serves as another one."""
        version = Version.parsed(serving.version)
        if version is None or serving.commit is None:
            return None
        serves = Published(version, serving.commit, serving.digest)
        said = contradiction(serves, Index(self._said, self._yanked))
        return None if said is None or said.version == version else said.version

    def had_before(self, digest: str, version: Version) -> bool:
        """Did a release below ``version`` have this digest?"""
        return any(
            one.version < version and one.digest == digest for one in self.index.versions.values()
        )

    def learn(self, offered: Release) -> None:
        """Take in what a release is, so that it is noticed when it is moved."""
        if (seen := offered.published) is not None:
            self._said[seen.version] = self._unsaved[seen.version] = seen

    def learn_yanks(self, newest: Release) -> None:
        """Take in what the newest release that can be read says was withdrawn."""
        self._yanked = yanks_after(self.index, newest.version, newest.yanked)

    def lost(self, listed: Collection[Version]) -> Version | None:
        """The newest release that was seen at the source, where it lists nothing as new any more."""
        return lost_release(max(self._said, default=None), listed)

    def keep(self, snapshot: Snapshot) -> None:
        """Have a snapshot kept by the next ``save``."""
        self._unkept[snapshot.digest] = snapshot

    def save(self) -> None:
        """Write to the cache what is new; what cannot be written is tried again the next time.

        Without a place for a cache there is nothing to write, and who loaded the lock was told.
        Raises ``EnvironmentProblem``.
        """
        if self._cache.folder is None:
            return
        for digest, snapshot in tuple(self._unkept.items()):
            self._cache.keep(snapshot)
            del self._unkept[digest]
        if self._unsaved:
            self._cache.remember(self.url, index_of(self._unsaved.values(), self._yanked))
            self._unsaved.clear()
