"""Intervals that nobody measured; and those that go, or move, with a category or a cell."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, FileChanges, Fileset, dumped
from coefgate.drill.kinds.verbs import set_to
from coefgate.drill.plant import NotPlantable, Plant, stopped_by
from coefgate.registry.wording import ValuePath, dotted

_NONE: Final = "the registry states no intervals"


def _stated(document: Any) -> Iterator[tuple[ValuePath, Any]]:
    """Every scope of semantics 2, with its path."""
    intervals = document.get("intervals")
    if not intervals:
        return
    yield ("intervals", "all"), intervals["all"]
    for category, entry in (intervals.get("categories") or {}).items():
        yield ("intervals", "categories", category), entry
    for category, cells in (intervals.get("cells") or {}).items():
        for complexity, entry in cells.items():
            yield ("intervals", "cells", category, complexity), entry


def _one(state: Fileset, rng: Random) -> tuple[ValuePath, Any]:
    scopes = tuple(_stated(state.document(MARGINS)))
    if not scopes:
        raise NotPlantable(_NONE)
    return rng.choice(scopes)


def _coverage(state: Fileset, rng: Random) -> Plant:
    document = state.document(MARGINS)
    if "interval" in document:
        path: ValuePath = ("interval", "coverage")
        old = document["interval"]["coverage"]
    else:
        scope, entry = _one(state, rng)
        path, old = (*scope, "held", "budget_90"), entry["held"]["budget_90"]
    others = [share / 100 for share in range(50, 100) if share / 100 != old]
    return set_to(state, MARGINS, path, rng.choice(others))


def _narrowed(state: Fileset, rng: Random) -> Plant:
    document = state.document(MARGINS)
    if "interval" not in document:
        return _squeezed(state, rng)
    end = rng.choice(("below", "above"))
    old = document["interval"][end]
    new = round(old * rng.randint(10, 90) / 100, 3)
    return set_to(state, MARGINS, ("interval", end), old / 2 if new == old else new)


def _squeezed(state: Fileset, rng: Random) -> Plant:
    """Every quantile of a scope comes nearer to its least one."""
    path, entry = _one(state, rng)
    times = rng.randint(10, 90)
    least = entry["quantiles"][0]["factor"]
    quantiles = [
        {**one, "factor": round(least + (one["factor"] - least) * times / 100, 3)}
        for one in entry["quantiles"]
    ]
    if quantiles == entry["quantiles"]:
        quantiles = [{**one, "factor": round(one["factor"] / 2, 3)} for one in quantiles]
    narrowed = set_to(state, MARGINS, (*path, "quantiles"), quantiles)
    return Plant(f"{dotted(path)}: quantiles × {times / 100:.2f} of their width", narrowed.changed)


def without_intervals(margins: Any, category: str, complexity: str | None) -> bool:
    """Take the intervals of a category, or of one of its cells, out of a draft; any there?"""
    intervals = margins.get("intervals") or {}
    found = False
    if complexity is None and category in (intervals.get("categories") or {}):
        del intervals["categories"][category]
        found = True
    cells = intervals.get("cells") or {}
    if category in cells and (complexity is None or complexity in cells[category]):
        cells[category].pop(complexity, None)
        if complexity is None or not cells[category]:
            del cells[category]
        found = True
    return found


def renamed_scopes(state: Fileset, old: str, new: str) -> FileChanges:
    """The margins and intervals of a category under its other name; none if it has neither."""
    margins, moved = state.draft(MARGINS), False
    intervals = margins.get("intervals") or {}
    for scopes in (margins.get("cells"), intervals.get("categories"), intervals.get("cells")):
        if scopes and old in scopes:
            scopes[new], moved = scopes.pop(old), True
    return {MARGINS: dumped(margins)} if moved else {}


# fmt: off
CLAIMED: Final = stopped_by("fit-claims",
    ("coverage-claimed", "a stated coverage of the interval, never measured", _coverage),
    ("interval-narrowed", "a narrower interval, never measured", _narrowed),
)
# fmt: on
