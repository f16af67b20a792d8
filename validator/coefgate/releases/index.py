"""``index.json``: every release with its commit and digest, and every withdrawn version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from coefgate.problems import InvalidDocument
from coefgate.releases.shapes import Place, items, mapping, parsed, text
from coefgate.releases.version import Version
from coefgate.releases.yanks import VERSION, Yank, read_yanks, yank_dicts

MAX_BYTES: Final = 4 * 1024 * 1024
"""No index is larger; a reader stops here."""
FORMAT: Final = 1
DIGEST: Final = "it is sha256: and 64 hexadecimal digits"
COMMIT: Final = "it is the full hash of a commit"
_KEYS: Final = ("format", "versions", "yanked")
_VERSION_KEYS: Final = ("version", "commit", "digest")


@dataclass(frozen=True, slots=True)
class Published:
    """One version of the index."""

    version: Version
    commit: str
    digest: str


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
            {"version": str(one.version), "commit": one.commit, "digest": one.digest}
            for one in index.versions.values()
        ],
        "yanked": yank_dicts(index.yanked),
    }
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def read_index(data: bytes, what: str) -> Index:
    """The index in the bytes of a file. Raises ``InvalidDocument``."""
    if len(data) > MAX_BYTES:
        raise InvalidDocument(f"{what} has {len(data):,} bytes; no index has more than {MAX_BYTES:,}")
    place = Place(what)
    document = mapping(parsed(data, what), place)
    check_format(document, FORMAT, what)
    known = mapping(document, place, _KEYS)
    versions = [
        _published(value, place.at("versions").at(index))
        for index, value in enumerate(items(known["versions"], place.at("versions")))
    ]
    index = index_of(versions, read_yanks(known["yanked"], place.at("yanked")))
    if len(index.versions) != len(versions):
        place.at("versions").refuse("names a version twice", "each version stands once")
    return index


def check_format(document: Mapping[str, Any], known: int, what: str) -> None:
    """Raise ``InvalidDocument`` unless ``document`` has a ``format`` that this program reads."""
    found = document.get("format")
    if type(found) is int and found > known:
        raise InvalidDocument(
            f"{what} has the format {found}, and this program reads up to {known}. "
            "Get a newer one with: python -m pip install --upgrade coefgate"
        )
    if found != known or type(found) is not int:
        Place(what, "format").refuse(f"is {json.dumps(found)}", f"it is {known}")


def is_digest(value: str) -> bool:
    """Is this ``sha256:`` and 64 hexadecimal digits?"""
    return re.fullmatch(r"sha256:[0-9a-f]{64}", value) is not None


def is_commit(value: str) -> bool:
    """Is this the full hash of a commit, of either kind that git knows?"""
    return re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", value) is not None


def _published(value: Any, place: Place) -> Published:
    known = mapping(value, place, _VERSION_KEYS)
    number = Version.parsed(text(known["version"], place.at("version"), VERSION, Version.parsed))
    if number is None:
        raise AssertionError("the text was checked")
    return Published(
        number,
        text(known["commit"], place.at("commit"), COMMIT, is_commit),
        text(known["digest"], place.at("digest"), DIGEST, is_digest),
    )
