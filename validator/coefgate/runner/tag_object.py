"""The object behind an annotated tag, as git stores it: its name, its commit, and what of it is signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import InvalidDocument
from coefgate.core.versions import Version

_SSH: Final = "-----BEGIN SSH SIGNATURE-----"
# The marks that git knows: it takes the last line which begins so as the begin of the signature.
_SIGNATURE: Final = re.compile(
    rf"^(?:{_SSH}|-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----|-----BEGIN SIGNED MESSAGE-----)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class TagObject:
    """A tag. ``message`` ends where a signature begins. ``ssh``: is there one by an ssh key?"""

    commit: str
    message: str
    ssh: bool


def read_tag_object(kind: str, data: bytes, version: Version) -> TagObject:
    """The tag of ``version`` from git's object; ``kind`` is its type. Raises ``InvalidDocument``."""
    what = f"the tag {version.tag}"
    if kind != "tag":
        raise InvalidDocument(
            f"{what} is lightweight: it is a {kind}'s other name and carries nothing, so it is no "
            "release. `coefgate release` makes releases; pin one of them with: coefgate pin URL"
        )
    head, _, body = data.decode("utf-8", "replace").partition("\n\n")
    headers = dict(line.partition(" ")[::2] for line in head.split("\n"))
    if headers.get("tag") != version.tag:
        raise InvalidDocument(
            f"{what} was made under the name {headers.get('tag', '')[:100]!r}, and somebody gave "
            "it another one. Do not use it"
        )
    if headers.get("type") != "commit":
        raise InvalidDocument(
            f"{what} is on a {headers.get('type', '')[:20]!r}, and a release is on a commit"
        )
    marks = list(_SIGNATURE.finditer(body))
    signed = body[: marks[-1].start()] if marks else body
    return TagObject(headers.get("object", ""), signed, bool(marks) and marks[-1][0] == _SSH)
