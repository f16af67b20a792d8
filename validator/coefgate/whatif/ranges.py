"""Where one number turns the rules: the green ranges, and where each rule turns.

The judge is asked on a grid; where two neighbours of the grid differ, the place between them is
halved until it is exact. What turns and turns back between two points of the grid is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import asinh, sinh

from coefgate.gates.verdict import Verdict

Statuses = Mapping[str, Verdict]
StatusesAt = Callable[[int], Statuses]


@dataclass(frozen=True, slots=True)
class Turn:
    """Going up, ``at`` is the first number at which ``rule`` says ``after``, not ``before``."""

    rule: str
    at: int
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole numbers from ``low`` to ``high``, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Range:
    """What one number does to the verdict between ``looked_at.low`` and ``looked_at.high``.

    All numbers are in the smallest steps of the value. ``green``: every rule passes. ``widest``:
    the largest distance of two neighbours of the grid, as a share of the larger one or of the
    present number, whichever is more; 0 where every number was asked.
    """

    looked_at: Stretch
    green: tuple[Stretch, ...]
    turns: tuple[Turn, ...]
    asked: int
    widest: float


def grid(low: int, high: int, start: int, points: int) -> tuple[int, ...]:
    """About ``points`` whole numbers from ``low`` to ``high``, with ``start``.

    They are close together around zero and grow apart in proportion from about half of ``start``
    on.
    """
    scale = max(start, 2) / 2
    first, last = asinh(low / scale), asinh(high / scale)
    between = (
        round(scale * sinh(first + (last - first) * index / (points - 1)))
        for index in range(1, points - 1)
    )
    kept = {low, high, *(number for number in between if low < number < high)}
    return tuple(sorted(kept | ({start} if low <= start <= high else set())))


def turning(
    judge: StatusesAt, within: Stretch, *, start: int, points: int, also: Iterable[int] = ()
) -> Range:
    """Find the green ranges and the turns of every rule ``within`` two numbers.

    ``judge`` gives the status of each rule for one number; ``start`` is the number that the grid
    is made around; numbers in ``also`` are asked with both their neighbours, because a rule may
    turn for one number alone (no change against base, say).
    """
    low, high = within.low, within.high
    asked: dict[int, Statuses] = {}

    def at(number: int) -> Statuses:
        if number not in asked:
            asked[number] = judge(number)
        return asked[number]

    def narrow(left: int, right: int) -> None:
        """Ask until neighbours that differ are neighbours among the whole numbers."""
        if at(left) != at(right) and right - left > 1:
            middle = (left + right) // 2
            narrow(left, middle)
            narrow(middle, right)

    beside = {
        near for number in also for near in (number - 1, number, number + 1) if low <= near <= high
    }
    numbers = sorted({*grid(low, high, start, points), *beside})
    gaps = list(pairwise(numbers))
    for left, right in gaps:
        narrow(left, right)
    at(low)
    known = sorted(asked)
    # Between two equal neighbours all numbers are taken to be so.
    runs = groupby(known, lambda number: set(asked[number].values()) <= {"pass"})
    green = [list(run) for passes, run in runs if passes]
    return Range(
        looked_at=within,
        green=tuple(Stretch(run[0], run[-1]) for run in green),
        turns=tuple(
            Turn(rule, right, asked[left][rule], after)
            for left, right in pairwise(known)
            for rule, after in asked[right].items()
            if asked[left][rule] != after
        ),
        asked=len(asked),
        widest=max(((b - a) / max(b, start) for a, b in gaps if b > a + 1), default=0.0),
    )
