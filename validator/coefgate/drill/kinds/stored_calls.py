"""Stored calls taken away, altered, moved or emptied out of their cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, Fileset, StoredLine
from coefgate.drill.kinds.lines import (
    NOT_CUT_OFF,
    added,
    altered,
    correction,
    cut_off,
    eligible,
    in_words,
    new_call,
    other_file_name,
    sample_files,
    unlinked,
    without,
)
from coefgate.drill.kinds.verbs import one_of
from coefgate.drill.oracle.evidence import cell_of, cells
from coefgate.drill.plant import NotPlantable, Plant, Planting, stopped

_REMOVED: Final = "sample-removed"
_CHANGED: Final = "sample-changed"
_SHRUNK: Final = "cell-shrunk corrected"


def place(one: StoredLine) -> str:
    """``0123abcd, line 7``."""
    return f"{one.id[:8]}, line {one.index + 1}"


def call_removed(state: Fileset, rng: Random) -> Plant:
    """Take out the line of an eligible call, and the lines that name it."""
    one = rng.choice(eligible(state))
    return Plant(f"{place(one)} → gone", without(state, [one]), at=one.file)


def _cut_off_removed(state: Fileset, rng: Random) -> Plant:
    found = cut_off(state)
    one = rng.sample(found, len(found))[0]
    return Plant(f"the cut-off call {place(one)} → gone", without(state, [one]), at=one.file)


def _file_removed(state: Fileset, rng: Random) -> Plant:
    file = rng.choice(sample_files(state))
    lines = [one for one in state.stored if one.file == file]
    return Plant(f"{len(lines)} calls → gone", without(state, lines), at=file)


def _altered(
    word: str, key: str, other: Callable[[Fileset, Random, StoredLine], object]
) -> Planting:
    """Another value in a stored line that no other line names; ``other``: from the line to it."""

    def planting(state: Fileset, rng: Random) -> Plant:
        calls = unlinked(state, eligible(state))
        one = one_of(rng, calls, "every eligible call is named by another line")
        new = other(state, rng, one)
        what = f"{place(one)}: {word} {one.fields[key]} → {new}"
        return Plant(what, altered(state, one, **{key: new}))

    return planting


def _fewer_tokens(_state: Fileset, rng: Random, one: StoredLine) -> int:
    old: int = one.fields["actual_output_tokens"]
    new = max(1, old * rng.randint(20, 90) // 100)
    if new == old:
        raise NotPlantable("the call needed one token only")
    return new


def _another_category(state: Fileset, rng: Random, one: StoredLine) -> str:
    own = state.canonical.get(one.fields["category"])
    others = [category for category in state.categories if category != own]
    return one_of(rng, others, "there is only one category")


def _another_phase(_state: Fileset, rng: Random, _one: StoredLine) -> str:
    return f"other-{rng.randint(1, 999)}"


def _file_renamed(state: Fileset, rng: Random) -> Plant:
    file = rng.choice(sample_files(state))
    new = other_file_name(file, rng)
    return Plant(f"→ {new}", {file: None, new: state.files[file]})


def calls_by_cell(state: Fileset) -> dict[tuple[str, str, str], list[StoredLine]]:
    """Eligible calls by origin, category and complexity."""
    found: dict[tuple[str, str, str], list[StoredLine]] = defaultdict(list)
    for one in eligible(state):
        found[(one.fields["origin"], *cell_of(state, one))].append(one)
    return found


def _cell_emptied(state: Fileset, rng: Random) -> Plant:
    """Every eligible call of a cell is corrected into another cell."""
    by_cell = calls_by_cell(state)
    cell = rng.choice(sorted(by_cell))
    _, category, complexity = cell
    others = [name for name in state.document(REGISTRY)["complexities"] if name != complexity]
    new = one_of(rng, others, "there is only one complexity")
    changed = added(correction(one, complexity=new) for one in by_cell[cell])
    count = len(by_cell[cell])
    what = f"{count} calls of {category}/{complexity} → {category}/{new}, by corrections"
    return Plant(what, changed)


def _call_moved(state: Fileset, rng: Random) -> Plant:
    """One call of a cell is corrected into another cell, or to one that failed."""
    one = rng.choice(eligible(state))
    category, complexity = cell_of(state, one)
    order = state.document(REGISTRY)["complexities"]
    ways: list[dict[str, Any]] = [{"success": False}]
    ways += [{"category": name} for name in state.categories if name != category]
    ways += [{"complexity": name} for name in order if name != complexity]
    way = rng.choice(ways)
    what = f"{one.id[:8]} of {category}/{complexity} corrected: {in_words(way)}"
    return Plant(what, added([correction(one, **way)]))


def _corrected_away(state: Fileset, rng: Random) -> Plant:
    """A cut-off call says nothing once it failed, or its files are not all known."""
    way: dict[str, Any] = rng.choice((NOT_CUT_OFF | {"success": False}, {"paths": "partial"}))
    found = cut_off(state)
    for one in rng.sample(found, len(found)):
        changed = added([correction(one, **way)])
        if cells(state) - cells(state.after(changed)):
            return Plant(f"the cut-off call {one.id[:8]} corrected: {in_words(way)}", changed)
    raise NotPlantable("another call says as much as each that was cut off")


def _displaced(state: Fileset, rng: Random) -> Plant:
    """Of a phase and ceiling the earliest call that says most counts: one of another cell."""
    found = cut_off(state)
    for one in rng.sample(found, len(found)):
        tokens, ceiling = one.fields["actual_output_tokens"], one.fields["max_output_tokens"]
        others = sorted(set(state.categories) - {cell_of(state, one)[0]})
        if one.fields["phase_id"] is None or not others:
            continue
        earlier = {
            **new_call(one, rng.randint(1, 9999), tokens),
            "observed_at": "2000-01-01T00:00:00Z",
            "phase_id": one.fields["phase_id"],
            "max_output_tokens": tokens if ceiling is None else ceiling,
            "category": rng.choice(others),
        }
        changed = added([earlier])
        if cells(state) - cells(state.after(changed)):
            what = f"a call of {earlier['category']} in the place of the cut-off call {one.id[:8]}"
            return Plant(what, changed)
    raise NotPlantable("no call that was cut off can be displaced")


# fmt: off
REGRESSIONS: Final = (
    stopped("sample-removed", "the line of an eligible call taken out", call_removed, by=_REMOVED),
    stopped("censored-removed", "the line of a call that was cut off taken out", _cut_off_removed,
        by=_REMOVED),
    stopped("sample-file-removed", "a whole file of samples taken out", _file_removed,
        by=_REMOVED),
    stopped("sample-altered", "fewer tokens in a stored line, with an id that fits",
        _altered("tokens", "actual_output_tokens", _fewer_tokens), by=_CHANGED),
    stopped("category-altered", "another category in a stored line",
        _altered("category", "category", _another_category), by=_CHANGED),
    stopped("phase-altered", "another phase in a stored line",
        _altered("phase", "phase_id", _another_phase), by=_CHANGED),
    stopped("sample-file-renamed", "a file of samples under another name", _file_renamed,
        by=_CHANGED),
    stopped("cell-emptied", "every call of a cell corrected into another cell", _cell_emptied,
        by=_SHRUNK),
    stopped("call-moved", "one call corrected into another cell, or to a failed one", _call_moved,
        by=_SHRUNK),
    stopped("censored-corrected-away", "a call that was cut off corrected so that it says nothing",
        _corrected_away, by=_SHRUNK),
    stopped("censored-displaced", "a call of another cell in the place of one that was cut off",
        _displaced, by="cell-shrunk"),
)
# fmt: on
