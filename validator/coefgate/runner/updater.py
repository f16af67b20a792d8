"""Keeps what serves in step with a channel: one look, may it serve, the swap. No thread, no clock.

Why so: docs/decisions/0032-what-is-checked-before-a-swap.md
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NewerFormat, NoSuchRelease
from coefgate.core.release import Published, Release
from coefgate.core.versions import Version
from coefgate.core.yanks import yank_of
from coefgate.runner.channel import check_channel, wanted
from coefgate.runner.serving import Serving, ServingSlot, accepted, yank_words
from coefgate.runner.source import Source

_EARLIER: Final = 10
"""Earlier releases that are looked at to find out whether a much smaller one was restored."""
_PASSED_OVER: Final = 10
"""What stands above the newest release and is none; more of it is no accident."""

EventKind = Literal["swapped", "yanked", "refused", "failed"]
Choose = Callable[[Collection[Version]], Version | None]


@dataclass(frozen=True, slots=True)
class FollowEvent:
    """One thing that following brought; ``message`` says why, in a sentence.

    ``kind``: ``swapped`` (``current`` serves from now on, instead of ``previous``), ``yanked``
    (``current`` was withdrawn and keeps serving, because there is nothing to go to), ``refused``
    (the source offered something that may not be served) or ``failed`` (the source, or the cache,
    did not work). Unless something was swapped, ``previous`` and ``current`` are the same.
    """

    kind: EventKind
    message: str
    previous: Serving
    current: Serving


class Updater:
    """Keeps what ``slot`` serves in step with a channel of a source. Raises ``UsageProblem``."""

    def __init__(self, channel: str, source: Source, slot: ServingSlot) -> None:
        self.source = source
        self._trusted = source.trusted
        self._channel = check_channel(channel)
        self._slot = slot
        self._seen: Mapping[Version, str] | None = None
        self._settled = False
        self._told: set[str] = set()
        self._events: list[FollowEvent] = []

    def look(self, *, stopped: Callable[[], bool]) -> list[FollowEvent]:
        """Look once, and say what came of it; raises nothing, and the last good version serves.

        ``stopped``: is nobody interested any more? Then nothing is swapped.
        """
        self._events = []
        for step in (partial(self._look, stopped), self._save):
            try:
                step()
            except Exception as error:  # noqa: BLE001 (as said above)
                kind: EventKind = "refused" if isinstance(error, InvalidDocument) else "failed"
                self._say(kind, str(error) or repr(error))
        return self._events

    def _look(self, stopped: Callable[[], bool]) -> None:
        versions = dict(self.source.fetcher.versions())
        if versions == self._seen and self._settled:
            return
        if not versions:
            look = "See what is there with: coefgate show"
            raise EnvironmentProblem(f"{self.source.url} has no release. {look}")
        if (lost := self._trusted.lost(versions)) is not None:
            self._say("refused", self.source.lost_words(lost))
        left = set(versions)
        newest = self._first(partial(max, default=None), left)
        if newest is not None:
            self._trusted.yanked = self._trusted.yanks_after(newest)
            try:
                self._go(left, newest, stopped)
            finally:
                self._tell_of_yank()
        self._check_served(versions)
        self._seen, self._settled = versions, lost is None and len(left) == len(versions)

    def _first(
        self, choose: Choose, left: set[Version], *, at_hand: Release | None = None
    ) -> Release | None:
        """What ``choose`` takes; what is no release is told, taken out of ``left``, passed over.

        Else a tag made by hand would keep every runner from the releases below it. One that only a
        newer program can read is not passed over: it may withdraw what stands below it.
        """
        for _ in range(_PASSED_OVER):
            version = choose(left)
            if version is None:
                return None
            try:
                found = self.source.release(version, at_hand=at_hand)
            except NewerFormat:
                raise
            except (InvalidDocument, NoSuchRelease) as error:
                left.discard(version)
                self._say("refused", f"{version} is skipped, as it cannot be read: {error}")
            else:
                return self._taken_in(found, version)
        return None

    def _say(self, kind: EventKind, why: str, previous: Serving | None = None) -> None:
        serving = self._slot.loaded.serving
        self._events.append(FollowEvent(kind, why, previous or serving, serving))

    def _taken_in(self, release: Release, asked: Version) -> Release:
        self._trusted.check_identity(release, asked)
        self.source.take(release)
        return release

    def _go(self, left: set[Version], newest: Release, stopped: Callable[[], bool]) -> None:
        before = self._slot.loaded
        misnamed = self._misnamed(before.serving)
        edited = (
            f"the lock was edited: it says that the commit {before.serving.commit} is "
            f"{before.serving.version}, and its source that it is {misnamed}"
        )
        current = None if misnamed else Version.parsed(before.serving.version)
        yanked = self._trusted.yanked
        choose = partial(wanted, self._channel, yanked=yanked, current=current)
        found = self._first(choose, left, at_hand=newest)
        if found is None:
            if misnamed is not None:
                pin = shlex.quote(f"{self.source.url}@{misnamed}")
                mend = f"Write it again with: coefgate pin {pin}"
                self._say("refused", f"{edited}. {mend}")
            return
        is_restored = partial(self._is_restored, found.snapshot.digest, current, left)
        release = accepted(found, before.snapshot, is_restored=is_restored)
        if stopped():
            return
        self._slot.loaded = release
        self.source.keep(release.snapshot)
        why = f"{found.version} was released"
        if misnamed is not None:
            why = edited
        elif yank := yank_of(current, yanked):
            why = f"{yank.version} was withdrawn: {yank.reason}"
        self._say("swapped", why, before.serving)

    def _is_restored(self, digest: str, current: Version | None, left: set[Version]) -> bool:
        """Did an earlier release have this digest? Looks at some that nobody has seen yet."""
        if current is None:
            return False
        earlier = sorted((version for version in left if version < current), reverse=True)
        for version in earlier[:_EARLIER]:
            if self._had_before(digest, current):
                break
            if version not in self._trusted.versions:
                # What is no release was never restored.
                with suppress(InvalidDocument, NoSuchRelease):
                    self._taken_in(self.source.release(version), version)
        return self._had_before(digest, current)

    def _had_before(self, digest: str, current: Version) -> bool:
        return any(version < current for version in self._trusted.versions_of(digest))

    def _misnamed(self, serving: Serving) -> Version | None:
        """The version that the source has for what serves, where it serves as another one."""
        version = Version.parsed(serving.version)
        if version is None or serving.commit is None:
            return None
        serves = Published(version, serving.commit, serving.digest)
        said = self._trusted.contradiction(serves)
        return None if said is None or said.version == version else said.version

    def _check_served(self, versions: Mapping[Version, str]) -> None:
        """Notice when the version that serves was moved at the source."""
        current = Version.parsed(self._slot.loaded.serving.version)
        before = self._seen.get(current) if self._seen and current else None
        if current and before and before != versions.get(current, before):
            self._taken_in(self.source.release(current), current)

    def _tell_of_yank(self) -> None:
        yank = yank_of(Version.parsed(self._slot.loaded.serving.version), self._trusted.yanked)
        if yank is not None and yank.version not in self._told:
            self._told.add(yank.version)
            self._say("yanked", yank_words(yank))

    def _save(self) -> None:
        # Without a place for a cache there is nothing to write, and who loaded the lock was told.
        if self.source.cache.folder is not None:
            self.source.save()
