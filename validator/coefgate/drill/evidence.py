"""Which stored calls count: the drill's own reading of design.md, section 5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from math import inf
from typing import Any

from coefgate.drill.state import Stored


@dataclass(frozen=True, slots=True)
class Call:
    """A call that counts; ``censored``: it was cut off and says "at least this many"."""

    stored: Stored
    phase: tuple[str, str]
    censored: bool

    @property
    def actual(self) -> int:
        """Output tokens."""
        return int(self.stored.fields["actual_output_tokens"])


def calls(
    stored: Iterable[Stored], retired: frozenset[str], scope: Mapping[str, Any], unit: str
) -> tuple[Call, ...]:
    """Eligible and censored calls, in the order of their instants and ids."""
    lines = {one.id: one for one in stored}
    superseded = {one.fields["supersedes"] for one in lines.values()}
    ceilings = set()
    found = []
    for one in sorted(lines.values(), key=instant):
        if one.id in retired or one.id in superseded or not _counts(one.fields, scope, unit):
            continue
        if not one.fields["truncated"]:
            found.append(Call(one, _phase(one), censored=False))
            continue
        ceiling = one.fields["max_output_tokens"]
        tokens = one.fields["actual_output_tokens"] if ceiling is None else ceiling
        if (_phase(one), tokens) not in ceilings:
            ceilings.add((_phase(one), tokens))
            found.append(Call(one, _phase(one), censored=True))
    return tuple(found)


def instant(one: Stored) -> tuple[float, str]:
    """When a call was made, calls without a time last; then its id."""
    at = one.fields["observed_at"]
    return (inf if at is None else datetime.fromisoformat(at).timestamp()), one.id


def _phase(one: Stored) -> tuple[str, str]:
    phase = one.fields["phase_id"]
    return one.fields["origin"], f"#{one.id}" if phase is None else phase


def _counts(fields: Mapping[str, Any], scope: Mapping[str, Any], unit: str) -> bool:
    if fields["duplicate_of"] is not None or fields["paths"] != "real" or fields["unit"] != unit:
        return False
    if fields["category"] is None or fields["complexity"] is None or fields["truncated"] is None:
        return False
    if not fields["truncated"] and fields["success"] is not True:
        return False
    models, since = scope["models"], scope["observed_since"]
    if models is not None and not any(fnmatchcase(fields["model"] or "", glob) for glob in models):
        return False
    return since is None or (fields["observed_at"] or "")[:10] >= str(since)
