"""The files of a release, for any server: the snapshot, its checksum, and the index of all releases."""

from __future__ import annotations

from coefgate.core.release_index import Index, index_bytes
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version

INDEX = "index.json"


def snapshot_name(version: Version) -> str:
    """``coefficients-1.4.0.json``."""
    return f"coefficients-{version}.json"


def assets(version: Version, snapshot: Snapshot, index: Index) -> dict[str, bytes]:
    """Name → content; the checksum is in the form of ``sha256sum``."""
    name = snapshot_name(version)
    checksum = snapshot.digest.removeprefix("sha256:")
    return {
        name: snapshot.data,
        f"{name}.sha256": f"{checksum}  {name}\n".encode("ascii"),
        INDEX: index_bytes(index),
    }
