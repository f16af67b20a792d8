"""Lines of stored calls, written, altered and taken out, as an import would do it or as nobody should."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import FileChanges, Fileset, StoredLine
from coefgate.drill.oracle.evidence import instant, scored
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable
from coefgate.samples.identity import sample_id, stored_line

LINKS: Final = ("duplicate_of", "same_ceiling_as", "supersedes")

NOT_CUT_OFF: Final = {"truncated": False, "stop_reason": "end_turn", "same_ceiling_as": None}
"""What a line says of a reply that ended by itself, so that its facts do not contradict each other."""


def eligible(state: Fileset) -> list[StoredLine]:
    """The calls that may be scored. Raises ``NotPlantable`` if there is none."""
    found = [call.stored for call in scored(state) if not call.censored]
    if not found:
        raise NotPlantable("no eligible call is stored")
    return found


def of_one_origin(among: Sequence[StoredLine], rng: Random) -> list[StoredLine]:
    """Those of a drawn origin, as one file of new calls has one."""
    origin = rng.choice(among).fields["origin"]
    return [one for one in among if one.fields["origin"] == origin]


def unlinked(state: Fileset, among: Iterable[StoredLine]) -> list[StoredLine]:
    """Those that no other line, and no retirement, names."""
    named = {one.fields[link] for one in state.stored for link in LINKS} | state.retired
    return [one for one in among if one.id not in named]


def without(state: Fileset, stored: Iterable[StoredLine]) -> FileChanges:
    """The files of these lines without them, and without the lines that name them."""
    gone = {one.id for one in stored}
    while more := {
        one.id
        for one in state.stored
        if one.id not in gone and gone & {one.fields[link] for link in LINKS}
    }:
        gone |= more
    return _rewritten(state, {one.id: None for one in state.stored if one.id in gone})


def altered(state: Fileset, stored: StoredLine, **fields: Any) -> FileChanges:
    """The file of a line with other fields in the line, whose id fits again."""
    return _rewritten(state, {stored.id: stored_line({**stored.fields, **fields})})


def _rewritten(state: Fileset, lines: Mapping[str, bytes | None]) -> FileChanges:
    """Files with some lines exchanged, or taken out; a file without lines is gone."""
    changed: dict[str, bytes | None] = {}
    for file in {one.file for one in state.stored if one.id in lines}:
        ids = {one.index: one.id for one in state.stored if one.file == file}
        old = state.files[file].splitlines(keepends=True)
        new = [lines.get(ids[index], line) for index, line in enumerate(old)]
        changed[file] = b"".join(line for line in new if line is not None) or None
    return changed


def added(drafts: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """New lines of one origin, in a file named as an import names it."""
    unsorted = [StoredLine("", 0, {**draft, "id": sample_id(draft)}) for draft in drafts]
    new = sorted(unsorted, key=instant)
    content = b"".join(stored_line(one.fields) for one in new)
    at = new[0].fields["observed_at"]
    day = "undated" if at is None else at[:10]
    name = f"{day}-{sha256(content).hexdigest()[:8]}.jsonl"
    return {f"samples/{new[0].fields['origin']}/{name}": content}


def new_call(like: StoredLine, number: int, actual: int) -> dict[str, Any]:
    """A whole call of a phase of its own, asked for the same files as another one."""
    return {
        **like.fields,
        "reference": f"drill:{number}",
        "run_id": "drill",
        "phase_id": f"drill-{number}",
        "attempt": 1,
        "actual_output_tokens": max(1, actual),
        "max_output_tokens": None,
        "predicted_output_tokens": None,
        "predicted_by": None,
        **dict.fromkeys(LINKS),
    }


def easy_calls(state: Fileset, side: Fileset, rng: Random, count: int) -> dict[str, bytes]:
    """Calls like stored ones of one origin that the coefficients of ``side`` predict to the token."""
    whole = of_one_origin(eligible(state), rng)
    likes = [rng.choice(whole) for _ in range(count)]
    tokens = {like.id: predicted(side, like.fields) for like in likes}
    return added(new_call(like, number, tokens[like.id]) for number, like in enumerate(likes))


def correction(of: StoredLine, **fields: Any) -> dict[str, Any]:
    """A line that takes the place of another line of the same call."""
    return {**of.fields, "supersedes": of.id, **fields}


def renamed(file: str, rng: Random) -> str:
    """Another valid name for a file of samples in the same folder."""
    path = PurePosixPath(file)
    day = path.stem.rpartition("-")[0]
    return str(path.with_name(f"{day}-{rng.randrange(16**8):08x}.jsonl"))
