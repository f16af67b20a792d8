"""Write a lock: pin a version, and move the pin."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import (
    CoefgateError,
    EnvironmentProblem,
    InvalidDocument,
    NoSuchRelease,
    UsageProblem,
    explained,
)
from coefgate.core.release import Release
from coefgate.core.versions import Version
from coefgate.core.yanks import yank_of
from coefgate.runner.address import request_of, source_key
from coefgate.runner.cache import Cache
from coefgate.runner.channel import LATEST, check_channel, wanted
from coefgate.runner.lock import Lock, Trust, lock_bytes, read_lock
from coefgate.runner.serving import yank_words
from coefgate.runner.source import Source, SourceAnswer
from coefgate.runner.verify import check_lock, source_of


@dataclass(frozen=True, slots=True)
class PinChange:
    """What is pinned now. ``before``: what was. ``warnings``: sentences to be told."""

    lock: Lock
    before: Lock | None
    warnings: tuple[str, ...]


def pin(text: str, *, lock_path: Path, cache: Cache, trust: Trust | None = None) -> PinChange:
    """Pin ``URL[@VERSION]``, else the newest that is not withdrawn, or the file that is named.

    ``trust=None``: that of the present lock where it is for the same source, else the transport's.
    Whatever goes wrong leaves the old lock.
    """
    address, wish = request_of(text)
    if lock_path.exists() and not lock_path.is_file():  # a lock would take the place of a device
        remedy = "Name another lock with: coefgate pin URL --lock FILE"
        raise EnvironmentProblem(f"{lock_path} is not a file. {remedy}")
    before: Lock | None = None
    with suppress(CoefgateError):  # a lock that cannot be read is written anew
        before = read_lock(lock_path)
    if trust is None:
        trust = before.trust if before and _are_same(before.url, address.url) else Trust()
    source = Source(address.url, trust, cache)
    version = _version(wish, source)
    answer: SourceAnswer | None = None
    if version is None and not source.is_git:
        release = source.fetcher.release(None)
    else:
        answer = source.look()
        release = _chosen(source, version, answer)
    return _changed(lock_path, before, source, release, version or release.version, answer=answer)


def update(
    lock_path: Path, cache: Cache, *, to: Version | None = None, channel: str = LATEST
) -> PinChange:
    """Move the pin to ``to``, or to what ``channel`` wants; it may stay where it is."""
    check_channel(channel)
    lock = read_lock(lock_path)
    # A release that is named leads out of a wrong lock.
    source = source_of(lock, lock_path, cache, mend=to is not None)
    if lock.version is None:
        why = "pins a file that is no known release: there is nothing to update to"
        raise UsageProblem(f"{lock_path} {why}. Pin it again with: coefgate pin URL")
    answer = source.look()
    if to is None:
        if answer.trouble is not None:
            remedy = "Name the version with: coefgate update --to VERSION"
            raise InvalidDocument(f"{answer.trouble}. {remedy}")
        source.trusted.take(answer.newest)
        check_lock(lock, lock_path, source)
    target = to or wanted(channel, answer.versions, answer.yanked, lock.version)
    if target is None:
        source.trusted.check_unmoved(answer.newest)
        told = (*source.kept(answer.newest), *source.gone(lock, answer))
        return PinChange(lock, lock, (*told, *_withdrawn(lock, source)))
    release = source.release(target, at_hand=answer.newest)
    return _changed(lock_path, lock, source, release, target, answer=answer)


def _are_same(url: str, other: str) -> bool:
    return source_key(url) == source_key(other)


def _version(wish: str | None, source: Source) -> Version | None:
    """The version that was asked for; what is no release is refused with one that is."""
    version = Version.spelled(wish) if wish is not None else None
    if wish is None or version is not None:
        return version
    fits = _closest(wish.removeprefix("v"), source) or "VERSION"
    why = f"{wish!r} is not a release: it may be something else tomorrow, or was never released"
    raise UsageProblem(
        f"{why}. Pin a release with: coefgate pin {shlex.quote(f'{source.url}@{fits}')}"
    )


def _closest(wish: str, source: Source) -> Version | None:
    """The newest release of the line that was asked for, else of all, if that can be told."""
    with suppress(CoefgateError):
        answer = source.look()
        with suppress(UsageProblem):
            channel = check_channel(wish)
            return wanted(channel, answer.versions, answer.yanked, None) or answer.advised
        return answer.advised
    return None


def _chosen(source: Source, version: Version | None, answer: SourceAnswer) -> Release:
    """The release that was asked for, else the newest that is not withdrawn."""
    if version is None and answer.trouble is not None:
        remedy = f"Name a version with: coefgate pin {shlex.quote(f'{source.url}@VERSION')}"
        raise InvalidDocument(f"{answer.trouble}. {remedy}")
    chosen = version or answer.advised
    if chosen is None:
        why = "has no release: no tag coefficients/vMAJOR.MINOR.PATCH, or all are withdrawn"
        raise NoSuchRelease(f"{source.url} {why}. {source.see}")
    return source.release(chosen, at_hand=answer.newest)


def _changed(
    lock_path: Path,
    before: Lock | None,
    source: Source,
    release: Release,
    version: Version | None,
    *,
    answer: SourceAnswer | None,
) -> PinChange:
    """Write the lock after everything else, with what there is to warn of."""
    _check_kept(release, before, source)
    url = source.url_of(version)
    lock = Lock(url, release.version, release.commit, release.snapshot.digest, source.trust)
    newest = answer.newest if answer else None
    source.trusted.check_unmoved(release, newest)
    told = [*source.kept(release, newest)]
    if answer is not None:
        told += source.gone(lock, answer)
        if answer.trouble:
            unknown = f"it is not known whether {lock.registry_version} is withdrawn"
            told.append(f"{answer.trouble}. So {unknown}")
    told += _withdrawn(lock, source)
    look = f"Check the folder with: ls -ld {shlex.quote(str(lock_path.absolute().parent))}"
    with explained(f"{lock_path} cannot be written", look):
        # A lock that is a link to a file elsewhere stays one.
        write_whole(Path(os.path.realpath(lock_path)), lock_bytes(lock))
    if before is not None and before.trust.allowed_signers and not lock.trust.allowed_signers:
        told.append(
            f"the lock asked for signed releases of {before.url}, and now takes unsigned ones of "
            f"{lock.url}. If not meant: coefgate pin {shlex.quote(before.url)} "
            "--allowed-signers FILE"
        )
    return PinChange(lock, before, tuple(told))


def _withdrawn(lock: Lock, source: Source) -> tuple[str, ...]:
    yank = yank_of(lock.version, source.trusted.yanked)
    return (yank_words(yank),) if yank else ()


def _check_kept(release: Release, lock: Lock | None, source: Source) -> None:
    """Raise ``InvalidDocument`` where the present lock pins this version as another release.

    Where the source said before what the version is, that counts, and an edited lock is mended.
    """
    pinned = lock.published if lock and _are_same(lock.url, source.url) else None
    if pinned is None or pinned.version in source.trusted.versions:
        return
    if pinned.version == release.version and pinned != release.published:
        raise InvalidDocument(
            f"the lock says that {pinned}, and its source that it is {release.snapshot.digest} of "
            f"{release.commit}: the version was moved, or the lock was edited. Releases never "
            "move, so ask who made it. To believe the source, remove the lock"
        )
