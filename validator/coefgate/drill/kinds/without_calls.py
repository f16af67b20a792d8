"""A registry without calls: one that never had any, and ones that only look like that."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, FileChanges, Fileset, dumped
from coefgate.drill.kinds import lines
from coefgate.drill.kinds.files import PAGE
from coefgate.drill.kinds.names import key_removed
from coefgate.drill.plant import Plant, Planting, passes, some, stopped

_YET: Final = {"headline": re.compile("^NO CALLS YET$")}
_NOT_YET: Final = {"headline": re.compile("^(FAIL|NOT MEASURABLE)$")}


def _without_any(state: Fileset) -> FileChanges:
    some(state.stored, "no call is stored")
    return lines.without(state, state.stored)


def _all_removed(state: Fileset, rng: Random) -> Plant:
    changed, page = _without_any(state), PAGE(state, rng).changed
    return Plant(f"{len(state.stored)} calls → gone", {**changed, **page}, report=_NOT_YET)


def _all_retired(state: Fileset, rng: Random) -> Plant:
    some(state.stored, "no call is stored")
    changed = {**lines.retired(state, state.stored), **PAGE(state, rng).changed}
    return Plant(f"{len(state.stored)} calls retired", changed, report=_NOT_YET)


def _lost(state: Fileset, rng: Random) -> Plant:
    """What came past the gate took every call away; now a number moves."""
    document = state.draft(REGISTRY)
    fallback = document["fallback"]["overhead"]
    old = fallback["tokens"]
    fallback["tokens"] = old + max(1, old * rng.randint(1, 20) // 100)
    what = f"fallback.overhead {old} → {fallback['tokens']}, after all calls were lost"
    past: tuple[FileChanges, ...] = ({}, _without_any(state))
    return Plant(what, {REGISTRY: dumped(document)}, past=past, report=_NOT_YET)


def _never_any(planting: Planting, said: dict[str, re.Pattern[str]]) -> Planting:
    """The same in a registry whose first commit holds no call."""

    def plant(state: Fileset, rng: Random) -> Plant:
        past = ({**_without_any(state), **_never_fitted(state)},)
        planted = planting(state, rng)
        return replace(planted, what=f"{planted.what}, without any call", past=past, report=said)

    return plant


def _never_fitted(state: Fileset) -> FileChanges:
    """The files of numbers, none of which says that a call stands behind it."""
    return {
        path: dumped(unmeasured)
        for path in sorted(state.files)
        if path.startswith("coefficients/")
        and path.endswith(".yaml")
        and (unmeasured := _unmeasured(document := state.draft(path))) != document
    }


def _unmeasured(data: Any) -> Any:
    """``data`` with every number published, and no interval measured."""
    if isinstance(data, list):
        return [_unmeasured(one) for one in data]
    if not isinstance(data, dict):
        return data
    kept = {
        name: _unmeasured(value)
        for name, value in data.items()
        if name not in {"intervals", "acknowledge"}
    }
    if isinstance(basis := kept.get("basis"), dict):
        kept["basis"] = {"kind": "prior", "reference": basis["reference"]}
    return kept


# fmt: off
REGRESSIONS: Final = (
    stopped("all-calls-removed", "every stored call removed; it is not NO CALLS YET",
        _all_removed, by="sample-removed"),
    stopped("all-calls-retired", "every stored call retired; it is not NO CALLS YET",
        _all_retired, by="smape underestimation waste-band waste-p90"),
    stopped("calls-lost", "a number that moves after all calls were removed past the gate",
        _lost, by="unmeasured"),
    stopped("overhead-removed-without-calls",
        "the overhead of a cell removed from a registry that has no call yet",
        _never_any(key_removed, _NOT_YET), by="coefficient-removed"),
)
HARMLESS: Final = (
    passes("no-calls-yet", "a page in a registry that never had a call",
        _never_any(PAGE, _YET)),
)
# fmt: on
