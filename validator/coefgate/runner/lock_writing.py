"""Write a lock: pin a version, and move the pin."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.release import Release
from coefgate.core.release_index import Index
from coefgate.core.versions import Version
from coefgate.runner.address import Request, request_of
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, check_channel, wanted
from coefgate.runner.lock_check import and_heard, check_lock
from coefgate.runner.lock_file import Lock, Trust, lock_bytes, read_lock
from coefgate.runner.origin import NoSuchRelease, Origin
from coefgate.runner.pinning import origin_of_lock
from coefgate.runner.snapshot_address import source_key
from coefgate.runner.source_offer import (
    Learned,
    check_unmoved,
    gone_words,
    kept,
    learned,
    yanks_said,
)
from coefgate.runner.sources import origin_of
from coefgate.runner.withdrawn import yank_of
from coefgate.runner.yank_warnings import yank_words


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is pinned now. ``before``: what was. ``warnings``: sentences to be told."""

    lock: Lock
    before: Lock | None
    warnings: tuple[str, ...]


def pin(text: str, *, lock_path: Path, cache: Cache, trust: Trust | None = None) -> Pinned:
    """Pin ``URL[@VERSION]``: without a version the newest that is not withdrawn, or the file that is named.

    ``trust=None``: that of the present lock where it is for the same source, else the transport's.
    The lock is written last, so whatever goes wrong leaves the old one.
    """
    request = request_of(text)
    if lock_path.exists() and not lock_path.is_file():  # a lock would take the place of a device
        raise EnvironmentProblem(
            f"{lock_path} is no file. Name another lock with: coefgate pin URL --lock FILE"
        )
    url = request.address.url
    before = _present(lock_path)
    same = before if before is not None and source_key(before.url) == source_key(url) else None
    if trust is None:
        trust = same.trust if same is not None else Trust()
    origin = origin_of(url, trust)
    version = _version(request, origin)
    known = cache.known(url)
    offered, found = _asked(url, version, origin, known)
    here = version or offered.version
    lock = Lock(
        url if here is None else origin.url_of(here),
        offered.version,
        offered.commit,
        offered.snapshot.digest,
        trust,
    )
    if same is not None:
        _check_kept(offered, same, known)
    told = _written(lock_path, lock, cache, offered, found)
    return Pinned(lock, before, (*told, *_less_trust(before, lock)))


def update(
    lock_path: Path, cache: Cache, *, to: Version | None = None, channel: str = LATEST
) -> Pinned:
    """Move the pin to ``to``, or to what ``channel`` wants (``channel.wanted``); it may stay where it is."""
    check_channel(channel)
    lock = read_lock(lock_path)
    known = cache.known(lock.url)
    check_lock(
        lock, known if to is None else None, lock_path
    )  # a named release leads out of a wrong lock
    if lock.version is None:
        raise UsageProblem(
            f"{lock_path} pins a file of which nobody says what release it is, so there is "
            "nothing to go to. Pin it anew with: coefgate pin URL"
        )
    origin = origin_of_lock(lock, lock_path)
    found = learned(origin, known)
    if to is None and found.trouble is not None:
        raise InvalidDocument(
            f"{found.trouble}. Name the version with: coefgate update --to VERSION"
        )
    if to is None:
        check_lock(lock, and_heard(known, found.newest), lock_path)
    target = to or wanted(channel, found.versions, found.yanked, lock.version)
    if target is None:
        check_unmoved(found.newest, known)
        told = kept(cache, lock.url, [found.newest], found.yanked)
        yank = yank_of(lock.version, found.yanked)
        words = (*gone_words(lock, found), *([yank_words(yank)] if yank else []))
        return Pinned(lock, lock, (*told, *words))
    offered = _release(origin, target, found)
    _check_kept(offered, lock, known)
    moved = Lock(
        origin.url_of(target), offered.version, offered.commit, offered.snapshot.digest, lock.trust
    )
    return Pinned(moved, lock, _written(lock_path, moved, cache, offered, found))


def _version(request: Request, origin: Origin) -> Version | None:
    """The version that was asked for; what is no release is refused with one that is."""
    wish = request.wish
    version = None if wish is None else Version.spelled(wish)
    if wish is None or version is not None:
        return version
    fits = _closest(wish.removeprefix("v"), origin)
    raise UsageProblem(
        f"{wish!r} is no release: it may be something else tomorrow, or was never released. "
        "Pin a release with: coefgate pin "
        f"{request.address.url}@{'VERSION' if fits is None else fits}"
    )


def _asked(
    url: str, version: Version | None, origin: Origin, known: Index | None
) -> tuple[Release, Learned | None]:
    """What to pin, and what else the source said, ``None`` where the address itself names a file."""
    if version is None and (named := origin.named()) is not None:
        return named, None
    found = learned(origin, known)
    return _advised(url, origin, found) if version is None else _release(
        origin, version, found
    ), found


def _less_trust(before: Lock | None, lock: Lock) -> tuple[str, ...]:
    """The warning about a lock that asks for signatures no longer."""
    if before is None or lock.trust.allowed_signers or not before.trust.allowed_signers:
        return ()
    words = (
        f"the lock asked for signed releases of {before.url}, and now takes unsigned ones of "
        f"{lock.url}. Where that is not meant: coefgate pin {before.url} --allowed-signers FILE"
    )
    return (words,)


def _closest(wish: str, origin: Origin) -> Version | None:
    """The newest release of the line that was asked for, else of all; ``None`` where nobody can say."""
    try:
        found = learned(origin, None)
    except (EnvironmentProblem, InvalidDocument, NoSuchRelease):
        return None
    try:
        return wanted(check_channel(wish), found.versions, found.yanked, None) or found.advised
    except UsageProblem:
        return found.advised


def _advised(url: str, origin: Origin, found: Learned) -> Release:
    if found.trouble is not None:
        raise InvalidDocument(f"{found.trouble}. Name a version with: coefgate pin {url}@VERSION")
    if found.advised is None:
        raise NoSuchRelease(
            f"{url} has no release that could be pinned: no tag coefficients/vMAJOR.MINOR.PATCH, "
            f"or all are withdrawn. See its tags with: git ls-remote --tags {url}"
        )
    return _release(origin, found.advised, found)


def _release(origin: Origin, version: Version, found: Learned) -> Release:
    if found.newest is not None and found.newest.version == version:
        return found.newest
    return origin.release(version)


def _written(
    lock_path: Path, lock: Lock, cache: Cache, offered: Release, found: Learned | None
) -> tuple[str, ...]:
    """Write the lock after everything else; the answer is what there is to warn of."""
    known = cache.known(lock.url)
    offers = (offered, None if found is None else found.newest)
    for one in offers:
        check_unmoved(one, known)
    yanked = yanks_said(offers, known)
    told = [*kept(cache, lock.url, offers, yanked)]
    if found is not None:
        told += gone_words(lock, found)
    if found is not None and found.trouble:
        told.append(
            f"{found.trouble}. So it is not known whether {lock.registry_version} is withdrawn"
        )
    if yank := yank_of(lock.version, yanked):
        told.append(yank_words(yank))
    try:
        # A lock that is a link to a file elsewhere stays one.
        write_whole(Path(os.path.realpath(lock_path)), lock_bytes(lock))
    except OSError as error:
        raise EnvironmentProblem(
            f"{lock_path} cannot be written: {error.strerror}. Check the folder with: "
            f"ls -ld {lock_path.absolute().parent}"
        ) from error
    return tuple(told)


def _present(lock_path: Path) -> Lock | None:
    """The lock that is there; one that cannot be read is written anew."""
    try:
        return read_lock(lock_path)
    except (EnvironmentProblem, InvalidDocument):
        return None


def _check_kept(offered: Release, lock: Lock, known: Index | None) -> None:
    """Raise ``InvalidDocument`` where the lock, which is to be written anew, pins this version as another.

    Where the source said before what the version is, that counts, and an edited lock is mended.
    """
    pinned = lock.published
    if pinned is None or (known is not None and pinned.version in known.versions):
        return
    if pinned.version == offered.version and pinned != offered.published:
        raise InvalidDocument(
            f"the lock pins {pinned.version} as {pinned.digest} of the commit {pinned.commit}, "
            f"and its source has {offered.snapshot.digest} of {offered.commit}: the version was "
            "moved, or the lock was edited. Releases never move, so ask who made it. To believe "
            "the source, remove the lock"
        )
