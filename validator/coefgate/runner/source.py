"""A source of releases: ask it, hold its answer against what is trusted, keep what is new.

Whoever pins, verifies, shows, updates or follows asks here.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NoSuchRelease, UsageProblem
from coefgate.core.release import Published, Release, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.runner.address import address_of, index_url, named_version, seen_with, url_of_version
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, wanted
from coefgate.runner.lock import Lock, Trust
from coefgate.runner.trusted import MOVED, Trusted

SHORT: Final = 5.0
"""Seconds for one question that can do without its answer."""


class Fetcher(Protocol):
    """Asks a source, within bounds of time and size. No message ever shows credentials.

    Both raise ``EnvironmentProblem`` where the source cannot be reached or does not answer as it
    should, ``InvalidDocument`` where what it gave is not what it has to be, and ``NoSuchRelease``.
    """

    def versions(self) -> Mapping[Version, str]:
        """Every released version, each with a text that changes when what it stands for does."""
        ...

    def release(self, version: Version | None) -> Release:
        """One released version, verified as far as the trust says; ``None``: the named file."""
        ...


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source says. ``newest``: its newest release, ``None`` without one or for ``trouble``.

    ``trouble``: why it could not be read. ``yanked``: what is known to be withdrawn then.
    ``lost``: the newest release known, where the source lists nothing as new any more.
    """

    versions: Collection[Version]
    newest: Release | None
    yanked: tuple[Yank, ...]
    trouble: str | None
    lost: Version | None

    @property
    def advised(self) -> Version | None:
        """The newest version that is not withdrawn."""
        return wanted(LATEST, self.versions, self.yanked, None)


class Source:
    """The source at ``url``, believed as ``trust`` says; ``pinned``: a release trusted besides.

    Raises ``UsageProblem`` for what is no address, and where a file is asked for signatures.
    """

    def __init__(
        self, url: str, trust: Trust, cache: Cache, *, pinned: Published | None = None
    ) -> None:
        self.url = url
        self.cache = cache
        self.trusted = Trusted(cache.known(url), pinned)
        address = address_of(url)
        self._asked, self.is_git = address.url, address.is_git
        self.trust = trust
        if trust.allowed_signers and not self.is_git:
            raise UsageProblem(
                "a snapshot file carries no signature, so allowed signers are for git sources. "
                "Pin the repository with: coefgate pin REPOSITORY --allowed-signers FILE"
            )
        self._unsaved: dict[Version, Published] = {}
        self._unkept: dict[str, Snapshot] = {}

    @cached_property
    def fetcher(self) -> Fetcher:
        """What asks the source."""
        return self._fetcher()

    def _fetcher(self, timeout: float | None = None) -> Fetcher:
        # A runner pays for what the one that it uses imports, and for no other.
        if self.is_git:
            from coefgate.runner.git_fetcher import GitFetcher  # noqa: PLC0415

            return GitFetcher(self._asked, self.trust, timeout=timeout)
        from coefgate.runner.file_fetcher import FileFetcher  # noqa: PLC0415

        return FileFetcher(self._asked, timeout=timeout)

    def look(self, *, at_hand: Release | None = None, soon: bool = False) -> SourceAnswer:
        """Ask what there is; nothing is held against what is trusted, taken in or kept.

        ``at_hand``: perhaps the newest release. ``soon``: an answer that takes long is done
        without. Raises what a ``Fetcher`` does.
        """
        fetcher = self._fetcher(SHORT) if soon else self.fetcher
        versions, newest, trouble = fetcher.versions(), None, None
        try:
            if versions:
                newest = self.release(max(versions), at_hand=at_hand, fetcher=fetcher)
        except InvalidDocument as error:
            trouble = f"the newest release cannot be read: {error}"
        yanked = self.trusted.yanks_after(at_hand, newest)
        return SourceAnswer(versions, newest, yanked, trouble, self.trusted.lost(versions))

    def release(
        self, version: Version, *, at_hand: Release | None = None, fetcher: Fetcher | None = None
    ) -> Release:
        """One release, which may be ``at_hand``."""
        if at_hand is not None and at_hand.version == version:
            return at_hand
        return (fetcher or self.fetcher).release(version)

    def pinned(self, lock: Lock) -> Release:
        """What the source has for a pin, if it is what was pinned."""
        try:
            found = self.fetcher.release(lock.version)
        except NoSuchRelease as error:
            gone = f"what the lock pins is gone from its source: {error}"
            raise InvalidDocument(gone) from error
        digest = found.snapshot.digest
        if digest == lock.digest and found.commit is None and lock.commit is not None:
            raise EnvironmentProblem(
                "the digest is the one that the lock pins, but nobody says that it is "
                f"{lock.version}: the index {index_url(self.url)} is not there, or does not list "
                f"it. {self.see}"
            )
        if digest != lock.digest or lock.commit not in (None, found.commit):
            raise InvalidDocument(
                f"{self.url} now has for {lock.registry_version} the digest {digest} of the "
                f"commit {found.commit}, and the lock pins {lock.digest} of {lock.commit}: the "
                f"version was moved, or the lock was edited. {MOVED}"
            )
        return found

    def url_of(self, version: Version | None) -> str:
        """The address that a lock holds for this version."""
        return self.url if version is None or self.is_git else url_of_version(self.url, version)

    def take(self, release: Release) -> None:
        """Trust what a release is from now on, and have the next ``save`` write it down."""
        self.trusted.take(release)
        if (seen := release.published) is not None:
            self._unsaved[seen.version] = seen

    def keep(self, snapshot: Snapshot) -> None:
        """Have a snapshot kept by the next ``save``."""
        self._unkept[snapshot.digest] = snapshot

    def save(self) -> None:
        """Write to the cache what is new. ``EnvironmentProblem``: what is left is tried again."""
        for digest, snapshot in tuple(self._unkept.items()):
            self.cache.keep(snapshot)
            del self._unkept[digest]
        if self._unsaved:
            self.cache.remember(self.url, index_of(self._unsaved.values(), self.trusted.yanked))
            self._unsaved.clear()

    def kept(self, *releases: Release | None) -> tuple[str, ...]:
        """Take in and keep these; the answer warns of a cache that cannot be written."""
        self.trusted.yanked = self.trusted.yanks_after(*releases)
        for one in filter(None, releases):
            self.take(one)
            self.keep(one.snapshot)
        try:
            self.save()
        except EnvironmentProblem as error:
            return (f"what was found is used but not kept, and will be asked for again: {error}",)
        return ()

    def gone(self, lock: Lock, answer: SourceAnswer) -> Iterator[str]:
        """The warning where the source lists the pinned release, or a newer one, no longer."""
        if lock.version is None or not (self.is_git or named_version(self.url)):
            return
        if not answer.versions:
            nothing = f"the index {index_url(self.url)} is not there, or lists no release"
            if self.is_git:
                nothing = f"{self.url} lists no release any more"
            yield f"{nothing}, so nobody says what is new or withdrawn. {self.see}"
        elif lock.version not in answer.versions:
            why = "the lock was edited, or somebody took the release away. Ask who did"
            leave = f"leave it with: coefgate update --to {answer.advised or 'VERSION'}"
            yield f"the source lists no version {lock.version}: {why}; {leave}"
        elif answer.lost is not None:
            yield self.lost_words(answer.lost)

    def lost_words(self, lost: Version) -> str:
        """The warning about a source that went back in time."""
        return (
            f"{lost}, the newest release known, is gone from its source: somebody took it away, "
            f"or the source is an old copy. What it withdrew stays withdrawn. {self.see}"
        )

    @property
    def see(self) -> str:
        """How to see what the source lists, as a sentence."""
        if self.is_git:
            return f"See what is there with: git ls-remote --tags {shlex.quote(self.url)}"
        return f"Look at it with: {seen_with(index_url(self.url), content=True)}"
