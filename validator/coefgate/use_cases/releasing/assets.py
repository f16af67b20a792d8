"""The files of a release, for any server: the snapshot, its checksum, and the index of all releases."""

from __future__ import annotations

from coefgate.core.release_index import Index, index_bytes
from coefgate.core.tag_annotation import Release
from coefgate.core.versions import Version

INDEX = "index.json"


def snapshot_name(version: Version) -> str:
    """``coefficients-1.4.0.json``."""
    return f"coefficients-{version}.json"


def assets(release: Release, index: Index) -> dict[str, bytes]:
    """Name → content; the checksum is in the form of ``sha256sum``."""
    name = snapshot_name(release.version)
    checksum = release.snapshot.digest.removeprefix("sha256:")
    return {
        name: release.snapshot.data,
        f"{name}.sha256": f"{checksum}  {name}\n".encode("ascii"),
        INDEX: index_bytes(index),
    }
