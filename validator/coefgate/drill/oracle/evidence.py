"""Which stored calls count: the drill's own reading of docs/reference/samples.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from math import inf
from typing import Any

from coefgate.core.stop_reasons import ending
from coefgate.drill.fileset import GATES, REGISTRY, Fileset, StoredLine


@lru_cache(maxsize=64)
def scored(state: Fileset) -> tuple[StoredLine, ...]:
    """The eligible and censored calls of a state."""
    return counting(state, state.stored)


def cell_of(state: Fileset, one: StoredLine) -> tuple[str, str]:
    """Category and complexity of a scored call, under the category's own name."""
    label = one.fields["category"]
    return state.canonical.get(label, label), one.fields["complexity"]


def counting(
    state: Fileset, stored: Iterable[StoredLine], retired: frozenset[str] | None = None
) -> tuple[StoredLine, ...]:
    """Those that are eligible or censored under a state's scope, by their instants and ids.

    ``retired``: the ids of retired samples, where they are not those of the state.
    """
    scope, unit = state.document(GATES)["scope"], state.document(REGISTRY)["unit"]
    lines = {one.id: one for one in stored}
    out = {one.fields["supersedes"] for one in lines.values()}
    out |= state.retired if retired is None else retired
    found = [
        one
        for one in sorted(lines.values(), key=instant)
        if one.id not in out and _counts(one.fields, scope, unit)
    ]
    telling: dict[tuple[object, int], StoredLine] = {}
    first = state.first_names
    for call in sorted(found, key=lambda one: (instant(one)[0], first.get(one.id, one.id))):
        ceiling = call.fields["max_output_tokens"]
        at = call.phase, call.tokens if ceiling is None else ceiling
        # The first of several that say the same.
        if call.censored and (at not in telling or call.tokens > telling[at].tokens):
            telling[at] = call
    kept = {call.id for call in telling.values()}
    return tuple(call for call in found if not call.censored or call.id in kept)


def instant(one: StoredLine) -> tuple[float, str]:
    """When a call was made, calls without a time last; then its id."""
    at = one.fields["observed_at"]
    return (inf if at is None else _seconds(at)), one.id


@lru_cache(maxsize=4096)
def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _counts(fields: Mapping[str, Any], scope: Mapping[str, Any], unit: str) -> bool:
    is_readable = fields["paths"] == "real" and fields["unit"] == unit
    if fields["duplicate_of"] is not None or not is_readable or contradicts_itself(fields):
        return False
    if None in (fields["category"], fields["complexity"], fields["truncated"]):
        return False
    if not fields["truncated"] and fields["success"] is not True:
        return False
    models, since = scope["models"], scope["observed_since"]
    if models is not None and not any(fnmatchcase(fields["model"] or "", glob) for glob in models):
        return False
    # A line of format 1 lists what was requested.
    origin = scope.get("deliverables_from")
    if origin is not None and fields.get("deliverables_from", "request") != origin:
        return False
    return since is None or (fields["observed_at"] or "")[:10] >= str(since)


def contradicts_itself(fields: Mapping[str, Any]) -> bool:
    """Are there two facts that cannot both be true? Stop reasons are read as the judge does."""
    how, cut_off = ending(fields["stop_reason"]), fields["truncated"]
    ceiling = fields["max_output_tokens"]
    of_one_call = fields["unit"] == "call"
    return (
        (cut_off is False and (how == "cut-off" or fields["same_ceiling_as"] is not None))
        or (cut_off is True and how == "finished" and of_one_call)
        or (fields["success"] is True and how == "broken-off")
        or (of_one_call and ceiling is not None and fields["actual_output_tokens"] > ceiling)
        or any(
            one["operation"] == "create" and one["bytes_before"] for one in fields["deliverables"]
        )
    )
