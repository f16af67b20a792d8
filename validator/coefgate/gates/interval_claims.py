"""What a change says of the intervals of unseen calls: only what calls were measured to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from coefgate.changes.change import Change
from coefgate.changes.interval_changes import IntervalChange, interval_changes
from coefgate.changes.interval_words import shown_quantiles
from coefgate.registry.intervals import Intervals
from coefgate.registry.model import Coefficients

Measure = Callable[[], Intervals | None]
"""The intervals that the calls give head, ``None`` where nothing measures them."""
_UNMEASURED: Final = (
    "nothing here measures how many calls it holds, so another cannot be stated yet"
)


def interval_claims(
    base: Coefficients, head: Coefficients, measure: Measure
) -> Iterator[tuple[Change, str, str]]:
    """Each change of an interval that head may not make, in words, and what is wrong with it.

    Stating none any more claims nothing; leaving one scope to a wider one claims that it fits.
    """
    if head.intervals.scopes:
        changed = tuple(interval_changes(base, head))
        measured = measure() if changed else None
        for one in changed:
            if why := _refusal(one, measured):
                step = f"from {one.change.base} to {one.change.head}"
                yield one.change, f"{one.change.name} moves {step}", why


def _refusal(one: IntervalChange, measured: Intervals | None) -> str | None:
    """Why not what head says; ``None`` where the calls give it."""
    if measured is None:
        return _UNMEASURED
    given = measured.scopes.get(one.scope)
    return None if given == one.now else f"calls give {shown_quantiles(given)}"


def width_claims(
    base: Coefficients, head: Coefficients, change: Change
) -> Iterator[tuple[Change, str, str]]:
    """The one width of semantics 1, which nothing measures: its coverage may be taken back."""
    was, now = base.interval, head.interval
    if now is not None and (was is None or now != replace(was, coverage=None)):
        told = f"the interval of an estimate moves from {change.base} to {change.head}"
        yield change, told, _UNMEASURED
