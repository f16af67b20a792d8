"""Releases: version, commit, snapshot, what it withdraws; and the two ways in which they are said.

A release's annotated tag has words for people, and one line for runners. The line holds the
snapshot and the yanks so far, so a runner needs the tag and nothing else
(docs/decisions/0029-a-tag-carries-its-snapshot.md). ``index.json`` lists releases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from coefgate.core import json_shapes as shapes
from coefgate.core.json_shapes import JsonPlace, fields, form, mapping, parsed, several
from coefgate.core.problems import InvalidDocument
from coefgate.core.snapshot import MAX_BYTES, Snapshot, canonical_bytes
from coefgate.core.snapshot_content import check_content
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
_MEND_INDEX: Final = "Write it again with: coefgate release --assets TAG --output FOLDER"
_MARK: Final = "coefgate-release: "
_LINE_KEYS: Final = ("version", "digest", "snapshot", "yanked")
_MAX_CHARACTERS: Final = 2 * MAX_BYTES
_SSH: Final = "-----BEGIN SSH SIGNATURE-----"
# The marks that git knows: it takes the last line which begins so as the begin of the signature.
_SIGNATURE: Final = re.compile(
    rf"^(?:{_SSH}|-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----|-----BEGIN SIGNED MESSAGE-----)",
    re.MULTILINE,
)
_MEND_TAG: Final = "Pin a version that `coefgate release` made, with: coefgate pin URL@VERSION"


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
    """One release; ``yanked``: what it knows to be withdrawn.

    ``version`` and ``commit`` are ``None`` where nobody says them.
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
class TagObject:
    """A tag. ``message`` ends where a signature begins. ``ssh``: is there one by an ssh key?"""

    commit: str
    message: str
    ssh: bool


@dataclass(frozen=True, slots=True)
class Index:
    """Releases by version, the newest first, and what was withdrawn."""

    versions: Mapping[Version, Published]
    yanked: tuple[Yank, ...]


def annotation(words: str, release: Release) -> str:
    """The message of the tag: ``words``, its subject first, then the line for runners."""
    # A line of the words that looks like the one for runners is moved to the right.
    said = "\n".join(f" {one}" if one.startswith(_MARK) else one for one in words.split("\n"))
    line = {
        "version": str(release.version),
        "digest": release.snapshot.digest,
        "snapshot": release.snapshot.content,
        "yanked": [*map(asdict, release.yanked)],
    }
    return f"{said.rstrip()}\n\n{_MARK}{canonical_bytes(line).decode()}\n"


def read_annotation(message: str, version: Version, commit: str | None = None) -> Release:
    """The release in the message of the tag of ``version`` on ``commit``; a signature may follow.

    Raises ``InvalidDocument``, also where it says something else than its name or its digest.
    """
    what = f"the tag {version.tag}"
    place = JsonPlace(what, mend=_MEND_TAG)
    lines = [one for one in message.split("\n") if one.startswith(_MARK)]
    if not lines:
        place.refuse("carries no snapshot", "it was not made by `coefgate release`")
    if len(lines) > 1:
        place.refuse(f"has {len(lines)} lines for runners", "a release has one")
    if len(lines[0]) > _MAX_CHARACTERS:
        place.refuse(f"has {len(lines[0]):,} characters for runners", "no release needs that many")
    data = lines[0].removeprefix(_MARK).encode("utf-8", "surrogatepass")
    known = mapping(parsed(data, place), place, _LINE_KEYS)
    named = form(f"its name says {version}", str(version).__eq__)
    named(known["version"], place.at("version"))
    check_content(known["snapshot"], JsonPlace(f"the snapshot in {what}", mend=_MEND_TAG))
    found = Snapshot.of(known["snapshot"])
    own = form(f"that of its snapshot is {found.digest}", found.digest.__eq__)
    own(known["digest"], place.at("digest"))
    return Release(version, commit, found, read_yanks(known["yanked"], place.at("yanked")))


def read_tag_object(kind: str, data: bytes, version: Version) -> TagObject:
    """The tag of ``version``; ``kind``: the object's type. Raises ``InvalidDocument``."""
    what = f"the tag {version.tag}"
    if kind != "tag":
        raise InvalidDocument(
            f"{what} is lightweight: it only names a {kind} and carries nothing. "
            "`coefgate release` makes releases; pin one of them with: coefgate pin URL"
        )
    head, _, body = data.decode("utf-8", "replace").partition("\n\n")
    headers = dict(line.partition(" ")[::2] for line in head.split("\n"))
    if headers.get("tag") != version.tag:
        was = f"was made under the name {headers.get('tag', '')[:100]!r}"
        raise InvalidDocument(f"{what} {was} and renamed since. Do not use it")
    if headers.get("type") != "commit":
        kind = headers.get("type", "")[:20]
        raise InvalidDocument(f"{what} is on a {kind!r}, and a release is on a commit")
    marks = list(_SIGNATURE.finditer(body))
    signed = body[: marks[-1].start()] if marks else body
    return TagObject(headers.get("object", ""), signed, bool(marks) and marks[-1][0] == _SSH)


def index_of(versions: Iterable[Published], yanked: Iterable[Yank]) -> Index:
    """The index of these releases."""
    newest_first = sorted(versions, key=lambda one: one.version, reverse=True)
    return Index({one.version: one for one in newest_first}, tuple(yanked))


def index_bytes(index: Index) -> bytes:
    """The file: JSON, indented, with a line end; the same bytes for the same index."""
    versions = [asdict(one) | {"version": str(one.version)} for one in index.versions.values()]
    document = {"format": FORMAT, "versions": versions, "yanked": [*map(asdict, index.yanked)]}
    return json.dumps(document, indent=2).encode("ascii") + b"\n"


def read_index(data: bytes, what: str) -> Index:
    """The index in the bytes of a file. Raises ``InvalidDocument``."""
    place = JsonPlace(what, mend=_MEND_INDEX)
    if len(data) > MAX_INDEX_BYTES:
        place.refuse(f"has {len(data):,} bytes", f"no index has more than {MAX_INDEX_BYTES:,}")
    document = mapping(parsed(data, place), place)
    shapes.known_number(document, "format", FORMAT, place)
    known = _INDEX(document, place)
    versions: dict[Version, Published] = {}
    for position, found in enumerate(known["versions"]):
        one = Published(**found)
        if versions.setdefault(one.version, one) is not one:
            here = place.at("versions").at(position).at("version")
            here.refuse(f"is {one.version} again", "each version appears once")
    return index_of(versions.values(), known["yanked"])


_PUBLISHED: Final = fields(
    version=version_shape(), commit=form(COMMIT, is_commit), digest=form(DIGEST, is_digest)
)
_INDEX: Final = fields(format=shapes.anything, versions=several(_PUBLISHED), yanked=read_yanks)
