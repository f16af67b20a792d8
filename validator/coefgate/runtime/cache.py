"""What a runner keeps on its disk: snapshots by their digest, and what each source offered last.

Whatever is read is checked again; what is damaged counts as missing. Nothing here depends on a clock.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from coefgate.atomic import TEMPORARY, write_whole
from coefgate.problems import EnvironmentProblem, InvalidDocument
from coefgate.releases import index as indexes
from coefgate.releases import snapshots
from coefgate.releases.index import Index, index_bytes, index_of, is_digest, read_index
from coefgate.releases.snapshots import Snapshot, read_snapshot
from coefgate.runtime.process_lock import locked
from coefgate.runtime.snapshot_address import source_key
from coefgate.runtime.withdrawn import yanks_after

WAIT: Final = 10.0
"""Seconds that a writer waits for another one."""
VARIABLE: Final = "COEFGATE_CACHE"
_OTHER: Final = f"Use another folder with: export {VARIABLE}=FOLDER"


class Cache:
    """A cache in ``folder``, which is made when something is first kept.

    Threads and processes may share it. Reading never fails and takes no lock; writing raises
    ``EnvironmentProblem`` where the folder cannot be written.
    """

    def __init__(self, folder: Path, *, wait: float = WAIT) -> None:
        self.folder = folder
        self._wait = wait

    def __repr__(self) -> str:
        return f"Cache({str(self.folder)!r})"

    def snapshot(self, digest: str) -> Snapshot | None:
        """The snapshot with this digest, ``None`` where it is not here undamaged."""
        path = self._snapshot_path(digest)
        data = None if path is None else _content(path, snapshots.MAX_BYTES)
        if data is None:
            return None
        try:
            return read_snapshot(data, f"the cached snapshot {path}", expected=digest)
        except InvalidDocument:
            return None

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; what is there already stays."""
        path = self._snapshot_path(snapshot.digest)
        if path is None:
            raise AssertionError("a snapshot has a digest")
        if self.snapshot(snapshot.digest) is None:
            with self.locked():
                self._write(path, snapshot.data)

    def known(self, url: str) -> Index | None:
        """What the source at ``url`` offered last: the releases seen so far, and the yanks.

        Snapshot files that differ only in their version are one source.
        """
        path = self._source_path(url)
        data = _content(path, indexes.MAX_BYTES)
        if data is None:
            return None
        try:
            return read_index(data, str(path))
        except InvalidDocument:
            return None

    def remember(self, url: str, index: Index) -> None:
        """Add the releases of ``index`` to those seen at ``url``.

        Its yanks replace the old ones, unless a newer release was seen (``withdrawn.yanks_after``): some
        process may have asked before that was made and tell only now.
        """
        with self.locked():
            before = self.known(url)
            seen = {**(before.versions if before else {}), **index.versions}
            yanked = yanks_after(before, max(index.versions, default=None), index.yanked)
            merged = index_of(seen.values(), yanked)
            if merged != before:
                self._write(self._source_path(url), index_bytes(merged))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer; ``keep`` and ``remember`` do this themselves, so not around them."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.folder / "lock", wait=self._wait):
                yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise EnvironmentProblem(
                f"the cache {self.folder} cannot be written: {reason}. {_OTHER}"
            ) from error

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        for stray in path.parent.glob(f".*{TEMPORARY}"):  # of a writer that was killed: we are the only one
            stray.unlink(missing_ok=True)
        write_whole(path, data)

    def _snapshot_path(self, digest: str) -> Path | None:
        name = f"{digest.removeprefix('sha256:')}.json"
        return self.folder / "snapshots" / name if is_digest(digest) else None

    def _source_path(self, url: str) -> Path:
        key = hashlib.sha256(source_key(url).encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / "sources" / f"{key}.json"


def default_cache() -> Cache:
    """The cache that ``COEFGATE_CACHE`` names, else the one in the platform's folder for caches."""
    return Cache(cache_folder(os.environ, sys.platform))


def cache_folder(environment: Mapping[str, str], platform: str) -> Path:
    """Where the cache lies. Raises ``EnvironmentProblem`` where the user has no home folder."""
    try:
        if named := environment.get(VARIABLE):
            return Path(named).expanduser().absolute()
        if platform == "win32":
            local = environment.get("LOCALAPPDATA")
            return (Path(local) if local else Path.home() / "AppData/Local") / "coefgate" / "Cache"
        if platform == "darwin":
            return Path.home() / "Library/Caches/coefgate"
        base = Path(environment.get("XDG_CACHE_HOME", ""))
        return (base if base.is_absolute() else Path.home() / ".cache") / "coefgate"
    except RuntimeError as error:
        raise EnvironmentProblem(f"the cache has no place: {error}. {_OTHER}") from error


def _content(path: Path, most: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError:
        return None
