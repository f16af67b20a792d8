"""Snapshot files as a source, on a web server or a disk, with ``index.json`` beside them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress

from coefgate.core.problems import NoSuchRelease, explained
from coefgate.core.release import MAX_INDEX_BYTES, Index, Release, read_index
from coefgate.core.snapshot import MAX_BYTES, read_snapshot
from coefgate.core.versions import Version
from coefgate.runner.address import index_url, local_path, named_version, seen_with, url_of_version


class FileFetcher:
    """The file at ``url``, and its sisters that have another version in its place.

    ``timeout``: seconds for one file, where it is not ``download.TIMEOUT``.
    """

    def __init__(self, url: str, *, timeout: float | None = None) -> None:
        self._url = url
        self._timeout = timeout

    def versions(self) -> Mapping[Version, str]:
        """What the index lists: nothing without one, and of a file whose name holds no version."""
        if named_version(self._url) is None:
            return {}
        index = self._index()
        found = {one.version: one.digest for one in index.versions.values()}
        # A yank may come into the index without a release, and the newest one speaks of yanks.
        return found | {version: f"{found[version]} {index.yanked}" for version in list(found)[:1]}

    def release(self, version: Version | None) -> Release:
        """The file with this version in its name; ``None``: the one that is named."""
        index, named = self._index(), named_version(self._url)
        if version is not None and named is None and version not in index.versions:
            why = f"is one file without a version in its name, so {version} has no address"
            mend = f"Pin the file as it is with: coefgate pin {shlex.quote(self._url)}"
            raise NoSuchRelease(f"{self._url} {why}. {mend}")
        version = version or named
        url = self._url if version is None else url_of_version(self._url, version)
        data = self._read(url, MAX_BYTES)
        if data is None:
            raise NoSuchRelease(f"{url} is not there. Look for it with: {seen_with(url)}")
        published = None if version is None else index.versions.get(version)
        expected = None if published is None else published.digest
        snapshot = read_snapshot(data, f"the snapshot {url}", expected=expected)
        if version is None:
            same = (one for one in index.versions.values() if one.digest == snapshot.digest)
            published = next(same, None)
        if published is None:
            return Release(None, None, snapshot, index.yanked)
        return Release(published.version, published.commit, snapshot, index.yanked)

    def _index(self) -> Index:
        """The index beside the file; an empty one where there is none."""
        url = index_url(self._url)
        data = self._read(url, MAX_INDEX_BYTES)
        return Index({}, ()) if data is None else read_index(data, f"the index {url}")

    def _read(self, url: str, most: int) -> bytes | None:
        """The bytes at ``url``, at most one beyond ``most``; ``None``: nothing is there."""
        if not url.startswith("file:"):
            # Only here a runner needs what opens connections.
            from coefgate.runner.download import downloaded  # noqa: PLC0415

            return downloaded(url, most=most, timeout=self._timeout)
        path = local_path(url)
        with (
            explained(f"{path} cannot be read", f"Check it with: ls -l {shlex.quote(str(path))}"),
            suppress(FileNotFoundError, NotADirectoryError),
            path.open("rb") as file,
        ):
            return file.read(most + 1)
        return None
