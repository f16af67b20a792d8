"""What is known of one source: the digests of its versions and its yanks; in memory, and in the cache."""

from __future__ import annotations

from coefgate.releases.index import Published, index_of
from coefgate.releases.snapshots import Snapshot
from coefgate.releases.version import Version
from coefgate.releases.yanks import Yank
from coefgate.runtime.cache import Cache
from coefgate.runtime.lock_file import Lock
from coefgate.runtime.origin import Offered


class Known:
    """What a runner knows of the source of its lock: first what the lock says, then what the cache holds."""

    def __init__(self, lock: Lock, cache: Cache) -> None:
        self.url = lock.url
        self._cache = cache
        index = cache.known(lock.url)
        self.yanked: tuple[Yank, ...] = index.yanked if index else ()
        self._digests = {one.version: one.digest for one in index.versions.values()} if index else {}
        if lock.version is not None:
            self._digests[lock.version] = lock.digest
        self._unsaved: dict[Version, Offered] = {}
        self._unkept: dict[str, Snapshot] = {}

    def digest_of(self, version: Version) -> str | None:
        """The digest that ``version`` had so far, ``None`` where nobody has seen it."""
        return self._digests.get(version)

    def had_before(self, digest: str, version: Version) -> bool:
        """Did a release below ``version`` have this digest?"""
        return any(one < version and found == digest for one, found in self._digests.items())

    def learn(self, version: Version, offered: Offered) -> None:
        """Take in the digest of a release that was looked at."""
        self._digests[version] = offered.snapshot.digest
        self._unsaved[version] = offered

    def learn_yanks(self, yanked: tuple[Yank, ...]) -> None:
        """Take in what the newest release says was withdrawn."""
        self.yanked = yanked

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
            releases = [
                Published(version, one.commit, one.snapshot.digest)
                for version, one in self._unsaved.items()
                if one.commit is not None
            ]
            self._cache.remember(self.url, index_of(releases, self.yanked))
            self._unsaved.clear()
