"""What was tried before each call: the drill's own reading of docs/reference/formula.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coefgate.drill.fileset import StoredLine
from coefgate.drill.oracle.evidence import contradicts_itself, instant

TriedBefore = tuple[int, bool]
"""Output tokens of the attempt before a call, and whether it was cut off."""


def attempts_before(
    stored: Iterable[StoredLine], retired: frozenset[str]
) -> Mapping[str, TriedBefore]:
    """By the id of a call, the last attempt at the same files in the same phase of a run."""
    lines = {one.id: one for one in stored}
    out = {one.fields["supersedes"] for one in lines.values()} | retired
    work: dict[object, list[StoredLine]] = {}
    for one in sorted(lines.values(), key=instant):
        known = one.fields["run_id"] is not None and one.fields["phase_id"] is not None
        paths = frozenset(each["path"] for each in one.fields["deliverables"])
        if known and paths:
            about = (one.fields[key] for key in ("origin", "run_id", "phase_id", "unit"))
            work.setdefault((*about, paths), []).append(one)
    found: dict[str, TriedBefore] = {}
    for calls in work.values():
        numbered = all(one.fields["attempt"] is not None for one in calls)
        for one in calls:
            before = [
                other
                for other in calls
                if _is_before(other, one, numbered=numbered)
                and _may_tell(other, out)
                and other.fields["truncated"] is not None
                and other.tokens
            ]
            if before:
                last = max(before, key=lambda other: _order(other, numbered=numbered))
                found[one.id] = last.tokens, last.censored
    return found


def _may_tell(one: StoredLine, out: set[str | None]) -> bool:
    fields = one.fields
    is_own = one.id not in out and fields["duplicate_of"] is None
    return is_own and fields["paths"] != "synthetic" and not contradicts_itself(fields)


def _order(one: StoredLine, *, numbered: bool) -> tuple[int, float, str]:
    at, identity = instant(one)
    return int(one.fields["attempt"]) if numbered else 0, at, identity


def _is_before(one: StoredLine, other: StoredLine, *, numbered: bool) -> bool:
    mine, others = (_order(each, numbered=numbered)[:2] for each in (one, other))
    known = other.fields["observed_at"] is not None
    return mine < others and (known or mine[0] != others[0])
