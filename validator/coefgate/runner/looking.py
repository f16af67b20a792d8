"""One look at a source: what is new there, may it serve, and the swap. No thread and no clock in here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Final

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NewerFormat
from coefgate.core.release import Release
from coefgate.core.versions import Version
from coefgate.runner.acceptance import accepted, check_identity
from coefgate.runner.channel import wanted
from coefgate.runner.events import FollowEvent
from coefgate.runner.origin import NoSuchRelease, Origin
from coefgate.runner.serving import Serving, ServingSlot
from coefgate.runner.source_memory import Known
from coefgate.runner.source_offer import lost_words
from coefgate.runner.withdrawn import yank_of
from coefgate.runner.yank_warnings import yank_words

_EARLIER: Final = 10
"""Earlier releases that are looked at to find out whether a much smaller one was restored."""
_PASSED_OVER: Final = 10
"""What stands above the newest release and is none; more of it is no accident."""

Choose = Callable[[Collection[Version]], Version | None]
Tell = Callable[[FollowEvent], None]


class Looker:
    """Keeps what ``slot`` serves in step with a channel of a source."""

    def __init__(self, *, channel: str, origin: Origin, known: Known, slot: ServingSlot) -> None:
        self.known = known
        self._channel = channel
        self._origin = origin
        self._slot = slot
        self._seen: Mapping[Version, str] | None = None
        self._settled = False
        self._told: set[str] = set()

    def look(self, tell: Tell, *, stopped: Callable[[], bool]) -> None:
        """Look once, and tell what came of it. Whatever is raised, the last good version keeps serving.

        ``stopped``: is anybody still interested? If not, nothing is swapped any more. Raises
        ``EnvironmentProblem`` and ``InvalidDocument``; the next look tries again.
        """
        try:
            self._look(tell, stopped)
        finally:
            self._save(tell)

    def _look(self, tell: Tell, stopped: Callable[[], bool]) -> None:
        versions = dict(self._origin.versions())
        if versions == self._seen and self._settled:
            return
        if not versions:
            raise EnvironmentProblem(
                f"{self.known.url} has no release. See what is there with: coefgate show"
            )
        lost = self.known.lost(versions)
        if lost is not None:
            self._refuse(lost_words(self.known.url, lost), tell)
        left = set(versions)
        newest = self._first(lambda some: max(some, default=None), left, tell)
        if newest is not None:
            self.known.learn_yanks(newest)
            try:
                self._go(left, newest, tell, stopped)
            finally:
                self._tell_of_yank(tell)
        self._check_served(versions)
        self._seen, self._settled = versions, lost is None and len(left) == len(versions)

    def _first(
        self, choose: Choose, left: set[Version], tell: Tell, *, at_hand: Release | None = None
    ) -> Release | None:
        """What ``choose`` takes; what is no release is told, taken out of ``left``, and passed over.

        Else a tag that somebody made by hand would keep every runner from the releases below it. A
        release that only a newer program can read is none to pass over: it may withdraw what
        stands below it.
        """
        for _ in range(_PASSED_OVER):
            version = choose(left)
            if version is None:
                return None
            if at_hand is not None and at_hand.version == version:
                return at_hand
            try:
                offered = self._origin.release(version)
            except NewerFormat:
                raise
            except (InvalidDocument, NoSuchRelease) as error:
                left.discard(version)
                self._refuse(f"{version} is passed over, as it cannot be read: {error}", tell)
            else:
                return self._taken_in(offered, version)
        return None

    def _refuse(self, why: str, tell: Tell) -> None:
        serving = self._slot.loaded.serving
        tell(FollowEvent("refused", why, serving, serving))

    def _taken_in(self, offered: Release, version: Version) -> Release:
        check_identity(offered, version, self.known.index)
        self.known.learn(offered)
        return offered

    def _checked(self, version: Version) -> Release:
        return self._taken_in(self._origin.release(version), version)

    def _go(
        self, left: set[Version], newest: Release, tell: Tell, stopped: Callable[[], bool]
    ) -> None:
        before = self._slot.loaded
        misnamed = self.known.misnamed(before.serving)
        current = None if misnamed else Version.parsed(before.serving.version)
        yanked = self.known.index.yanked
        offered = self._first(
            lambda some: wanted(self._channel, some, yanked, current), left, tell, at_hand=newest
        )
        if offered is None:
            if misnamed is not None:
                mend = f"Write it anew with: coefgate pin {self.known.url}@{misnamed}"
                self._refuse(f"{_misnamed(before.serving, misnamed)}. {mend}", tell)
            return
        release = accepted(
            offered,
            before.snapshot,
            is_restored=lambda: self._is_restored(offered.snapshot.digest, current, left),
        )
        if stopped():
            return
        self._slot.loaded = release
        self.known.keep(release.snapshot)
        yank = yank_of(current, yanked)
        if misnamed is not None:
            why = _misnamed(before.serving, misnamed)
        else:
            why = (
                f"{yank.version} was withdrawn: {yank.reason}"
                if yank
                else f"{offered.version} was released"
            )
        tell(FollowEvent("swapped", why, before.serving, release.serving))

    def _is_restored(
        self, digest: str, current: Version | None, versions: Collection[Version]
    ) -> bool:
        """Did an earlier release have this digest? Looks at some that nobody has seen yet."""
        if current is None:
            return False
        earlier = sorted((version for version in versions if version < current), reverse=True)
        for version in earlier[:_EARLIER]:
            if self.known.had_before(digest, current):
                break
            if version not in self.known.index.versions:
                with suppress(
                    InvalidDocument, NoSuchRelease
                ):  # what is no release was never restored
                    self._checked(version)
        return self.known.had_before(digest, current)

    def _check_served(self, versions: Mapping[Version, str]) -> None:
        """Notice when the version that serves was moved at the source."""
        current = Version.parsed(self._slot.loaded.serving.version)
        if current is None or self._seen is None or current not in versions:
            return
        before = self._seen.get(current)
        if before is not None and before != versions[current]:
            self._checked(current)

    def _tell_of_yank(self, tell: Tell) -> None:
        serving = self._slot.loaded.serving
        yank = yank_of(Version.parsed(serving.version), self.known.index.yanked)
        if yank is not None and yank.version not in self._told:
            self._told.add(yank.version)
            tell(FollowEvent("yanked", yank_words(yank), serving, serving))

    def _save(self, tell: Tell) -> None:
        try:
            self.known.save()
        except EnvironmentProblem as error:
            serving = self._slot.loaded.serving
            tell(FollowEvent("failed", str(error), serving, serving))


def _misnamed(serving: Serving, version: Version) -> str:
    return (
        f"the lock was edited: it says that the commit {serving.commit} is {serving.version}, and "
        f"its source that it is {version}"
    )
