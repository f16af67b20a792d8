"""Stored calls taken away, altered, moved or emptied out of their cell."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, FileChanges, Fileset, StoredLine
from coefgate.drill.kinds.calls import (
    NOT_CUT_OFF,
    added,
    altered,
    correction,
    eligible,
    new_call,
    renamed,
    unlinked,
    without,
)
from coefgate.drill.kinds.drawing import one_of
from coefgate.drill.oracle.evidence import cell_of, cells, scored
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression

_REMOVED: Final = frozenset(("sample-removed",))
_CHANGED: Final = frozenset(("sample-changed",))
_SHRUNK: Final = frozenset(("cell-shrunk",))
_CORRECTED: Final = _SHRUNK | {"corrected"}
_NAMED: Final = "every eligible call is named by another line"


def _place(one: StoredLine) -> str:
    return f"{one.id[:8]}, line {one.index + 1}"


def _line(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    return Plant(one.file, f"{_place(one)} → gone", without(state, [one]), _REMOVED)


def _censored(state: Fileset, rng: Random) -> Plant:
    one = _cut_off(state, rng)[0]
    what = f"the cut-off call {_place(one)} → gone"
    return Plant(one.file, what, without(state, [one]), _REMOVED)


def _file(state: Fileset, rng: Random) -> Plant:
    files = sorted({one.file for one in state.stored})
    file = one_of(rng, files, "no file of samples is stored")
    lines = [one for one in state.stored if one.file == file]
    return Plant(file, f"{len(lines)} calls → gone", without(state, lines), _REMOVED)


def _tokens(state: Fileset, rng: Random) -> Plant:
    one = one_of(rng, unlinked(state, eligible(state)), _NAMED)
    old = one.fields["actual_output_tokens"]
    new = max(1, old * rng.randint(20, 90) // 100)
    if new == old:
        raise NotPlantable("the call needed one token only")
    changed = altered(state, one, actual_output_tokens=new)
    return Plant(one.file, f"{_place(one)}: tokens {old} → {new}", changed, _CHANGED)


def _category(state: Fileset, rng: Random) -> Plant:
    one = one_of(rng, unlinked(state, eligible(state)), _NAMED)
    old = one.fields["category"]
    own = state.canonical.get(old)
    others = [category for category in state.categories if category != own]
    new = one_of(rng, others, "there is only one category")
    changed = altered(state, one, category=new)
    return Plant(one.file, f"{_place(one)}: category {old} → {new}", changed, _CHANGED)


def _phase(state: Fileset, rng: Random) -> Plant:
    one = one_of(rng, unlinked(state, eligible(state)), _NAMED)
    new = f"other-{rng.randint(1, 999)}"
    changed = altered(state, one, phase_id=new)
    return Plant(
        one.file, f"{_place(one)}: phase {one.fields['phase_id']} → {new}", changed, _CHANGED
    )


def _moved(state: Fileset, rng: Random) -> Plant:
    file = one_of(rng, sorted({one.file for one in state.stored}), "no file of samples is stored")
    new = renamed(file, rng)
    return Plant(file, f"→ {new}", {file: None, new: state.files[file]}, _CHANGED)


def _cell_emptied(state: Fileset, rng: Random) -> Plant:
    """Every eligible call of a cell is corrected into another cell."""
    by_cell: dict[tuple[str, str, str], list[StoredLine]] = {}
    for one in eligible(state):
        by_cell.setdefault((one.fields["origin"], *cell_of(state, one)), []).append(one)
    cell = rng.choice(sorted(by_cell))
    others = [name for name in state.document(REGISTRY)["complexities"] if name != cell[2]]
    new = one_of(rng, others, "there is only one complexity")
    changed: FileChanges = added(correction(one, complexity=new) for one in by_cell[cell])
    what = f"{len(by_cell[cell])} calls of {cell[1]}/{cell[2]} → {cell[1]}/{new}, by corrections"
    return Plant(next(iter(changed)), what, changed, _CORRECTED)


def _one_moved(state: Fileset, rng: Random) -> Plant:
    """One call of a cell is corrected into another cell, or to one that failed."""
    one = rng.choice(eligible(state))
    category, complexity = cell_of(state, one)
    ways: list[dict[str, Any]] = [{"success": False}]
    ways += [{"category": name} for name in state.categories if name != category]
    ways += [
        {"complexity": at} for at in state.document(REGISTRY)["complexities"] if at != complexity
    ]
    way = rng.choice(ways)
    changed = added([correction(one, **way)])
    what = f"{one.id[:8]} of {category}/{complexity} corrected: {_told(way)}"
    return Plant(next(iter(changed)), what, changed, _CORRECTED)


def _told(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in fields.items())


def _cut_off(state: Fileset, rng: Random) -> list[StoredLine]:
    """The calls that were cut off and count, in any order. Raises ``NotPlantable`` if there is none."""
    found = [call.stored for call in scored(state) if call.censored]
    if not found:
        raise NotPlantable("no call that was cut off counts")
    return rng.sample(found, len(found))


def _corrected_away(state: Fileset, rng: Random) -> Plant:
    """A call that was cut off says nothing any more once it failed, or its files are not all known."""
    way: dict[str, Any] = rng.choice((NOT_CUT_OFF | {"success": False}, {"paths": "partial"}))
    for one in _cut_off(state, rng):
        changed = added([correction(one, **way)])
        if cells(state) - cells(state.after(changed)):
            what = f"the cut-off call {one.id[:8]} corrected: {_told(way)}"
            return Plant(next(iter(changed)), what, changed, _CORRECTED)
    raise NotPlantable("another call says as much as each that was cut off")


def _displaced(state: Fileset, rng: Random) -> Plant:
    """Of one phase and ceiling one call counts, the earliest of those that say most: one of another cell."""
    for one in _cut_off(state, rng):
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
            return Plant(next(iter(changed)), what, changed, _SHRUNK)
    raise NotPlantable("no call that was cut off can be displaced")


KINDS: Final[tuple[Kind, ...]] = (
    regression("sample-removed", "the line of an eligible call taken out", _line),
    regression("censored-removed", "the line of a call that was cut off taken out", _censored),
    regression("sample-file-removed", "a whole file of samples taken out", _file),
    regression("sample-altered", "fewer tokens in a stored line, with an id that fits", _tokens),
    regression("category-altered", "another category in a stored line", _category),
    regression("phase-altered", "another phase in a stored line", _phase),
    regression("sample-file-renamed", "a file of samples under another name", _moved),
    regression("cell-emptied", "every call of a cell corrected into another cell", _cell_emptied),
    regression(
        "call-moved", "one call corrected into another cell, or to a failed one", _one_moved
    ),
    regression(
        "censored-corrected-away",
        "a call that was cut off corrected so that it says nothing",
        _corrected_away,
    ),
    regression(
        "censored-displaced",
        "a call of another cell in the place of one that was cut off",
        _displaced,
    ),
)
