"""Snapshot files as a source, on a web server or a disk, with ``index.json`` beside them."""

from __future__ import annotations

from collections.abc import Mapping

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.release import MAX_INDEX_BYTES, Index, Release, read_index
from coefgate.core.snapshot import MAX_BYTES, read_snapshot
from coefgate.core.versions import Version
from coefgate.runner.address import Address, index_url, named_version, url_of_version
from coefgate.runner.fetcher import NoSuchRelease


class FileFetcher:
    """The file at ``address``, and its sisters that have another version in its place.

    ``timeout``: seconds for one file, where it is not ``download.TIMEOUT``.
    """

    def __init__(self, address: Address, *, timeout: float | None = None) -> None:
        self._url = address.url
        self._timeout = timeout

    def versions(self) -> Mapping[Version, str]:
        """What the index lists: nothing without one, and of a file whose name holds no version."""
        index = self._index() if named_version(self._url) is not None else None
        if index is None:
            return {}
        found = {one.version: one.digest for one in index.versions.values()}
        # A yank may come into the index without a release, and the newest one speaks of yanks.
        return found | {version: f"{found[version]} {index.yanked}" for version in list(found)[:1]}

    def release(self, version: Version) -> Release:
        """The file with this version in its name. ``NoSuchRelease``: there is none."""
        index = self._index()
        if named_version(self._url) is None and (index is None or version not in index.versions):
            raise NoSuchRelease(
                f"{self._url} is one file without a version in its name, so {version} has no "
                f"address. Pin the file as it is with: coefgate pin {self._url}"
            )
        return self._offered(version, index)

    def named(self) -> Release | None:
        """The file itself, always. ``NoSuchRelease``: it is not there."""
        return self._offered(named_version(self._url), self._index())

    def _offered(self, version: Version | None, index: Index | None) -> Release:
        url = self._url if version is None else url_of_version(self._url, version)
        published = None if version is None or index is None else index.versions.get(version)
        try:
            data = self._read(url, MAX_BYTES)
        except FileNotFoundError:
            look = (
                f"ls -l {Address(url, 'snapshot-file').path}"
                if url.startswith("file:")
                else f"curl -fIL {url}"
            )
            raise NoSuchRelease(f"{url} is not there. Look for it with: {look}") from None
        expected = None if published is None else published.digest
        snapshot = read_snapshot(data, f"the snapshot {url}", expected=expected)
        if index is not None and version is None:
            same = (one for one in index.versions.values() if one.digest == snapshot.digest)
            published = next(same, None)
        yanked = () if index is None else index.yanked
        if published is None:
            return Release(None, None, snapshot, yanked)
        return Release(published.version, published.commit, snapshot, yanked)

    def _index(self) -> Index | None:
        url = index_url(self._url)
        try:
            return read_index(self._read(url, MAX_INDEX_BYTES), f"the index {url}")
        except FileNotFoundError:
            return None

    def _read(self, url: str, most: int) -> bytes:
        """The bytes at ``url``, at most one beyond ``most``. Raises ``FileNotFoundError`` too."""
        if not url.startswith("file:"):
            # Only here a runner needs what opens connections.
            from coefgate.runner.download import NotThere, downloaded  # noqa: PLC0415

            try:
                return downloaded(url, most=most, timeout=self._timeout)
            except NotThere as error:
                raise FileNotFoundError from error
        path = Address(url, "snapshot-file").path
        try:
            with path.open("rb") as file:
                return file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileNotFoundError from None
        except OSError as error:
            raise EnvironmentProblem(
                f"{path} cannot be read: {error.strerror}. Check it with: ls -l {path}"
            ) from error
