"""Addresses of sources: ``URL@VERSION`` taken apart, and what is no address refused.

A secret in an address would come into the lock, the cache and every message, so it is refused, and
what is refused for it is never repeated.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version

_HOST: Final = re.compile(r".*?://[^/]*/?(?P<path>)")
_SCP: Final = re.compile(
    r"(?P<user>[^@:/\s]+@)?(?P<host>[^@:/\s]+|\[[0-9A-Fa-f:.]+\]):(?P<path>[^:].*)"
)
# What may be an address whose scheme was forgotten, and what comes behind its @.
_SECRET: Final = re.compile(r"(?://)?[^@:/\s]+:[^@\s]+@(?P<rest>.*)")
is_loopback: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1").fullmatch
"""Is a host the machine itself, which nobody listens in on?"""
_REFUSED: Final = (
    "the address holds a user name, a password, a query or a fragment, which may be secrets and "
    "would be written to the lock. Leave them out; git finds a secret by: git credential approve"
)

INDEX: Final = "index.json"
_DRIVE: Final = re.compile(r"\A/(?=[A-Za-z]:/)")
_NUMBERS: Final = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)", re.ASCII)
# A release's files on GitHub, whose newest release is always found at the same place.
_RELEASE: Final = re.compile(r"(https?://[^/]+/[^/]+/[^/]+/releases)/download/.+")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a source is. ``url`` is what a lock holds; a local path is a ``file://`` address.

    ``is_git``: is it a repository, or else a snapshot file?
    """

    url: str
    is_git: bool


def request_of(text: str) -> tuple[Address, str | None]:
    """``URL[@VERSION]``: the address, and the text after ``@``. Raises ``UsageProblem``."""
    _check_words(text)
    place, wish = _split(text)
    if wish is not None and (wish.startswith("-") or not wish):
        raise _problem(f"{wish!r} is not a version")
    return address_of(place), wish


def address_of(text: str) -> Address:
    """The address without a version. Raises ``UsageProblem``, which repeats no secret."""
    _check_words(text)
    if "://" in text:
        return _of_url(text)
    if "::" in text:
        raise _problem("addresses with :: start other programs, and are not accepted")
    path = Path(text)
    if not path.exists() and (found := _SCP.fullmatch(text)):
        if found["host"].startswith("-"):
            raise _problem("a host does not begin with a dash")
        return Address(text, is_git=True)
    return _of_path(path)


def local_path(url: str) -> Path:
    """The path of a ``file://`` address, whose bytes need not be UTF-8."""
    path = os.fsdecode(unquote_to_bytes(urlsplit(url).path))
    return Path(before_drive(path) if os.name == "nt" else path)


def before_drive(path: str) -> str:
    """A path of Windows without the slash that an address has before its drive."""
    return _DRIVE.sub("", path)


def seen_with(url: str, *, content: bool = False) -> str:
    """The command that shows whether the file is there; with ``content``, what it holds."""
    if url.startswith("file:"):
        return f"{'cat' if content else 'ls -l'} {shlex.quote(str(local_path(url)))}"
    return shlex.join(["curl", "-fL" if content else "-fIL", url])


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


def _problem(why: str) -> UsageProblem:
    return UsageProblem(f"{why}. Example: coefgate pin https://example.org/registry.git@1.4.0")


def _check_words(text: str) -> None:
    if not text or text.startswith("-"):
        raise _problem("an address is not empty and does not begin with a dash")
    if not text.isprintable() or text != text.strip():
        raise _problem("an address is one line without control characters")
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
        raise _problem("the address is malformed") from None
    scheme, user, host = parts.scheme, parts.username, parts.hostname or "-"
    if scheme == "file":
        if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
            raise _problem("a file:// address has three slashes and a path")
        return _of_path(local_path(text))
    named = parts.password is not None or (user is not None and scheme != "ssh")
    if parts.query or parts.fragment or named:
        raise UsageProblem(_REFUSED)
    if scheme not in ("https", "http", "ssh"):
        taken = "https://, ssh://, git@host:path, file:// and paths are"
        raise _problem(f"{text}: {scheme}:// is not accepted; {taken}")
    if "-" in (host[0], (user or "")[:1]) or not text.isascii() or " " in text:
        raise _problem("the address is malformed; write special characters as %20")
    if scheme == "http" and not is_loopback(host):
        raise UsageProblem(f"{text}: http:// can be altered in transit. Use https://{text[7:]}")
    where = f"[{host}]" if ":" in host else host
    where = f"{f'{user}@' if user else ''}{where}{f':{port}' if port else ''}"
    is_file = scheme != "ssh" and parts.path.endswith(".json")
    return Address(f"{scheme}://{where}{parts.path}", not is_file)


def _of_path(path: Path) -> Address:
    url = Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 (without .., and with links as they are)
    return Address(url, is_git=path.suffix != ".json" or path.is_dir())
