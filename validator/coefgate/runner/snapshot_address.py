"""Addresses of snapshot files: the version in a file's name, and where its sisters and its index lie."""

from __future__ import annotations

import re
from typing import Final

from coefgate.core.versions import Version

INDEX: Final = "index.json"
_NUMBERS: Final = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)", re.ASCII)
# A release's files on GitHub, whose newest release is always found at the same place.
_RELEASE: Final = re.compile(r"(https?://[^/]+/[^/]+/[^/]+/releases)/download/.+")


def named_version(url: str) -> Version | None:
    """The version in the file's name (``coefficients-1.4.0.json``), ``None`` where there is none."""
    found = _NUMBERS.findall(url.rpartition("/")[2])
    return Version.parsed(found[-1]) if found else None


def url_of_version(url: str, version: Version) -> str:
    """The address of the same file of another version: its number stands wherever this one's stood."""
    named = str(named_version(url))
    return _NUMBERS.sub(lambda found: str(version) if found[0] == named else found[0], url)


def index_url(url: str) -> str:
    """Where the index is that tells of this file."""
    release = _RELEASE.fullmatch(url)
    if release:
        return f"{release[1]}/latest/download/{INDEX}"
    return f"{url.rpartition('/')[0]}/{INDEX}"


def source_key(url: str) -> str:
    """What the addresses of one source share: of a snapshot file, its address without the version."""
    named = named_version(url) if "://" in url and url.endswith(".json") else None
    return (
        url if named is None else _NUMBERS.sub(lambda f: "*" if f[0] == str(named) else f[0], url)
    )
