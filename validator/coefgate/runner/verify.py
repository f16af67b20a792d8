"""What a lock stands for, and whether it holds: by itself, by what is known, by its source.

Why so: docs/decisions/0047-a-lock-is-held-against-what-is-known.md
"""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coefgate.core.problems import CoefgateError, EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, yank_of
from coefgate.runner.address import named_version
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, wanted
from coefgate.runner.lock import NAME, Lock, read_lock
from coefgate.runner.source import Source, SourceAnswer

Checked = Literal["source", "cache", "no"]


@dataclass(frozen=True, slots=True)
class PinStatus:
    """A pin and what is known of it.

    ``checked``: who says that the digest is that of the version: the ``source``, asked just now;
    the ``cache``, as the source said it before; ``no`` one. ``newest``: the newest release that is
    not withdrawn; ``yank``: why the pinned one is. ``listed``: are any releases of its source
    known? ``asked``: did the source answer? If not, ``trouble`` says why.
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
    """What a lock stands for; ``yank``: why it was withdrawn, if anybody knows of it.

    ``unchecked``: the warning where nothing here says that the digest is that of the version.
    """

    snapshot: Snapshot
    yank: Yank | None
    unchecked: str | None = None
    warnings: tuple[str, ...] = ()


def pinned_snapshot(lock: Lock, cache: Cache, lock_path: Path = Path(NAME)) -> PinnedSnapshot:
    """What a lock stands for: from the cache, else from the source, its digest checked.

    Whether it is withdrawn says what the cache remembers; where the source has to be asked, its
    newest release says it, if that is soon read. Raises ``EnvironmentProblem`` where the source
    cannot be read, ``InvalidDocument`` where it has something else than was pinned, or the lock
    contradicts what is known.
    """
    source = source_of(lock, lock_path, cache)
    snapshot, unchecked = cache.snapshot(lock.digest), _unchecked(lock, source)
    told: tuple[str, ...] = ()
    if snapshot is None:
        pinned = source.pinned(lock)
        newest = None
        with suppress(CoefgateError):
            found = source.look(at_hand=pinned, soon=True).newest
            source.trusted.check_unmoved(found)
            newest = found
        told, unchecked = source.kept(pinned, newest), None
        snapshot = pinned.snapshot
    return PinnedSnapshot(snapshot, yank_of(lock.version, source.trusted.yanked), unchecked, told)


def verify(lock_path: Path, cache: Cache, *, online: bool = False) -> PinStatus:
    """Check a pin; whatever does not hold is raised.

    Offline: the lock contradicts nothing that its source said when it was last asked, and the
    snapshot is in the cache, undamaged; it is warned of a version of which nothing is known.
    ``online``: the source still has it with the same commit and digest, signed as the lock asks.
    """
    lock = read_lock(lock_path)
    source = source_of(lock, lock_path, cache)
    if not online:
        if cache.snapshot(lock.digest) is None:
            why = f"the snapshot {lock.digest} is not in {cache}, or it is damaged there"
            raise EnvironmentProblem(f"{why}. Fetch it with: coefgate verify --online")
        unchecked = _unchecked(lock, source)
        return _status(lock, source, warnings=(unchecked,) if unchecked else ())
    pinned = source.pinned(lock)
    answer = source.look(at_hand=pinned)
    source.trusted.check_unmoved(answer.newest)
    told = (*source.kept(pinned, answer.newest), *source.gone(lock, answer))
    return _status(lock, source, "source", answer, warnings=told)


def show(lock_path: Path, cache: Cache, *, offline: bool = False) -> PinStatus:
    """The pin, and what is known of it; unless ``offline`` the source is asked, and may fail.

    Raises ``InvalidDocument`` where the lock contradicts what is known.
    """
    lock = read_lock(lock_path)
    source = source_of(lock, lock_path, cache)
    if offline:
        return _status(lock, source)
    try:
        answer = source.look(soon=True)
        source.trusted.check_unmoved(answer.newest)
    except CoefgateError as error:
        return _status(lock, source, trouble=str(error))
    if answer.trouble is not None:
        return _status(lock, source, trouble=answer.trouble)
    source.trusted.take(answer.newest)
    check_lock(lock, lock_path, source)
    told = (*source.kept(answer.newest), *source.gone(lock, answer))
    said = answer.newest.published if answer.newest else None
    checked: Checked | None = "source" if said and said == lock.published else None
    return _status(lock, source, checked, answer, warnings=told)


def source_of(lock: Lock, lock_path: Path, cache: Cache, *, mend: bool = False) -> Source:
    """The source of a lock, after ``check_lock``; ``mend``: it may contradict what is known.

    Raises ``InvalidDocument``, also for an address that ``coefgate pin`` never wrote.
    """
    try:
        source = Source(lock.url, lock.trust, cache)
    except UsageProblem as error:
        raise _edited(
            lock_path, f"is not a lock, as its url or trust was edited: {error}"
        ) from None
    if lock.version is None and source.is_git:
        why = "names no version, and its source has many"
        raise _edited(lock_path, why, f"{lock.url}@VERSION")
    named = None if source.is_git else named_version(lock.url)
    if lock.version is not None and named not in (None, lock.version):
        why = f"says that it pins {lock.version}, and its url names {named}: the lock was edited"
        raise _edited(lock_path, why, f"{lock.url}@{named}")
    if not mend:
        check_lock(lock, lock_path, source)
    return source


def check_lock(lock: Lock, lock_path: Path, source: Source) -> None:
    """Raise ``InvalidDocument`` where a lock contradicts what its source said.

    A digest may be that of several versions; a version and a commit are one release's.
    """
    said = source.trusted.contradiction(lock.published)
    if said is not None:
        why = "a commit is one release's alone, so the lock was edited"
        if said.version == lock.version:
            why = "the lock was edited, or the version was moved"
        why = f"says that {lock.published}, and its source said that {said}: {why}"
        raise _edited(lock_path, why, f"{lock.url}@{said.version}")


def _edited(lock_path: Path, why: str, pin: str = "URL@VERSION") -> InvalidDocument:
    mend = f"Write the lock again with: coefgate pin {shlex.quote(pin)}"
    return InvalidDocument(f"{lock_path} {why}. {mend}")


def _status(
    lock: Lock,
    source: Source,
    checked: Checked | None = None,
    answer: SourceAnswer | None = None,
    *,
    trouble: str | None = None,
    warnings: tuple[str, ...] = (),
) -> PinStatus:
    """What is known after the ``answer`` of the source, or without one."""
    trusted = source.trusted
    versions = trusted.versions if answer is None else answer.versions
    return PinStatus(
        lock,
        source.cache.snapshot(lock.digest) is not None,
        checked or ("cache" if trusted.says(lock.published) else "no"),
        wanted(LATEST, versions, trusted.yanked, None),
        yank_of(lock.version, trusted.yanked),
        listed=bool(versions),
        asked=answer is not None,
        trouble=trouble if answer is None else answer.trouble,
        warnings=warnings,
    )


def _unchecked(lock: Lock, source: Source) -> str | None:
    """The warning about a version of which its source never said anything here."""
    if source.trusted.says(lock.published):
        return None
    same = source.trusted.versions_of(lock.digest)
    other = f"; it is known as {' and '.join(map(str, same))}" if same else ""
    ask = "Ask the source with: coefgate verify --online"
    return f"nothing here says that {lock.digest} is {lock.version}{other}. {ask}"
