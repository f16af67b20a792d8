"""Stored calls taken away, altered, moved or emptied out of their cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, Fileset, StoredLine
from coefgate.drill.kinds import lines
from coefgate.drill.kinds.lines import NOT_CUT_OFF, added, correction, eligible, in_words
from coefgate.drill.kinds.verbs import first_of
from coefgate.drill.oracle.evidence import cell_of, scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, one_of, stopped_by

_Other = Callable[[Fileset, Random, StoredLine], object]
"""From a line to what it says instead."""


def place(one: StoredLine) -> str:
    """``0123abcd, line 7``."""
    return f"{one.id[:8]}, line {one.index + 1}"


def call_removed(state: Fileset, rng: Random) -> Plant:
    """Take out the line of an eligible call, and the lines that name it."""
    one = rng.choice(eligible(state))
    return Plant(f"{place(one)} → gone", lines.without(state, [one]), at=one.file)


def _cut_off(state: Fileset, rng: Random) -> list[StoredLine]:
    found = lines.cut_off(state)
    return rng.sample(found, len(found))


def _cut_off_removed(state: Fileset, rng: Random) -> Plant:
    one = _cut_off(state, rng)[0]
    what = f"the cut-off call {place(one)} → gone"
    return Plant(what, lines.without(state, [one]), at=one.file)


def _file_removed(state: Fileset, rng: Random) -> Plant:
    file = lines.a_sample_file(state, rng)
    stored = [one for one in state.stored if one.file == file]
    return Plant(f"{len(stored)} calls → gone", lines.without(state, stored), at=file)


def _altered(word: str, key: str, other: _Other, state: Fileset, rng: Random) -> Plant:
    """Another value in a stored line that no other line names."""
    one = lines.an_unlinked(state, rng)
    new = other(state, rng, one)
    what = f"{place(one)}: {word} {one.fields[key]} → {new}"
    return Plant(what, lines.altered(state, one, **{key: new}))


def _fewer_tokens(_state: Fileset, rng: Random, one: StoredLine) -> int:
    new = max(1, one.tokens * rng.randint(20, 90) // 100)
    if new == one.tokens:
        raise NotPlantable("the call needed one token only")
    return new


def _another_category(state: Fileset, rng: Random, one: StoredLine) -> str:
    own = state.canonical.get(one.fields["category"])
    return one_of(
        rng, [name for name in state.categories if name != own], "there is only one category"
    )


def _another_phase(_state: Fileset, rng: Random, _one: StoredLine) -> str:
    return f"other-{rng.randint(1, 999)}"


def _file_renamed(state: Fileset, rng: Random) -> Plant:
    file = lines.a_sample_file(state, rng)
    new = lines.other_file_name(file, rng)
    return Plant(f"→ {new}", {file: None, new: state.files[file]})


def calls_by_cell(state: Fileset) -> dict[tuple[str, str, str], list[StoredLine]]:
    """Eligible calls by origin, category and complexity."""
    found: dict[tuple[str, str, str], list[StoredLine]] = defaultdict(list)
    for one in eligible(state):
        found[(one.fields["origin"], *cell_of(state, one))].append(one)
    return found


def _cell_emptied(state: Fileset, rng: Random) -> Plant:
    by_cell = calls_by_cell(state)
    cell = rng.choice(sorted(by_cell))
    _, category, complexity = cell
    others = [name for name in state.document(REGISTRY)["complexities"] if name != complexity]
    new = one_of(rng, others, "there is only one complexity")
    cells = f"{category}/{complexity} → {category}/{new}"
    what = f"{len(by_cell[cell])} calls of {cells}, by corrections"
    return Plant(what, added(correction(one, complexity=new) for one in by_cell[cell]))


def _call_moved(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    category, complexity = cell_of(state, one)
    order = state.document(REGISTRY)["complexities"]
    ways: list[dict[str, Any]] = [{"success": False}]
    ways += [{"category": name} for name in state.categories if name != category]
    ways += [{"complexity": name} for name in order if name != complexity]
    way = rng.choice(ways)
    what = f"{one.id[:8]} of {category}/{complexity} corrected: {in_words(way)}"
    return Plant(what, added([correction(one, **way)]))


def _corrected_away(state: Fileset, rng: Random) -> Iterator[Plant]:
    """A cut-off call says nothing once it failed, or its files are not all known."""
    way: dict[str, Any] = rng.choice((NOT_CUT_OFF | {"success": False}, {"paths": "partial"}))
    for one in _cut_off(state, rng):
        what = f"the cut-off call {one.id[:8]} corrected: {in_words(way)}"
        yield Plant(what, added([correction(one, **way)]))


def _displaced(state: Fileset, rng: Random) -> Iterator[Plant]:
    """Of a phase and ceiling the earliest call that says most counts: one of another cell."""
    for one in _cut_off(state, rng):
        ceiling = one.fields["max_output_tokens"]
        others = sorted(set(state.categories) - {cell_of(state, one)[0]})
        if one.fields["phase_id"] is None or not others:
            continue
        earlier = {
            **lines.new_call(one, rng.randint(1, 9999), one.tokens),
            "observed_at": "2000-01-01T00:00:00Z",
            "phase_id": one.fields["phase_id"],
            "max_output_tokens": one.tokens if ceiling is None else ceiling,
            "category": rng.choice(others),
        }
        what = f"a call of {earlier['category']} in the place of the cut-off call {one.id[:8]}"
        yield Plant(what, added([earlier]))


def _empties_a_cell(opinion: Opinion) -> bool:
    before, after = (
        Counter(cell_of(side, call) for call in scored(side))
        for side in (opinion.base, opinion.head)
    )
    return bool(before - after)


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("sample-removed",
        ("sample-removed", "the line of an eligible call taken out", call_removed),
        ("censored-removed", "the line of a call that was cut off taken out", _cut_off_removed),
        ("sample-file-removed", "a whole file of samples taken out", _file_removed),
    ),
    *stopped_by("sample-changed",
        ("sample-altered", "fewer tokens in a stored line, with an id that fits",
            partial(_altered, "tokens", "actual_output_tokens", _fewer_tokens)),
        ("category-altered", "another category in a stored line",
            partial(_altered, "category", "category", _another_category)),
        ("phase-altered", "another phase in a stored line",
            partial(_altered, "phase", "phase_id", _another_phase)),
        ("sample-file-renamed", "a file of samples under another name", _file_renamed),
    ),
    *stopped_by("cell-shrunk corrected",
        ("cell-emptied", "every call of a cell corrected into another cell", _cell_emptied),
        ("call-moved", "one call corrected into another cell, or to a failed one", _call_moved),
        ("censored-corrected-away",
            "a call that was cut off corrected so that it says nothing",
            first_of(_corrected_away, _empties_a_cell,
                nothing="another call says as much as each that was cut off")),
    ),
    *stopped_by("cell-shrunk",
        ("censored-displaced", "a call of another cell in the place of one that was cut off",
            first_of(_displaced, _empties_a_cell,
                nothing="no call that was cut off can be displaced")),
    ),
)
# fmt: on
