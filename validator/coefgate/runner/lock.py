"""``coefgate.lock``: which version of which registry a runner uses, and whom it trusts for it."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from coefgate.core import json_shapes as shapes
from coefgate.core.json_shapes import JsonPlace, fields, form, is_line, optional
from coefgate.core.problems import EnvironmentProblem, explained
from coefgate.core.release import COMMIT, DIGEST, Published, is_commit, is_digest
from coefgate.core.versions import UNVERSIONED, Version
from coefgate.core.yanks import VERSION, version_shape

NAME: Final = "coefgate.lock"
FORMAT: Final = 1
MAX_BYTES: Final = 1024 * 1024
_TRUST: Final = 'it is "transport", or {"allowed_signers": [...]}'
_URL: Final = (
    "it is an address or a path on one line of visible characters, and does not "
    "begin with - or a space"
)
_MAX_URL: Final = 4096
_MAX_SIGNER: Final = 20_000
_MEND: Final = "Write it again with: coefgate pin URL@VERSION"


@dataclass(frozen=True, slots=True)
class Trust:
    """Why a runner believes a source.

    ``allowed_signers``: lines of such a file for ssh, one of which must have signed a release's
    tag. Empty: the transport (TLS, ssh, the file system) is trusted.
    """

    allowed_signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """A pin. ``version`` and ``commit``: of a snapshot that is no release, both are ``None``."""

    url: str
    version: Version | None
    commit: str | None
    digest: str
    trust: Trust

    @property
    def registry_version(self) -> str:
        """The version that an estimate carries."""
        return UNVERSIONED if self.version is None else str(self.version)

    @property
    def published(self) -> Published | None:
        """What an index says of the pin, ``None`` where it is no release."""
        if self.version is None or self.commit is None:
            return None
        return Published(self.version, self.commit, self.digest)

    def document(self) -> dict[str, Any]:
        """Plain data for JSON."""
        version = None if self.version is None else str(self.version)
        trust = asdict(self.trust) if self.trust.allowed_signers else "transport"
        return asdict(self) | {"version": version, "trust": trust}


def lock_bytes(lock: Lock) -> bytes:
    """The file: JSON, indented, with a line end."""
    return json.dumps({"format": FORMAT, **lock.document()}, indent=2).encode("ascii") + b"\n"


def read_lock(path: Path) -> Lock:
    """The lock in a file. Raises ``EnvironmentProblem`` or ``InvalidDocument``."""
    remedy = "Write one with: coefgate pin URL@VERSION"
    with explained(f"{path}: cannot be read", remedy), path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return _lock(data, str(path))


def found_lock(start: Path) -> Path:
    """The nearest ``coefgate.lock`` at or above ``start``. Raises ``EnvironmentProblem``."""
    # It may be gone, or a folder above it somebody else's.
    look = f"Look at it with: ls -ld {shlex.quote(str(start))}"
    with explained(f"no {NAME} can be looked for in {start}", look):
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / NAME).is_file():
                return folder / NAME
    where = f"no {NAME} in {start} or a folder above it"
    raise EnvironmentProblem(f"{where}. Write one with: coefgate pin URL@VERSION")


def _lock(data: bytes, what: str) -> Lock:
    place = JsonPlace(what, mend=_MEND)
    if len(data) > MAX_BYTES:
        place.refuse(f"has more than {MAX_BYTES:,} bytes", "no lock needs that many")
    document = shapes.mapping(shapes.parsed(data, place), place)
    shapes.known_number(document, "format", FORMAT, place)
    known = _LOCK(document, place)
    del known["format"]
    found = Lock(**known)
    if (found.version is None) is not (found.commit is None):
        have = "null beside a version" if found.commit is None else "given without a version"
        place.at("commit").refuse(f"is {have}", "a release has both, and anything else neither")
    return found


def _url(value: Any, place: JsonPlace) -> str:
    if not isinstance(value, str) or not is_line(value, _MAX_URL) or value.startswith("-"):
        # What it is instead is not shown: somebody may have written a password into it.
        place.refuse("is not an address", _URL)
    return value


def _trust(value: Any, place: JsonPlace) -> Trust:
    if not isinstance(value, dict):
        form(_TRUST, "transport".__eq__)(value, place)
        return Trust()
    lines: list[str] = _SIGNERS(value, place)["allowed_signers"]
    if not lines:
        place.at("allowed_signers").refuse("is empty", _TRUST)
    return Trust(tuple(lines))


_SIGNER: Final = form(
    "it is one line of an ssh allowed_signers file",
    lambda line: is_line(line.replace("\t", " "), _MAX_SIGNER),
)
_SIGNERS: Final = fields(allowed_signers=shapes.several(_SIGNER))
_LOCK: Final = fields(
    format=shapes.anything,
    url=_url,
    version=optional(version_shape(f"{VERSION}, or null")),
    commit=optional(form(f"{COMMIT}, or null", is_commit)),
    digest=form(DIGEST, is_digest),
    trust=_trust,
)
