"""What a runner imports: coefficients that give estimates, and follow releases when told to."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.problems import UsageProblem, explained
from coefgate.core.snapshot import MAX_BYTES, read_snapshot
from coefgate.core.versions import UNVERSIONED
from coefgate.core.vocabulary import Deliverable
from coefgate.core.workspace import Workspace
from coefgate.runner.lock import found_lock, read_lock
from coefgate.runner.serving import Loaded, Serving, ServingSlot, load, warn_of_yank, yank_words

if TYPE_CHECKING:  # only who pins, follows or records pays for it
    from datetime import datetime

    from coefgate.core.retry import Previous
    from coefgate.runner.cache import Cache
    from coefgate.runner.following import Following
    from coefgate.runner.lock import Lock
    from coefgate.runner.recorded_call import RecordedCall
    from coefgate.runner.recorder import Recorder
    from coefgate.runner.recording import Recording
    from coefgate.runner.updater import FollowEvent

    Pathlike = str | os.PathLike[str]

_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:\+[0-9A-Za-z.]+)?", re.ASCII)


class Registry:
    """Coefficients, loaded and checked. Safe to share between threads, and across ``fork``.

    Make one with ``from_lock`` or ``from_snapshot``, once per process.
    """

    __slots__ = ("__weakref__", "_cache", "_following", "_lock", "_recording", "_slot")

    def __init__(
        self, first: Loaded, lock: Lock | None = None, cache: Cache | None = None
    ) -> None:
        """For ``from_lock`` and ``from_snapshot``."""
        self._slot = ServingSlot(first)
        self._lock = lock
        self._cache = cache
        self._following: Following | None = None
        self._recording: Recording | None = None

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
        files = _files(deliverables)
        exists, size = _answers(workspace, exists, size)
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

    def record_to(
        self,
        path: Pathlike,
        *,
        runner: str | None = None,
        origin: str = "telemetry",
        redact_paths: bool = False,
    ) -> Recorder:
        """Record the calls of this registry in a SQLite file, from now on.

        ``path``: the file, made where there is none; it may be shared by processes. ``runner``:
        who calls, the name of this machine unless said. ``origin``: the folder of samples that
        these calls will belong to. ``redact_paths``: keep salted names instead of paths; the
        salt is in the environment variable ``COEFGATE_PATH_SALT``.

        What is recorded is closed when the process ends, or by ``close()`` of what this returns.
        Raises ``UsageProblem`` for what is no origin, and where paths are to be salted without a
        salt; whatever is wrong with the file is a ``RecorderWarning``, and records wait beside it.
        """
        from coefgate.runner.recording import Recording

        before = self._recording
        self._recording = Recording(
            Path(path), runner=runner, origin=origin, redact_paths=redact_paths
        )
        if before is not None:
            before.recorder.close()
        return self._recording.recorder

    def record(
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
        phase_id: str | int | None = None,
        run_id: str | int | None = None,
        attempt: int | None = None,
        label_origin: str | None = None,
        unit: str = "call",
        paths: str = "real",
        deliverables_from: str = "request",
        risk: float | None = None,
        floor: int | None = None,
        ceiling: int | None = None,
        max_output_tokens: int | None = None,
        started_at: datetime | None = None,
    ) -> RecordedCall:
        """Estimate a call that begins now, and record it when it ends.

            with registry.record(category="docs", complexity="low", deliverables=files) as call:
                reply = client.messages.create(max_tokens=call.budget, ...)
                call.finish_from(reply)

        ``category`` … ``previous``: as in ``estimate``. ``phase_id``, ``run_id``: the piece of
        work and the run that it belongs to; ``attempt``: from 1. ``label_origin``: where its
        category comes from (``logged``, ``reported``, ``declared``, ``rule``), and ``unit`` …
        ``deliverables_from``: as samples say them. ``risk``, ``floor`` and ``ceiling`` make its
        ``budget``, as in ``Estimate.budget``. ``max_output_tokens``: the ceiling that is set where
        it is another. ``started_at``: when it began, if not now, with a time zone.

        Identifiers that hold spaces, or more than 200 characters, might be prompts: of them only
        a hash is kept. Raises what ``estimate`` and ``Estimate.budget`` raise, and
        ``UsageProblem`` before ``record_to``; the recording itself raises nothing.
        """
        if self._recording is None:
            raise UsageProblem("no store is set: call record_to('telemetry.db') once, first")
        loaded = self._slot.loaded
        files = _files(deliverables)
        exists, size = _answers(workspace, exists, size)
        sizes: dict[str, int | None] = {}
        estimated = estimate(
            loaded.table,
            category=category,
            complexity=complexity,
            deliverables=files,
            model=model,
            exists=exists,
            size=None if size is None else _remembering(size, sizes),
            output_mode=output_mode,
            previous=previous,
        )
        if sizes:
            files = [_sized(one, sizes) for one in files]
        return self._recording.begin(
            loaded,
            estimated,
            files,
            category=category,
            complexity=complexity,
            model=model,
            output_mode=output_mode,
            previous=previous,
            run_id=run_id,
            phase_id=phase_id,
            attempt=attempt,
            label_origin=label_origin,
            unit=unit,
            paths=paths,
            deliverables_from=deliverables_from,
            budget=estimated.budget(risk, floor=floor, ceiling=ceiling),
            risk=risk,
            max_output_tokens=max_output_tokens,
            started_at=started_at,
        )

    def record_call(
        self,
        reply: object = None,
        *,
        output_tokens: int | None = None,
        stop_reason: str | None = None,
        truncated: bool | None = None,
        success: bool | None = None,
        call_id: str | None = None,
        **call: Any,
    ) -> None:
        """Record a call that is over already, with what it would have been predicted to need.

        ``call``: what ``record`` takes. ``reply``: what a client library returned, instead of
        ``output_tokens`` … ``call_id``, or beside them; these mean what they mean in
        ``RecordedCall.finish``.
        """
        said = {
            "output_tokens": output_tokens,
            "stop_reason": stop_reason,
            "truncated": truncated,
            "success": success,
            "call_id": call_id,
        }
        told: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        made = self.record(**call)
        if reply is None:
            made.finish(**told)
        else:
            made.finish_from(reply, **told)

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


def _files(deliverables: Iterable[Deliverable | str]) -> list[Deliverable]:
    if isinstance(deliverables, str):
        found = f"deliverables is the text {deliverables!r}"
        raise TypeError(f"{found}; it is a list: [{deliverables!r}]")
    return [Deliverable.parsed(one) if isinstance(one, str) else one for one in deliverables]


def _answers(
    workspace: Pathlike | None,
    exists: Callable[[str], bool] | None,
    size: Callable[[str], int | None] | None,
) -> tuple[Callable[[str], bool] | None, Callable[[str], int | None] | None]:
    """What tells whether a file is there, and its size."""
    if workspace is None:
        return exists, size
    if exists is not None or size is not None:
        raise ValueError("workspace answers for exists and size; leave out either")
    folder = Workspace(workspace)
    return folder.exists, folder.size


def _remembering(
    size: Callable[[str], int | None], sizes: dict[str, int | None]
) -> Callable[[str], int | None]:
    def remembered(path: str) -> int | None:
        sizes[path] = found = size(path)
        return found

    return remembered


def _sized(one: Deliverable, sizes: Mapping[str, int | None]) -> Deliverable:
    if one.bytes_before is not None or sizes.get(one.path) is None:
        return one
    return Deliverable(one.path, one.operation, sizes[one.path])
