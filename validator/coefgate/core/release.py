"""Releases: version, commit, snapshot, what it withdraws; and ``index.json``, which lists them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from coefgate.core import shapes
from coefgate.core.shapes import JsonPlace, fields, form
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, read_yanks, version_shape

MAX_INDEX_BYTES: Final = 4 * 1024 * 1024
"""No index is larger; a reader stops here."""
FORMAT: Final = 1
DIGEST: Final = "it is sha256: and 64 hexadecimal digits"
is_digest: Final = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
COMMIT: Final = "it is the full hash of a commit"
is_commit: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?").fullmatch
"""Of either kind that git knows."""
_MEND: Final = "Write it anew with: coefgate release --assets TAG --output FOLDER"


@dataclass(frozen=True, slots=True)
class Published:
    """What an index says of a release."""

    version: Version
    commit: str
    digest: str

    def __str__(self) -> str:
        return f"{self.version} is {self.digest} of the commit {self.commit}"


@dataclass(frozen=True, slots=True)
class Release:
    """One release. ``version`` and ``commit`` are ``None`` where nobody says them.

    ``yanked``: the versions that it knows to be withdrawn.
    """

    version: Version | None
    commit: str | None
    snapshot: Snapshot
    yanked: tuple[Yank, ...] = ()

    @property
    def published(self) -> Published | None:
        """What an index says of it, ``None`` where its version or its commit is not known."""
        if self.version is None or self.commit is None:
            return None
        return Published(self.version, self.commit, self.snapshot.digest)


@dataclass(frozen=True, slots=True)
class Index:
    """Releases by version, the newest first, and what was withdrawn."""

    versions: Mapping[Version, Published]
    yanked: tuple[Yank, ...]


def index_of(versions: Iterable[Published], yanked: Iterable[Yank]) -> Index:
    """The index of these releases."""
    newest_first = sorted(versions, key=lambda one: one.version, reverse=True)
    return Index({one.version: one for one in newest_first}, tuple(yanked))


def index_bytes(index: Index) -> bytes:
    """The file: JSON, indented, with a line end; the same bytes for the same index."""
    document = {
        "format": FORMAT,
        "versions": [
            asdict(one) | {"version": str(one.version)} for one in index.versions.values()
        ],
        "yanked": [asdict(yank) for yank in index.yanked],
    }
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def read_index(data: bytes, what: str) -> Index:
    """The index in the bytes of a file. Raises ``InvalidDocument``."""
    place = JsonPlace(what, mend=_MEND)
    if len(data) > MAX_INDEX_BYTES:
        place.refuse(f"has {len(data):,} bytes", f"no index has more than {MAX_INDEX_BYTES:,}")
    document = shapes.mapping(shapes.parsed(data, place), place)
    shapes.known_number(document, "format", FORMAT, place)
    known = _INDEX(document, place)
    versions: dict[Version, Published] = {}
    for position, found in enumerate(known["versions"]):
        one = Published(**found)
        if versions.setdefault(one.version, one) is not one:
            here = place.at("versions").at(position).at("version")
            here.refuse(f"is {one.version} once more", "each version stands once")
    return index_of(versions.values(), known["yanked"])


_INDEX: Final = fields(
    format=shapes.anything,
    versions=shapes.several(
        fields(
            version=version_shape(), commit=form(COMMIT, is_commit), digest=form(DIGEST, is_digest)
        )
    ),
    yanked=read_yanks,
)
