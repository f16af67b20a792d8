"""A source of releases that tests fill by hand, and a registry that follows it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coefgate import FollowEvent, Following, Registry
from coefgate.core.release import Release
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.runner.cache import Cache
from coefgate.runner.following import Callback, Wait
from coefgate.runner.lock import Lock, Trust
from coefgate.runner.serving import load
from coefgate.runner.source import Fetcher, Source
from tests.runner.remotes import snapshot, version

URL = "https://example.org/registry.git"


def commit_of(text: str) -> str:
    """The commit that tests release as this version."""
    return text.replace(".", "").rjust(40, "c")


class Shelf:
    """A source whose releases tests put there and take away.

    ``broken`` is raised for its versions, ``unreadable`` for single ones, which it lists too.
    ``asked`` lists what was asked of it; ``meanwhile`` is done while it is asked for its versions.
    """

    def __init__(self) -> None:
        self.releases: dict[Version, Release] = {}
        self.broken: Exception | None = None
        self.unreadable: dict[Version, Exception] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def put(
        self,
        text: str,
        what: int | Snapshot,
        *,
        yanked: Iterable[Yank] = (),
        is_known: bool = True,
    ) -> Snapshot:
        """Release a version, or move it; ``what``: tokens of ``docs.low``, or a whole snapshot.

        ``is_known``: does anybody say of which commit?
        """
        made = snapshot(what) if isinstance(what, int) else what
        self.releases[version(text)] = Release(
            version(text), commit_of(text) if is_known else None, made, tuple(yanked)
        )
        return made

    def versions(self) -> Mapping[Version, str]:
        self.asked.append("versions")
        self.meanwhile()
        if self.broken is not None:
            raise self.broken
        listed = {
            number: f"{one.snapshot.digest} {one.yanked}" for number, one in self.releases.items()
        }
        return listed | dict.fromkeys(self.unreadable, "unreadable")

    def release(self, version: Version | None) -> Release:
        if version is None:
            raise AssertionError("following has no need of it")
        self.asked.append(str(version))
        if version in self.unreadable:
            raise self.unreadable[version]
        return self.releases[version]


def without(made: Snapshot, change: Callable[[dict[str, Any]], object]) -> Snapshot:
    """A snapshot after ``change`` of its content."""
    content = copy.deepcopy(dict(made.content))
    change(content)
    return Snapshot.of(content)


def one_category(made: Snapshot) -> Snapshot:
    """What is left of a snapshot when all categories but docs are lost."""
    return without(
        made, lambda content: content.update(categories={"docs": content["categories"]["docs"]})
    )


def pinned(
    folder: Path, text: str | None, what: int | Snapshot = 1511, *, url: str = URL
) -> Registry:
    """A registry as ``from_lock`` makes it, with its cache in ``folder``."""
    made = snapshot(what) if isinstance(what, int) else what
    number = None if text is None else version(text)
    lock = Lock(url, number, commit_of(text) if text else None, made.digest, Trust())
    first = load(made, version=lock.registry_version, commit=lock.commit)
    return Registry(first, lock=lock, cache=Cache(folder, wait=0.1))


def followed(
    registry: Registry,
    fetcher: Shelf,
    channel: str = "latest",
    told: list[FollowEvent] | None = None,
) -> Following:
    """Follow without a clock: the thread ends at once, and tests look with ``check``."""
    callback = None if told is None else told.append
    return follow(registry, channel, fetcher=fetcher, callback=callback, wait=lambda _: True)


def follow(
    registry: Registry,
    channel: str = "latest",
    *,
    fetcher: Fetcher | None = None,
    wait: Wait | None = None,
    every: float = 300.0,
    callback: Callback | None = None,
) -> Following:
    """``Registry.follow`` with another fetcher, and another way to wait."""

    def source_of(*words: Any, **options: Any) -> Source:
        made = Source(*words, **options)
        if fetcher is not None:
            made.fetcher = fetcher
        return made

    with (
        patch("coefgate.runner.source.Source", source_of),
        patch("coefgate.runner.following.Following", partial(Following, wait=wait)),
    ):
        return registry.follow(channel, every=every, callback=callback)
