"""What a runner imports: coefficients that give estimates, and follow releases when told to."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.problems import UsageProblem, explained
from coefgate.core.snapshot import MAX_BYTES, read_snapshot
from coefgate.core.versions import UNVERSIONED
from coefgate.core.vocabulary import Deliverable
from coefgate.core.workspace import Workspace
from coefgate.runner.lock import found_lock, read_lock
from coefgate.runner.serving import Loaded, Serving, ServingSlot, load, warn_of_yank, yank_words

if TYPE_CHECKING:  # only who pins or follows pays for it
    from coefgate.core.retry import Previous
    from coefgate.runner.cache import Cache
    from coefgate.runner.following import Following
    from coefgate.runner.lock import Lock
    from coefgate.runner.updater import FollowEvent

    Pathlike = str | os.PathLike[str]

_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:\+[0-9A-Za-z.]+)?", re.ASCII)


class Registry:
    """Coefficients, loaded and checked. Safe to share between threads, and across ``fork``.

    Make one with ``from_lock`` or ``from_snapshot``, once per process.
    """

    __slots__ = ("__weakref__", "_cache", "_following", "_lock", "_slot")

    def __init__(
        self, first: Loaded, lock: Lock | None = None, cache: Cache | None = None
    ) -> None:
        """For ``from_lock`` and ``from_snapshot``."""
        self._slot = ServingSlot(first)
        self._lock = lock
        self._cache = cache
        self._following: Following | None = None

    def __repr__(self) -> str:
        serving = self.serving
        return f"Registry(version={serving.version!r}, digest={serving.digest!r})"

    @classmethod
    def from_lock(
        cls, path: Pathlike | None = None, *, cache: Cache | Pathlike | None = None
    ) -> Self:
        """The version that ``coefgate.lock`` pins.

        ``path``: the lock, or a folder at or above which it is looked for (the current one).
        ``cache``: the folder that keeps what was pinned, the platform's one unless said; the
        network is only asked for what it does not hold. A version known to be withdrawn gives a
        ``YankedVersionWarning``, once per process; where nothing can be kept, there is a
        ``RuntimeWarning``.

        Raises ``EnvironmentProblem`` where there is no lock or the version cannot be had, and
        ``InvalidDocument`` where one of both is damaged, or contradicts what is known.
        """
        from warnings import warn

        from coefgate.runner.cache import Cache, default_cache
        from coefgate.runner.verify import pinned_snapshot

        place = Path() if path is None else Path(path)
        if place.is_dir():
            place = found_lock(place)
        lock = read_lock(place)
        if not isinstance(cache, Cache):
            cache = default_cache() if cache is None else Cache(Path(cache))
        found = pinned_snapshot(lock, cache, place)
        for sentence in found.warnings:
            warn(sentence, RuntimeWarning, stacklevel=2)
        if found.yank is not None:
            warn_of_yank(lock.url, found.yank.version, yank_words(found.yank), stacklevel=2)
        first = load(found.snapshot, version=lock.registry_version, commit=lock.commit)
        return cls(first, lock=lock, cache=cache)

    @classmethod
    def from_snapshot(cls, path: Pathlike, *, version: str | None = None) -> Self:
        """The snapshot in a file, such as ``coefgate build`` writes and a release offers.

        ``version``: what the file does not say: ``1.4.0``, or what ``coefgate build`` prints for a
        commit between two. Without it, estimates carry ``0.0.0+unversioned``.

        Raises ``EnvironmentProblem`` where the file cannot be read, ``InvalidDocument`` where it
        is no snapshot that can be used, and ``ValueError`` for a version that is none.
        """
        if version is not None and not _VERSION.fullmatch(version):
            raise ValueError(f"version is {version!r}; it is MAJOR.MINOR.PATCH, such as 1.4.0")
        name, remedy = os.fspath(path), "Make one with: coefgate build -o FILE"
        with explained(f"{name}: cannot be read", remedy), Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        snapshot = read_snapshot(data, name)
        return cls(load(snapshot, version=version or UNVERSIONED, commit=None))

    @property
    def serving(self) -> Serving:
        """Version, commit and digest that serve now: of one release, even during a swap."""
        return self._slot.loaded.serving

    @property
    def version(self) -> str:
        """The version that serves: ``1.4.0``; ``0.0.0+unversioned`` where nobody said it."""
        return self.serving.version

    @property
    def digest(self) -> str:
        """The digest of what serves now: ``sha256:`` and 64 hexadecimal digits."""
        return self.serving.digest

    @property
    def commit(self) -> str | None:
        """The commit that was released as this version, ``None`` where nobody says it."""
        return self.serving.commit

    def estimate(
        self,
        *,
        category: str | None,
        complexity: str | None,
        deliverables: Iterable[Deliverable | str],
        model: str | None = None,
        exists: Callable[[str], bool] | None = None,
        size: Callable[[str], int | None] | None = None,
        output_mode: str | None = None,
        workspace: Pathlike | None = None,
        previous: Previous | None = None,
    ) -> Estimate:
        """How many output tokens a call is predicted to need.

        ``deliverables``: the files that it is to produce, each once, as ``Deliverable`` or as
        text: ``create:docs/guide.md``, ``modify:README.md``, ``modify@2048:README.md`` with its
        bytes before the call, or a path alone. ``model``: the model that will answer, ``None`` if
        nobody knows. ``output_mode``: how the call writes files, such as ``full_file``; ``None``:
        as the registry says.

        ``workspace``: the folder that has the files: it tells whether a path alone is modified or
        created (without it the dearer of both is taken), and how large files are that are modified
        and whose size counts. ``exists`` and ``size`` answer in its place where files are
        elsewhere; ``size`` gives ``None`` where there is no file or nobody knows.

        ``previous``: the last attempt at the same files, if there was one:
        ``Previous(output_tokens=8192, truncated=True)``. Where the registry states how it counts,
        it decides, and ``basis`` is ``retry``.

        A category, complexity or model that the registry does not know gets its fallback, and
        ``basis`` says so. Raises ``ValueError`` for an operation that does not exist, for a size
        that is no whole number from 0, for a ``workspace`` that is no folder or stands beside
        ``exists`` or ``size``, and ``TypeError`` for one text in place of a list.
        """
        if isinstance(deliverables, str):
            found = f"deliverables is the text {deliverables!r}"
            raise TypeError(f"{found}; it is a list: [{deliverables!r}]")
        if workspace is not None:
            if exists is not None or size is not None:
                raise ValueError("workspace answers for exists and size; leave out either")
            folder = Workspace(workspace)
            exists, size = folder.exists, folder.size
        files = [Deliverable.parsed(one) if isinstance(one, str) else one for one in deliverables]
        return estimate(
            self._slot.loaded.table,
            category=category,
            complexity=complexity,
            deliverables=files,
            model=model,
            exists=exists,
            size=size,
            output_mode=output_mode,
            previous=previous,
        )

    def follow(
        self,
        channel: str = "latest",
        *,
        every: float = 300.0,
        callback: Callable[[FollowEvent], object] | None = None,
    ) -> Following:
        """Go to newer releases, and away from withdrawn ones, while the process runs.

        ``channel``: ``latest``, a line of versions such as ``1`` or ``1.4``, or ``pinned``, which
        only learns of yanks. ``every``: seconds between two looks, give or take a tenth; the first
        comes within 5 s. ``callback`` is called, in the thread that looked, with what it brought.

        A release is checked before it serves; on every failure the last good one serves on. Never
        goes to a lower version, unless the one that serves was withdrawn. Forked processes go on.

        Raises ``UsageProblem`` without a lock, where this registry is followed already, and for
        what is no channel; ``ValueError`` for what is no period.
        """
        from weakref import ref

        from coefgate.runner.following import Following
        from coefgate.runner.source import Source
        from coefgate.runner.updater import Updater

        if self._lock is None or self._cache is None:
            remedy = "Pin a source with: coefgate pin URL, then use Registry.from_lock()"
            raise UsageProblem(f"a snapshot file has no releases to follow. {remedy}")
        if self._following is not None and not self._following.stopped:
            raise UsageProblem("this registry is followed already; call stop() on that first")
        lock, cache = self._lock, self._cache
        source = Source(lock.url, lock.trust, cache, pinned=lock.published)
        updater = Updater(channel, source, self._slot)
        self._following = Following(updater, owner=ref(self), every=every, callback=callback)
        return self._following
