"""One look at a source: what is new there, may it serve, and the swap. No thread and no clock in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from coefgate.problems import EnvironmentProblem
from coefgate.releases.version import Version
from coefgate.runtime.acceptance import accepted, check_identity
from coefgate.runtime.channel import wanted
from coefgate.runtime.events import FollowEvent
from coefgate.runtime.known import Known
from coefgate.runtime.learning import yank_of, yank_words
from coefgate.runtime.origin import Offered, Origin
from coefgate.runtime.serving import Held

_EARLIER: Final = 10
"""Earlier releases that are looked at to find out whether a much smaller one was restored."""

Tell = Callable[[FollowEvent], None]


class Looker:
    """Keeps what ``held`` serves in step with a channel of a source."""

    def __init__(self, *, channel: str, origin: Origin, known: Known, held: Held) -> None:
        self.known = known
        self._channel = channel
        self._origin = origin
        self._held = held
        self._seen: Mapping[Version, str] | None = None
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
        if versions == self._seen:
            return
        if not versions:
            raise EnvironmentProblem(
                f"{self.known.url} has no release. See what is there with: coefgate show"
            )
        newest = self._checked(max(versions))
        self.known.learn_yanks(newest.yanked)
        try:
            self._go(versions, newest, tell, stopped)
        finally:
            self._tell_of_yank(tell)
        self._check_served(versions)
        self._seen = versions

    def _checked(self, version: Version) -> Offered:
        offered = self._origin.release(version)
        check_identity(offered, version, self.known.index)
        self.known.learn(offered)
        return offered

    def _go(
        self, versions: Mapping[Version, str], newest: Offered, tell: Tell, stopped: Callable[[], bool]
    ) -> None:
        before = self._held.loaded
        current = Version.parsed(before.serving.version)
        yanked = self.known.index.yanked
        target = wanted(self._channel, versions, yanked, current)
        if target is None:
            return
        offered = newest if target == newest.version else self._checked(target)
        release = accepted(
            offered,
            before.snapshot,
            is_restored=lambda: self._is_restored(offered.snapshot.digest, current, versions),
        )
        if stopped():
            return
        self._held.loaded = release
        self.known.keep(release.snapshot)
        yank = yank_of(current, yanked)
        why = f"{yank.version} was yanked: {yank.reason}" if yank else f"{target} was released"
        tell(FollowEvent("swapped", why, before.serving, release.serving))

    def _is_restored(self, digest: str, current: Version | None, versions: Mapping[Version, str]) -> bool:
        """Did an earlier release have this digest? Looks at some that nobody has seen yet."""
        if current is None:
            return False
        earlier = sorted((version for version in versions if version < current), reverse=True)
        for version in earlier[:_EARLIER]:
            if self.known.had_before(digest, current):
                break
            if version not in self.known.index.versions:
                self._checked(version)
        return self.known.had_before(digest, current)

    def _check_served(self, versions: Mapping[Version, str]) -> None:
        """Notice when the version that serves was moved at the source."""
        current = Version.parsed(self._held.loaded.serving.version)
        if current is None or self._seen is None or current not in versions:
            return
        before = self._seen.get(current)
        if before is not None and before != versions[current]:
            self._checked(current)

    def _tell_of_yank(self, tell: Tell) -> None:
        serving = self._held.loaded.serving
        yank = yank_of(Version.parsed(serving.version), self.known.index.yanked)
        if yank is not None and yank.version not in self._told:
            self._told.add(yank.version)
            tell(FollowEvent("yanked", yank_words(yank), serving, serving))

    def _save(self, tell: Tell) -> None:
        try:
            self.known.save()
        except EnvironmentProblem as error:
            serving = self._held.loaded.serving
            tell(FollowEvent("failed", str(error), serving, serving))
