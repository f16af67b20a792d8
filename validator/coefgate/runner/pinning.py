"""What a lock stands for: its snapshot, and whether the pin still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.release import Release
from coefgate.core.release_index import Index
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, wanted
from coefgate.runner.lock_check import and_heard, check_lock, edited_address, is_known
from coefgate.runner.lock_file import NAME, Lock, read_lock
from coefgate.runner.origin import NoSuchRelease, Origin
from coefgate.runner.snapshot_address import index_url
from coefgate.runner.source_offer import (
    MOVED,
    check_unmoved,
    gone_words,
    kept,
    learned,
    look_words,
    yanks_said,
)
from coefgate.runner.sources import origin_of
from coefgate.runner.withdrawn import yank_of

Checked = Literal["source", "cache", "no"]

SHORT: Final = 5.0
"""Seconds for one question that can do without its answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pin and what is known of it.

    ``checked``: who says that the digest is that of the version: the ``source``, asked just now;
    the ``cache``, as the source said it before; ``no`` one. ``newest``: the newest release that is
    not withdrawn, as far as known. ``yank``: why the pinned one is. ``listed``: are any releases
    of its source known? ``asked``: did the source answer? If not, ``trouble`` says why.
    ``warnings``: sentences to be told.
    """

    lock: Lock
    cached: bool
    checked: Checked
    newest: Version | None
    yank: Yank | None
    listed: bool
    asked: bool
    trouble: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinnedSnapshot:
    """What a lock stands for. ``yank``: why it was withdrawn, ``None`` where nobody knows of it.

    ``unchecked``: the warning where nothing here says that the digest is that of the version.
    ``warnings``: sentences to be told.
    """

    snapshot: Snapshot
    yank: Yank | None
    unchecked: str | None = None
    warnings: tuple[str, ...] = ()


def pinned_release(lock: Lock, cache: Cache, lock_path: Path = Path(NAME)) -> PinnedSnapshot:
    """The release that a lock stands for: from the cache, else from the source, its digest checked.

    Nothing is asked of the network when the cache has it; then what the cache remembers says
    whether it is withdrawn. When the source is asked, its newest release is read as well, which
    knows that; where this fails or takes long, it is done without. A cache that cannot be written
    is warned of. Raises ``EnvironmentProblem`` where the source cannot be read,
    ``InvalidDocument`` where it has something else than was pinned, or the lock contradicts what
    is known.
    """
    known = cache.known(lock.url)
    check_lock(lock, known, lock_path)
    snapshot = cache.snapshot(lock.digest)
    yanked = known.yanked if known else ()
    told: tuple[str, ...] = ()
    unchecked = None if is_known(lock, known) else _unchecked(lock, known)
    if snapshot is None:
        offered = _pinned_offer(lock, origin_of_lock(lock, lock_path))
        newest = _newest(lock, known, offered)
        yanked = yanks_said([offered, newest], known)
        told, unchecked = kept(cache, lock.url, [offered, newest], yanked), None
        snapshot = offered.snapshot
    return PinnedSnapshot(snapshot, yank_of(lock.version, yanked), unchecked, told)


def verify(lock_path: Path, cache: Cache, *, online: bool = False) -> Shown:
    """Check a pin; whatever does not hold is raised.

    Offline: the lock is well formed and contradicts nothing that its source said when it was last
    asked, and the snapshot is in the cache, undamaged; where nothing is known of the version, it
    is unchecked, and that is warned of. ``online``: the source still has the version with the same
    commit and digest, signed as the lock asks.
    """
    lock = read_lock(lock_path)
    origin = origin_of_lock(lock, lock_path)
    known = cache.known(lock.url)
    check_lock(lock, known, lock_path)
    if not online:
        return _verified_offline(lock, cache, known)
    offered = _pinned_offer(lock, origin)
    found = learned(origin, known, at_hand=offered)
    check_unmoved(found.newest, known)
    yanked = yanks_said([offered, found.newest], known)
    told = (*kept(cache, lock.url, [offered, found.newest], yanked), *gone_words(lock, found))
    cached = cache.snapshot(lock.digest) is not None
    yank = yank_of(lock.version, yanked)
    listed = bool(found.versions)
    return Shown(
        lock,
        cached,
        "source",
        found.advised,
        yank,
        listed,
        asked=True,
        trouble=found.trouble,
        warnings=told,
    )


def _verified_offline(lock: Lock, cache: Cache, known: Index | None) -> Shown:
    if cache.snapshot(lock.digest) is None:
        raise EnvironmentProblem(
            f"the snapshot {lock.digest} is not in {cache}, or it is damaged there. "
            "Fetch it with: coefgate verify --online"
        )
    found = _remembered(lock, cache, None)
    return replace(found, warnings=(_unchecked(lock, known),)) if found.checked == "no" else found


def shown(lock_path: Path, cache: Cache, *, offline: bool = False) -> Shown:
    """The pin, and what is known of it; the source is asked unless ``offline``, and may fail to answer.

    Raises ``InvalidDocument`` where the lock contradicts what is known.
    """
    lock = read_lock(lock_path)
    origin = origin_of_lock(lock, lock_path, timeout=SHORT)
    known = cache.known(lock.url)
    check_lock(lock, known, lock_path)
    if offline:
        return _remembered(lock, cache, None)
    try:
        found = learned(origin, known)
        check_unmoved(found.newest, known)
    except (EnvironmentProblem, InvalidDocument, NoSuchRelease) as error:
        return _remembered(lock, cache, str(error))
    if found.trouble is not None:
        return _remembered(lock, cache, found.trouble)
    heard = and_heard(known, found.newest)
    check_lock(lock, heard, lock_path)
    told = (*kept(cache, lock.url, [found.newest], found.yanked), *gone_words(lock, found))
    said = None if found.newest is None else found.newest.published
    return Shown(
        lock,
        cache.snapshot(lock.digest) is not None,
        "source" if said is not None and said == lock.published else _checked(lock, heard),
        found.advised,
        yank_of(lock.version, found.yanked),
        bool(found.versions),
        asked=True,
        warnings=told,
    )


def origin_of_lock(lock: Lock, lock_path: Path, *, timeout: float | None = None) -> Origin:
    """The source that a lock names. Raises ``InvalidDocument`` for one that ``coefgate pin`` never wrote."""
    try:
        return origin_of(lock.url, lock.trust, timeout=timeout)
    except UsageProblem as error:
        raise edited_address(lock_path, error) from None


def _pinned_offer(lock: Lock, origin: Origin) -> Release:
    """What the source has for a pin, if it is what was pinned."""
    try:
        offered = origin.named() if lock.version is None else origin.release(lock.version)
    except NoSuchRelease as error:
        raise InvalidDocument(f"what the lock pins is gone from its source: {error}") from error
    if offered is None:
        raise AssertionError("a lock of a source of many names a version")
    if (
        offered.snapshot.digest == lock.digest
        and offered.commit is None
        and lock.commit is not None
    ):
        raise EnvironmentProblem(
            "the snapshot has the digest that the lock pins, but nobody says that it is "
            f"{lock.version}: the index {index_url(lock.url)} is not there, or does not list it. "
            f"{look_words(lock.url)}"
        )
    if offered.snapshot.digest != lock.digest or lock.commit not in (None, offered.commit):
        raise InvalidDocument(
            f"{lock.url} now has for {lock.registry_version} the digest {offered.snapshot.digest} "
            f"of the commit {offered.commit}, and the lock pins {lock.digest} of {lock.commit}: "
            f"the version was moved, or the lock was edited. {MOVED}"
        )
    return offered


def _newest(lock: Lock, known: Index | None, offered: Release) -> Release | None:
    """The newest release of the source of a lock, if that is soon found."""
    try:
        origin = origin_of_lock(lock, Path(NAME), timeout=SHORT)
        found = learned(origin, known, at_hand=offered).newest
        check_unmoved(found, known)
    except (EnvironmentProblem, InvalidDocument, NoSuchRelease):
        return None
    return found


def _remembered(lock: Lock, cache: Cache, trouble: str | None) -> Shown:
    """What is known without an answer of the source."""
    known = cache.known(lock.url)
    cached = cache.snapshot(lock.digest) is not None
    checked = _checked(lock, known)
    if known is None:
        return Shown(lock, cached, checked, None, None, listed=False, asked=False, trouble=trouble)
    newest = wanted(LATEST, known.versions, known.yanked, None)
    yank = yank_of(lock.version, known.yanked)
    return Shown(
        lock, cached, checked, newest, yank, bool(known.versions), asked=False, trouble=trouble
    )


def _checked(lock: Lock, known: Index | None) -> Checked:
    return "cache" if is_known(lock, known) else "no"


def _unchecked(lock: Lock, known: Index | None) -> str:
    """The warning about a version of which its source never said anything here."""
    same = (
        []
        if known is None
        else [str(v) for v, one in known.versions.items() if one.digest == lock.digest]
    )
    other = f"; it is known as {' and '.join(same)}" if same else ""
    return (
        f"nothing here says that {lock.digest} is {lock.version}{other}. Ask the source with: "
        "coefgate verify --online"
    )
