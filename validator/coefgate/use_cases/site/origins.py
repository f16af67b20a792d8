"""Where the stored calls come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coefgate.samples.status import SCORED, Audited, CallCount, count_of


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """The calls of one origin: how many lines there are, and how many are scored."""

    name: str
    lines: int
    calls: CallCount


def origins_of(audited: Sequence[Audited]) -> tuple[CallOrigin, ...]:
    """The origins of stored calls, by name."""
    by_origin: dict[str, list[Audited]] = {}
    for one in audited:
        by_origin.setdefault(one.sample.origin, []).append(one)
    return tuple(
        CallOrigin(name, len(calls), count_of([one for one in calls if one.status in SCORED]))
        for name, calls in sorted(by_origin.items())
    )
