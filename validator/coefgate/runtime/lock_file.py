"""``coefgate.lock``: which version of which registry a runner uses, and whom it trusts for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coefgate.problems import EnvironmentProblem, InvalidDocument
from coefgate.releases.index import COMMIT, DIGEST, check_format, is_commit, is_digest
from coefgate.releases.shapes import Place, items, mapping, parsed, text
from coefgate.releases.version import UNVERSIONED, Version
from coefgate.releases.yanks import VERSION

NAME: Final = "coefgate.lock"
FORMAT: Final = 1
MAX_BYTES: Final = 1024 * 1024
_KEYS: Final = ("format", "url", "version", "commit", "digest", "trust")
_TRUST: Final = 'it is "transport", or {"allowed_signers": [...]}'


@dataclass(frozen=True, slots=True)
class Trust:
    """Why a runner believes a source.

    ``allowed_signers``: lines of an ssh ``allowed_signers`` file, one of which must have signed a release's
    tag. Empty: the transport (TLS, ssh, the file system) is trusted.
    """

    allowed_signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """A pin.

    ``version`` and ``commit`` are ``None`` for a snapshot of which nobody says what release it is.
    """

    url: str
    version: Version | None
    commit: str | None
    digest: str
    trust: Trust

    @property
    def registry_version(self) -> str:
        """The version that an estimate carries."""
        return UNVERSIONED if self.version is None else str(self.version)


def lock_bytes(lock: Lock) -> bytes:
    """The file: JSON, indented, with a line end."""
    signers = list(lock.trust.allowed_signers)
    document = {
        "format": FORMAT,
        "url": lock.url,
        "version": None if lock.version is None else str(lock.version),
        "commit": lock.commit,
        "digest": lock.digest,
        "trust": {"allowed_signers": signers} if signers else "transport",
    }
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def read_lock(path: Path) -> Lock:
    """The lock in a file.

    Raises ``EnvironmentProblem`` where it cannot be read, ``InvalidDocument`` where it is not what
    ``coefgate pin`` wrote.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path}: cannot be read: {error.strerror}. Write one with: coefgate pin URL@VERSION"
        ) from error
    try:
        return _lock(data, str(path))
    except InvalidDocument as error:
        raise InvalidDocument(f"{error}. Write it anew with: coefgate pin URL@VERSION") from error


def found_lock(start: Path) -> Path:
    """The nearest ``coefgate.lock`` at or above the folder ``start``. Raises ``EnvironmentProblem``."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    raise EnvironmentProblem(
        f"no {NAME} in {start} or a folder above it. Write one with: coefgate pin URL@VERSION"
    )


def _lock(data: bytes, what: str) -> Lock:
    place = Place(what)
    if len(data) > MAX_BYTES:
        place.refuse(f"has more than {MAX_BYTES:,} bytes", "no lock needs as many")
    document = mapping(parsed(data, what), place)
    check_format(document, FORMAT, what)
    known = mapping(document, place, _KEYS)
    version, commit = known["version"], known["commit"]
    return Lock(
        text(known["url"], place.at("url"), "it is an address on one line", str.isprintable),
        None if version is None else _version(version, place.at("version")),
        None if commit is None else text(commit, place.at("commit"), f"{COMMIT}, or null", is_commit),
        text(known["digest"], place.at("digest"), DIGEST, is_digest),
        _trust(known["trust"], place.at("trust")),
    )


def _version(value: Any, place: Place) -> Version | None:
    return Version.parsed(text(value, place, f"{VERSION}, or null", Version.parsed))


def _trust(value: Any, place: Place) -> Trust:
    if value == "transport":
        return Trust()
    if not isinstance(value, dict):
        place.refuse(f"is {json.dumps(value)[:60]}", _TRUST)
    here = place.at("allowed_signers")
    lines = items(mapping(value, place, ("allowed_signers",))["allowed_signers"], here)
    if not lines:
        here.refuse("is empty", _TRUST)
    return Trust(
        tuple(
            text(line, here.at(index), "it is one line", str.isprintable) for index, line in enumerate(lines)
        )
    )
