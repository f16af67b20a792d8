"""What a runner keeps on its disk: snapshots by their digest, and what each source offered last.

Whatever is read is checked again; what is damaged counts as missing. Processes and threads write
one after the other: the lock between them is free when its holder dies.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from coefgate.core import file_lock
from coefgate.core.atomic_files import TEMPORARY, write_whole
from coefgate.core.problems import EnvironmentProblem, InvalidDocument, explained
from coefgate.core.release import (
    MAX_INDEX_BYTES,
    Index,
    index_bytes,
    index_of,
    is_digest,
    read_index,
)
from coefgate.core.snapshot import MAX_BYTES, Snapshot, read_snapshot
from coefgate.runner.address import source_key
from coefgate.runner.trusted import yanks_after

WAIT: Final = 10.0
"""Seconds that a writer waits for another one."""
VARIABLE: Final = "COEFGATE_CACHE"
_OTHER: Final = f"Use another folder with: export {VARIABLE}=FOLDER"
_Kept = TypeVar("_Kept")


class Cache:
    """A cache in ``folder``, made when something is first kept; ``None``: it has no place.

    Threads and processes may share it. Reading never fails and takes no lock; writing raises
    ``EnvironmentProblem`` where the folder cannot be written.
    """

    def __init__(self, folder: Path | None, *, wait: float = WAIT) -> None:
        self.folder = folder
        self._wait = wait

    def __repr__(self) -> str:
        return f"Cache({None if self.folder is None else str(self.folder)!r})"

    def __str__(self) -> str:
        return f"the cache{'' if self.folder is None else f' {self.folder}'}"

    def snapshot(self, digest: str) -> Snapshot | None:
        """The snapshot with this digest, ``None`` where it is not here undamaged."""
        if not is_digest(digest):
            return None
        read = partial(read_snapshot, what="the cached snapshot", expected=digest)
        return self._read(_snapshot_name(digest), MAX_BYTES, read)

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; what is there already stays."""
        if self.snapshot(snapshot.digest) is None:
            with self.locked() as folder:
                _write(folder / _snapshot_name(snapshot.digest), snapshot.data)

    def known(self, url: str) -> Index | None:
        """What the source at ``url`` offered last: the releases seen so far, and the yanks."""
        read = partial(read_index, what="the cached index")
        return self._read(_source_name(url), MAX_INDEX_BYTES, read)

    def remember(self, url: str, index: Index) -> None:
        """Add the releases of ``index`` to those seen at ``url``.

        Its yanks replace the old ones, unless a newer release was seen by another process.
        """
        with self.locked() as folder:
            before = self.known(url) or Index({}, ())
            seen = {**before.versions, **index.versions}
            yanked = yanks_after(before, max(index.versions, default=None), index.yanked)
            merged = index_of(seen.values(), yanked)
            if merged != before:
                _write(folder / _source_name(url), index_bytes(merged))

    @contextmanager
    def locked(self) -> Iterator[Path]:
        """Be the only writer of the folder; ``keep`` and ``remember`` lock it themselves."""
        if self.folder is None:
            why = f"there is no place for a cache: neither {VARIABLE} nor HOME names a folder"
            raise EnvironmentProblem(f"{why}. Name one with: export {VARIABLE}=FOLDER")
        with explained(f"{self} cannot be written", _OTHER):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file_lock.held(self.folder / "lock", wait=self._wait, remedy=_OTHER):
                yield self.folder

    def _read(self, name: str, most: int, read: Callable[[bytes], _Kept]) -> _Kept | None:
        if self.folder is None:
            return None
        try:
            with (self.folder / name).open("rb") as file:
                return read(file.read(most + 1))
        except (OSError, InvalidDocument):
            return None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    # Of a writer that was killed: we are the only one.
    for stray in path.parent.glob(f".*{TEMPORARY}"):
        stray.unlink(missing_ok=True)
    write_whole(path, data)


def _snapshot_name(digest: str) -> str:
    return f"snapshots/{digest.removeprefix('sha256:')}.json"


def _source_name(url: str) -> str:
    key = hashlib.sha256(source_key(url).encode("utf-8", "surrogatepass")).hexdigest()
    return f"sources/{key}.json"


def default_cache() -> Cache:
    """The cache that ``COEFGATE_CACHE`` names, else the one where the platform has caches."""
    return Cache(cache_folder(os.environ, sys.platform))


def cache_folder(environment: Mapping[str, str], platform: str) -> Path | None:
    """Where the cache lies; ``None`` where nobody can say: the user has no home folder."""
    named = environment.get(VARIABLE, "")
    try:
        if named.startswith("~"):
            _home(environment)
            return Path(named).expanduser()
        if named:
            return Path(named).absolute()
        if platform == "win32":
            local = environment.get("LOCALAPPDATA") or _home(environment) / "AppData/Local"
            return Path(local) / "coefgate" / "Cache"
        if platform == "darwin":
            return _home(environment) / "Library/Caches/coefgate"
        base = Path(environment.get("XDG_CACHE_HOME", ""))
        return (base if base.is_absolute() else _home(environment) / ".cache") / "coefgate"
    except (RuntimeError, OSError):  # no home, or the current folder is gone
        return None


def _home(environment: Mapping[str, str]) -> Path:
    """The user's home folder. Raises ``RuntimeError`` without one, or where HOME names none."""
    home = Path.home()
    if environment.get("HOME") == "" or not home.is_absolute():
        raise RuntimeError("HOME names no folder")
    return home
