"""Lines of calls: found, added, corrected, retired; altered and taken out, as nobody should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath
from random import Random
from typing import Any, Final

from coefgate.core.vocabulary import COMPLEXITIES
from coefgate.drill.fileset import RETIRED, FileChanges, Fileset, StoredLine, dumped
from coefgate.drill.oracle.evidence import instant, scored
from coefgate.drill.oracle.figures import smape_millionths
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import WHY, NotPlantable, one_of, some
from coefgate.samples.files import import_name
from coefgate.samples.model import sample_id, stored_line

LINKS: Final = ("duplicate_of", "same_ceiling_as", "supersedes")

NOT_CUT_OFF: Final = {"truncated": False, "stop_reason": "end_turn", "same_ceiling_as": None}
"""What a line says of a reply that ended by itself; two facts may not contradict each other."""


def eligible(state: Fileset) -> Sequence[StoredLine]:
    """The calls that may be scored. Raises ``NotPlantable`` if there is none."""
    return some([one for one in scored(state) if not one.censored], "no eligible call is stored")


def cut_off(state: Fileset, rng: Random) -> Sequence[StoredLine]:
    """The calls that were cut off and count, in any order; ``NotPlantable``: there is none."""
    found = [one for one in scored(state) if one.censored]
    return rng.sample(some(found, "no call that was cut off counts"), len(found))


def a_sample_file(state: Fileset, rng: Random) -> str:
    """A file with stored calls. Raises ``NotPlantable`` if there is none."""
    return one_of(rng, sorted({one.file for one in state.stored}), "no file of samples is stored")


def worst_first(state: Fileset, calls: Iterable[StoredLine]) -> list[StoredLine]:
    """Eligible calls, the worst predicted first."""
    return sorted(
        calls,
        key=lambda one: smape_millionths(predicted(state, one.fields), max(1, one.tokens)),
        reverse=True,
    )


def in_words(fields: Mapping[str, Any]) -> str:
    """``attempt 7, truncated True``."""
    return ", ".join(f"{key} {value}" for key, value in fields.items())


def of_one_origin(among: Sequence[StoredLine], rng: Random) -> list[StoredLine]:
    """Those of a drawn origin, as one file of new calls has one."""
    origin = rng.choice(among).fields["origin"]
    return [one for one in among if one.fields["origin"] == origin]


def an_unlinked(state: Fileset, rng: Random) -> StoredLine:
    """An eligible call that no other line, and no retirement, names; ``NotPlantable``: none."""
    named = {one.fields[link] for one in state.stored for link in LINKS} | state.retired
    unlinked = [one for one in eligible(state) if one.id not in named]
    return one_of(rng, unlinked, "every eligible call is named by another line")


def without(state: Fileset, stored: Iterable[StoredLine]) -> FileChanges:
    """The files of these lines without them, and without the lines that name them."""
    gone = {one.id for one in stored}
    while more := {
        one.id
        for one in state.stored
        if one.id not in gone and gone & {one.fields[link] for link in LINKS}
    }:
        gone |= more
    return rewritten(state, {one.id: None for one in state.stored if one.id in gone})


def altered(state: Fileset, stored: StoredLine, **fields: Any) -> FileChanges:
    """The file of a line with other fields in the line, whose id fits again."""
    return rewritten(state, {stored.id: stored_line(_sayable({**stored.fields, **fields}))})


def rewritten(state: Fileset, lines: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Files with some lines exchanged, or taken out; a file without lines is gone."""
    changed: dict[str, bytes | None] = {}
    for file in sorted({one.file for one in state.stored if one.id in lines}):
        old = state.files[file].splitlines(keepends=True)
        stored = (one for one in state.stored if one.file == file)
        new = (lines.get(one.id, old[one.index]) for one in stored)
        changed[file] = b"".join(filter(None, new)) or None
    return changed


def added(drafts: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """New lines of one origin, in a file named as an import names it."""
    sayable = map(_sayable, drafts)
    lines = (StoredLine("", 0, {**draft, "id": sample_id(draft)}) for draft in sayable)
    new = sorted(lines, key=instant)
    content = b"".join(stored_line(one.fields) for one in new)
    at = new[0].fields["observed_at"]
    name = import_name("undated" if at is None else at[:10], sha256(content).hexdigest())
    return {f"samples/{new[0].fields['origin']}/{name}": content}


def _sayable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a line can say them.

    Of format 2 where format 1 does not know the complexity, and no more reasoning than tokens.
    """
    found = dict(fields)
    if found["complexity"] not in (*COMPLEXITIES, None) and "format" not in found:
        found |= {"format": 2, "call_id": None, "deliverables_from": "request"}
        found["reasoning_tokens"] = None
    if (found.get("reasoning_tokens") or 0) > found["actual_output_tokens"]:
        found["reasoning_tokens"] = None
    return found


def with_id(content: FileChanges) -> str:
    """The id of the one line that was added."""
    return Fileset({}).after(content).stored[0].id


def new_call(like: StoredLine, number: int, actual: int) -> dict[str, Any]:
    """A whole call of a phase of its own, asked for the same files as another one."""
    return {
        **_of_the_drill(like, number),
        **needing(actual),
        **dict.fromkeys(("predicted_output_tokens", "predicted_by")),
        "reference": f"drill:{number}",
        "attempt": 1,
    }


def easy_calls(state: Fileset, side: Fileset, rng: Random, count: int) -> dict[str, bytes]:
    """Calls like stored ones of one origin that ``side`` predicts to the token."""
    whole = of_one_origin(eligible(state), rng)
    likes = [rng.choice(whole) for _ in range(count)]
    tokens = {like.id: predicted(side, like.fields) for like in likes}
    return added(new_call(like, number, tokens[like.id]) for number, like in enumerate(likes))


def correction(of: StoredLine, **fields: Any) -> dict[str, Any]:
    """A line that takes the place of another line of the same call."""
    return {**of.fields, "supersedes": of.id, **fields}


def needing(tokens: int) -> dict[str, Any]:
    """What a correction says of a call that needed another number of tokens, below any ceiling."""
    return {"actual_output_tokens": max(1, tokens), "max_output_tokens": None}


def retired(state: Fileset, calls: Iterable[StoredLine]) -> dict[str, bytes]:
    """``samples/retired.yaml`` with more calls."""
    document = state.rows(RETIRED)
    document["retired"] += [{"id": one.id, "reason": WHY} for one in calls]
    return {RETIRED: dumped(document)}


def other_file_name(file: str, rng: Random) -> str:
    """Another valid name for a file of samples in the same folder."""
    path = PurePosixPath(file)
    day = path.stem.rpartition("-")[0]
    return str(path.with_name(f"{day}-{rng.randrange(16**8):08x}.jsonl"))


def honest_import(
    real: Sequence[StoredLine], rng: Random, count: int, *, once: bool = False
) -> dict[str, bytes]:
    """A file with ``count`` calls or a few more, drawn from ``real`` ones phase by phase.

    All are of one origin. Each has the files, the labels and the need of the one that it is drawn
    from, cut off or not, in a phase of its own. Phases are drawn with repetition, or ``once``:
    calls that are not stored come in as they are. Raises ``NotPlantable`` where there are too few.
    """
    origin = one_of(rng, real, "no call to draw from counts").phase[0]
    by_phase: dict[object, list[StoredLine]] = defaultdict(list)
    for call in real:
        if call.phase[0] == origin:
            by_phase[call.phase].append(call)
    phases = list(by_phase.values())
    left = rng.sample(phases, len(phases))
    drafts: list[dict[str, Any]] = []
    for number, phase in enumerate(left if once else iter(lambda: rng.choice(phases), None)):
        for index, call in enumerate(phase):
            again = _of_the_drill(call, number) | {"reference": f"drill:{number}:{index}"}
            drafts.append(dict(call.fields) if once else again)
        if len(drafts) >= count:
            return added(drafts)
    raise NotPlantable(f"there are fewer than {count} calls to draw from")


def _of_the_drill(like: StoredLine, number: int) -> dict[str, Any]:
    """The fields of a call in a phase of its own, to which no link leads."""
    own: dict[str, Any] = {"run_id": "drill", "phase_id": f"drill-{number}"}
    own |= dict.fromkeys({"call_id"} & like.fields.keys())
    return {**like.fields, **own, **dict.fromkeys(LINKS)}
