"""What a lock says of its release, held against itself and against what is known of its source.

What contradicts, and what is only unchecked:
docs/decisions/0047-a-lock-is-held-against-what-is-known.md
"""

from __future__ import annotations

from pathlib import Path

from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.release import Published, Release
from coefgate.core.release_index import Index, index_of
from coefgate.runner.lock_file import Lock
from coefgate.runner.snapshot_address import named_version
from coefgate.runner.sources import checked_address


def check_lock(lock: Lock, known: Index | None, lock_path: Path) -> None:
    """Raise ``InvalidDocument`` where a lock contradicts itself, or what its source said.

    A digest may be that of several versions, as after a rollback; a version and a commit are one
    release's.
    """
    _check_address(lock, lock_path)
    said = contradiction(lock.published, known)
    if lock.published is None or said is None:
        return
    why = (
        "the lock was edited, or the version was moved"
        if said.version == lock.version
        else "a commit is one release's alone, so the lock was edited"
    )
    raise InvalidDocument(
        f"{lock_path} says that {_words(lock.published)}, and its source said that "
        f"{_words(said)}: {why}. Write the lock anew with: coefgate pin {lock.url}@{said.version}"
    )


def contradiction(release: Published | None, known: Index | None) -> Published | None:
    """The release of ``known`` that has this one's version or commit and is another one."""
    if release is None or known is None:
        return None
    before = known.versions.get(release.version)
    if before is not None:
        return None if before == release else before
    return next((one for one in known.versions.values() if one.commit == release.commit), None)


def is_known(lock: Lock, known: Index | None) -> bool:
    """Did its source say what the lock says of its version? One without a version says nothing of it."""
    if lock.published is None:
        return True
    return known is not None and known.versions.get(lock.published.version) == lock.published


def and_heard(known: Index | None, *offers: Release | None) -> Index:
    """``known`` with what a source has said since; what was known before stands."""
    heard = {
        new.version: new
        for one in offers
        if one is not None and (new := one.published) is not None
    }
    before = known or Index({}, ())
    return index_of({**heard, **before.versions}.values(), before.yanked)


def edited_address(lock_path: Path, error: UsageProblem) -> InvalidDocument:
    """What is wrong with a lock whose address or trust ``coefgate pin`` never wrote."""
    return InvalidDocument(
        f"{lock_path}: url or trust was edited: {error}. Write the lock anew with: coefgate pin "
        "URL@VERSION"
    )


def _check_address(lock: Lock, lock_path: Path) -> None:
    try:
        git = checked_address(lock.url, lock.trust).kind == "git"
    except UsageProblem as error:
        raise edited_address(lock_path, error) from None
    if lock.version is None and git:
        raise InvalidDocument(
            f"{lock_path} names no version, and its source has many. Write the lock anew with: "
            f"coefgate pin {lock.url}@VERSION"
        )
    named = None if git else named_version(lock.url)
    if lock.version is not None and named not in (None, lock.version):
        raise InvalidDocument(
            f"{lock_path} says that it pins {lock.version}, and its url names {named}: the lock "
            f"was edited. Write it anew with: coefgate pin {lock.url}@{named}"
        )


def _words(release: Published) -> str:
    return f"{release.version} is {release.digest} of the commit {release.commit}"
