"""Addresses of sources: ``URL@VERSION`` taken apart, and what is no address refused.

A secret in an address would come into the lock, the cache and every message, so it is refused, and
what is refused for it is never repeated.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version

Kind = Literal["git", "snapshot-url", "snapshot-file"]

_EXAMPLE: Final = "coefgate pin https://example.org/registry.git@1.4.0"
_HOST: Final = re.compile(r".*?://[^/]*/?(?P<path>)")
_SCP: Final = re.compile(
    r"(?P<user>[^@:/\s]+@)?(?P<host>[^@:/\s]+|\[[0-9A-Fa-f:.]+\]):(?P<path>[^:].*)"
)
# What may be an address whose scheme was forgotten, and what comes behind its @.
_SECRET: Final = re.compile(r"(?://)?[^@:/\s]+:[^@\s]+@(?P<rest>.*)")
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
_REFUSED: Final = (
    "the address holds a user name, a password, a query or a fragment. These may be secrets, and "
    "would be written to the lock. Give the address without them; git finds a secret by: git "
    "credential approve"
)

INDEX: Final = "index.json"
_NUMBERS: Final = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)", re.ASCII)
# A release's files on GitHub, whose newest release is always found at the same place.
_RELEASE: Final = re.compile(r"(https?://[^/]+/[^/]+/[^/]+/releases)/download/.+")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a source is. ``url`` is what a lock holds; a local path is a ``file://`` address."""

    url: str
    kind: Kind

    @property
    def path(self) -> Path:
        """The local path of a ``file://`` address."""
        return _local(urlsplit(self.url))


def request_of(text: str) -> tuple[Address, str | None]:
    """``URL[@VERSION]``: the address, and the text after ``@``. Raises ``UsageProblem``."""
    _check_words(text)
    place, wish = _split(text)
    if wish is not None and (wish.startswith("-") or not wish):
        raise UsageProblem(f"{wish!r} is no version. Name a release, for example: {_EXAMPLE}")
    return address_of(place), wish


def address_of(text: str) -> Address:
    """The address without a version. Raises ``UsageProblem``, which repeats no secret."""
    _check_words(text)
    if "://" in text:
        return _of_url(text)
    if "::" in text:
        raise UsageProblem(
            f"addresses with :: start other programs, and are not taken. Example: {_EXAMPLE}"
        )
    path = Path(text)
    if not path.exists() and (found := _SCP.fullmatch(text)):
        if found["host"].startswith("-") or (found["user"] or "").startswith("-"):
            raise UsageProblem(f"an address does not begin with a dash. Example: {_EXAMPLE}")
        return Address(text, "git")
    return _of_path(path)


def named_version(url: str) -> Version | None:
    """The version in a file's name (``coefficients-1.4.0.json``), ``None`` without one."""
    found = _NUMBERS.findall(url.rpartition("/")[2])
    return Version.parsed(found[-1]) if found else None


def url_of_version(url: str, version: Version | str) -> str:
    """The same file's address in another version: its number wherever this one's stood."""
    named = str(named_version(url))
    return _NUMBERS.sub(lambda found: str(version) if found[0] == named else found[0], url)


def index_url(url: str) -> str:
    """Where the index is that tells of this file."""
    release = _RELEASE.fullmatch(url)
    if release:
        return f"{release[1]}/latest/download/{INDEX}"
    return f"{url.rpartition('/')[0]}/{INDEX}"


def source_key(url: str) -> str:
    """What the addresses of one source share: of a snapshot file, all but the version."""
    is_file = "://" in url and url.endswith(".json")
    return url_of_version(url, "*") if is_file and named_version(url) else url


def is_loopback(host: str) -> bool:
    """Is this the machine itself, which nobody listens in on?"""
    return _LOOPBACK.fullmatch(host) is not None


def _check_words(text: str) -> None:
    if not text or text.startswith("-"):
        raise UsageProblem(
            f"an address is not empty and does not begin with a dash. Example: {_EXAMPLE}"
        )
    if not text.isprintable() or text != text.strip():
        raise UsageProblem(
            f"an address is one line without control characters. Example: {_EXAMPLE}"
        )
    found = None if "://" in text else _SECRET.fullmatch(text)
    if found and not Version.spelled(found["rest"]) and not Path(text).exists():
        raise UsageProblem(_REFUSED)


def _split(text: str) -> tuple[str, str | None]:
    if "://" not in text and Path(text).exists():
        return text, None
    found = _HOST.match(text) or _SCP.fullmatch(text)
    start = found.start("path") if found else 0
    place, at, wish = text[start:].rpartition("@")
    return (text[:start] + place, wish) if at else (text, None)


def _of_url(text: str) -> Address:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UsageProblem(f"the address is malformed. Example: {_EXAMPLE}") from None
    scheme = parts.scheme
    if scheme == "file":
        return _of_file_url(parts)
    user = parts.username
    named = parts.password is not None or (user is not None and scheme != "ssh")
    if parts.query or parts.fragment or named:
        raise UsageProblem(_REFUSED)
    if scheme not in ("https", "http", "ssh"):
        raise UsageProblem(
            f"{text}: {scheme}:// is not taken; https://, ssh://, git@host:path, file:// and "
            f"paths are. Example: {_EXAMPLE}"
        )
    host = parts.hostname or "-"
    if "-" in (host[0], (user or "")[:1]) or not text.isascii() or " " in text:
        raise UsageProblem(
            f"the address is malformed; write special characters as %20. Example: {_EXAMPLE}"
        )
    if scheme == "http" and not is_loopback(host):
        raise UsageProblem(f"{text}: http:// can be altered on its way. Use https://{text[7:]}")
    where = f"[{host}]" if ":" in host else host
    where = f"{f'{user}@' if user else ''}{where}{f':{port}' if port else ''}"
    web = scheme != "ssh" and parts.path.endswith(".json")
    return Address(f"{scheme}://{where}{parts.path}", "snapshot-url" if web else "git")


def _of_file_url(parts: SplitResult) -> Address:
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise UsageProblem(f"a file:// address has three slashes and a path. Example: {_EXAMPLE}")
    return _of_path(_local(parts))


def _local(parts: SplitResult) -> Path:
    """The path of a ``file://`` address, whose bytes need not be UTF-8."""
    return Path(os.fsdecode(unquote_to_bytes(parts.path)))


def _of_path(path: Path) -> Address:
    url = Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 (without .., and with links as they are)
    return Address(url, "snapshot-file" if path.suffix == ".json" and not path.is_dir() else "git")
