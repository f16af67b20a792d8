"""The snapshot file: canonical JSON and nothing else, so its sha256 is the registry's digest.

What it holds is checked in ``coefgate.core.snapshot_content``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from coefgate.core import json_shapes as shapes
from coefgate.core.json_shapes import JsonPlace
from coefgate.core.snapshot_content import check_content

MAX_BYTES: Final = 4 * 1024 * 1024
"""No snapshot is larger; a reader stops here."""
_MEND: Final = "Take the original file, or build it with: coefgate build -o FILE"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A compiled registry: its content, valid, and the sha256 of its canonical form.

    ``digest``: as ``sha256:`` and 64 hexadecimal digits.
    """

    content: Mapping[str, Any]
    digest: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """The snapshot of a content that is valid."""
        return cls(content, _digest(canonical_bytes(content)))

    @property
    def data(self) -> bytes:
        """The file: canonical JSON."""
        return canonical_bytes(self.content)


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """The canonical JSON: sorted keys, no white space, ASCII, one line without its end."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read_snapshot(data: bytes, what: str, *, expected: str | None = None) -> Snapshot:
    """The snapshot in the bytes of a file; ``expected``: the digest that it must have.

    Raises ``InvalidDocument`` for whatever is wrong with it.
    """
    place = JsonPlace(what, mend=_MEND)
    if len(data) > MAX_BYTES:
        place.refuse(f"has {len(data):,} bytes", f"no snapshot has more than {MAX_BYTES:,}")
    found = _digest(data)
    if expected is not None and found != expected:
        found = f"has the digest {found}, and {expected} was expected"
        place.refuse(found, "it was altered, or is not complete")
    content = shapes.parsed(data, place)
    check_content(content, place)
    if canonical_bytes(content) != data:
        why = "it was edited, or written by another program"
        place.refuse("is not in canonical form, so its digest says nothing", why)
    return Snapshot(content, found)
