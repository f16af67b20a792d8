"""Erasures of names in paths, and others that do more: written after docs/how-to/erasure.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from coefgate.core.paths import PathKinds
from coefgate.drill.fileset import ERASED, GATES, RETIRED, FileChanges, Fileset, StoredLine, dumped
from coefgate.drill.kinds.lines import LINKS, eligible, in_words, needing, rewritten
from coefgate.drill.kinds.verbs import small_change, together
from coefgate.drill.oracle.attempts import attempts_before
from coefgate.drill.oracle.evidence import cell_of, scored
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.plant import WHY, NotPlantable, Plant, Planting, one_of, passes, stopped_by
from coefgate.samples.model import sample_id, stored_line

_DRAWS: Final = 20
_DIGITS: Final = re.compile("[0-9a-f]{12}")
_WORD: Final = re.compile(r"[A-Za-z_]+")


def _salted(path: str, rng: Random) -> list[str]:
    """``path`` with digits instead of one word, for each of its words but the ending."""
    digits = f"{rng.randrange(16**12):012x}"
    words = [word for word in _WORD.finditer(path) if path[: word.start()][-1:] != "."]
    return [f"{path[: word.start()]}{digits}{path[word.end() :]}" for word in words]


def _names(
    state: Fileset, one: StoredLine, rng: Random, *, same_kind: bool = True
) -> dict[str, str]:
    """A salted name for one of the paths of a call; none where there is none."""
    kind_of: PathKinds = predictor_of(state).kind_of
    found = [
        (path["path"], name)
        for path in one.fields["deliverables"]
        for name in _salted(path["path"], rng)
        if (kind_of(name) == kind_of(path["path"])) == same_kind
    ]
    return dict([rng.choice(found)]) if found else {}


def _erased(
    state: Fileset,
    names: Mapping[str, str],
    forged: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    only: str | None = None,
) -> FileChanges:
    """Every line that holds one of these names, or names such a line, with the salted ones.

    ``forged``: what else a line says, by its id. ``only``: the one line that is changed.
    """
    ids: dict[str, str] = {}
    lines: dict[str, bytes | None] = {}
    found = True
    while found:
        found = False
        for one in state.stored:
            fields = _renamed(one.fields, names, ids)
            if forged:
                fields |= forged.get(one.id, {})
            if only in {None, one.id} and fields != one.fields:
                new = sample_id(fields)
                found = found or ids.get(one.id) != new
                ids[one.id], lines[one.id] = new, stored_line(fields)
    document = state.rows(ERASED)
    document["erased"] += [{"id": old, "by": new, "reason": WHY} for old, new in ids.items()]
    changed = {**rewritten(state, lines), ERASED: dumped(document)}
    for file in {RETIRED, GATES} & state.files.keys():
        content = state.files[file]
        for old, new in ids.items():
            content = content.replace(old.encode(), new.encode())
        if content != state.files[file]:
            changed[file] = content
    return changed


def _renamed(
    fields: Mapping[str, Any], names: Mapping[str, str], ids: Mapping[str, str]
) -> dict[str, Any]:
    files = [
        {**each, "path": names.get(each["path"], each["path"])} for each in fields["deliverables"]
    ]
    links = {link: ids.get(fields[link], fields[link]) for link in LINKS}
    return {**fields, **links, "deliverables": files}


def _told(state: Fileset) -> object:
    """Which calls count and what was tried before them, by the places of their lines."""
    places = {one.id: (one.file, one.index) for one in state.stored}
    before = attempts_before(state.stored, state.retired)
    return (
        {places[one.id] for one in scored(state)},
        {places[name]: tried for name, tried in before.items() if name in places},
    )


def _one(state: Fileset, rng: Random) -> tuple[StoredLine, dict[str, str]]:
    """A call with a salted name for one of its paths, under which every call stays what it is.

    Calls of one instant are in the order of their ids, which an erasure changes.
    """
    for _ in range(_DRAWS):
        one = rng.choice(eligible(state))
        names = _names(state, one, rng)
        if names and _told(state.after(_erased(state, names))) == _told(state):
            return one, names
    raise NotPlantable("no path has a part that can go")


def _erasure(state: Fileset, rng: Random) -> Plant:
    one, names = _one(state, rng)
    return Plant(f"a path of {one.id[:8]} under a salted name", _erased(state, names))


def _with(forged: Callable[[Fileset, StoredLine, Random], dict[str, Any]]) -> Planting:
    """An erasure of which one line says something else besides."""

    def planting(state: Fileset, rng: Random) -> Plant:
        one, names = _one(state, rng)
        other = forged(state, one, rng)
        changed = _erased(state, names, {one.id: other})
        return Plant(f"a path of {one.id[:8]} under a salted name, and {in_words(other)}", changed)

    return planting


def _other_tokens(_: Fileset, one: StoredLine, rng: Random) -> dict[str, Any]:
    return needing(one.tokens // rng.randint(2, 9) or one.tokens + 1)


def _another_category(state: Fileset, one: StoredLine, rng: Random) -> dict[str, Any]:
    others = sorted(state.categories.keys() - {cell_of(state, one)[0]})
    return {"category": one_of(rng, others, "there is one category only")}


def _of_another_kind(state: Fileset, rng: Random) -> Plant:
    drawn = ((one, _names(state, one, rng, same_kind=False)) for one in eligible(state))
    found = [(one, names) for one, names in drawn if names]
    one, names = one_of(rng, found, "no path has a part that makes its kind")
    return Plant(f"a path of {one.id[:8]} of another kind", _erased(state, names))


def _readable(state: Fileset, rng: Random) -> Plant:
    one, names = _one(state, rng)
    told = {path: _DIGITS.sub("another", name) for path, name in names.items()}
    return Plant(f"a path of {one.id[:8]} under a name to read", _erased(state, told))


def _in_one_line(state: Fileset, rng: Random) -> Plant:
    """One of several lines about a file, which stands in the others as it was."""
    named = {one.fields[link] for one in state.stored for link in LINKS}
    lines = Counter(each["path"] for one in state.stored for each in one.fields["deliverables"])
    drawn = ((one, _names(state, one, rng)) for one in eligible(state) if one.id not in named)
    found = [(one, names) for one, names in drawn if any(lines[path] > 1 for path in names)]
    one, names = one_of(rng, found, "no two calls are about one file")
    return Plant(f"a path of {one.id[:8]} alone", _erased(state, names, only=one.id))


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("sample-changed",
        ("erased-with-tokens", "a name erased, and other tokens in the line",
            _with(_other_tokens)),
        ("erased-with-labels", "a name erased, and another category in the line",
            _with(_another_category)),
        ("erased-into-a-kind", "a path erased so that it is of another kind", _of_another_kind),
        ("erased-readable", "a path under a name that is not salted", _readable),
        ("erased-in-part", "a path erased in one of several lines", _in_one_line),
    ),
    *stopped_by("retired-with-values",
        ("erasure-with-coefficient", "a name erased, with a coefficient",
            together(_erasure, small_change)),
    ),
)
HARMLESS: Final = (
    passes("name-erased", "a part of a path erased from every line", _erasure),
)
# fmt: on
