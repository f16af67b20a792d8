"""The smallest single change of a number that would turn a red verdict green.

"Small" is relative: the distance of two numbers is their difference as a share of the present one
(of 100 where it is smaller). The search goes outward in rings, over all numbers at once; the place
between the last ring that fails and the first that passes is halved until it is exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import accumulate, compress, repeat, takewhile
from operator import mul
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import limits_of, moved
from coefgate.registry.wording import count
from coefgate.replay.metrics import Booleans
from coefgate.whatif.candidates import Candidate

FURTHEST: Final = Fraction(9)
"""Ten times the number; what lies further is not looked at."""
NEAREST: Final = Fraction(1, 200)
GROWTH: Final = Fraction(9, 8)
MOST_ASKED: Final = 150
"""How often the judge is asked at most, so that the answer comes at once."""
LEAST_SCALE: Final = 100
_DISTANCES: Final = (
    *takewhile(lambda one: one < FURTHEST, accumulate(repeat(GROWTH), mul, initial=NEAREST)),
    FURTHEST,
)
"""How far each ring but the last one reaches."""

Ask = Callable[[Coefficients], Sequence[RuleResult]]
Sieve = Callable[[Sequence[Candidate]], Booleans]


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """One number from ``before`` to ``after`` passes, and no smaller change that was tried."""

    key: Key
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True)
class NoChange:
    """No single change was found; ``reason`` says how far was looked, or why not at all."""

    reason: str


def smallest_change(
    start: Coefficients,
    rules: Sequence[RuleResult],
    keys: Sequence[Key],
    *,
    ask: Ask,
    sieve: Sieve,
    also: Mapping[Key, Sequence[Fraction]],
) -> SmallestChange | NoChange:
    """Search from ``start``, whose ``rules`` do not all pass, over the numbers at ``keys``.

    ``ask``: every rule on another registry. ``sieve``: which candidates it may pass. ``also``:
    numbers to try beside the rings, because a rule may turn for them alone (those of base).
    """
    red = [rule for rule in rules if rule.status != "pass"]
    hopeless = [rule.rule for rule in red if not RULES[rule.rule].of_numbers]
    if hopeless:
        return NoChange(f"no number can fix {', '.join(hopeless)}")
    keys = _concerned(rules, sorted({*keys, *also}, key=lambda one: one.name))
    if not keys:
        return NoChange("more than one number is rejected, and none can fix that alone")
    rings = _rings(start, keys, also)
    if any(rule.rule == "unmeasured" and rule.status != "pass" for rule in rules):
        # Every other number is as little measured as this one.
        rings = [[one for one in ring if one.number in also.get(one.key, ())] for ring in rings]

    @cache
    def passes(key: Key, steps: int) -> bool:
        found = ask(moved(start, {key: key.number(steps)}))
        return all(rule.status == "pass" for rule in found)

    def nearest(one: Candidate) -> Candidate:
        """The nearest to the present number that passes, as this one does, by halving the way."""
        present = start.numbers[one.key].steps
        way = range(present, one.steps, 1 if one.steps > present else -1)[1:]
        at = bisect_left(way, 1, key=lambda steps: passes(one.key, steps))
        return Candidate(one.key, way[at]) if at < len(way) else one

    def distance(one: Candidate) -> Fraction:
        present = start.numbers[one.key].steps
        return Fraction(abs(one.steps - present), _scale(present))

    for ring in rings:
        possible = compress(ring, sieve(ring).tolist() if ring else ())
        hopeful = (one for one in possible if passes(one.key, one.steps))
        if found := list(map(nearest, hopeful)):
            best = min(found, key=lambda one: (distance(one), one.key.name))
            return SmallestChange(best.key, start.numbers[best.key].number, best.number)
        if passes.cache_info().currsize > MOST_ASKED:
            furthest = max(map(distance, ring), default=Fraction(0))
            return NoChange(f"the search stopped at a change of {float(furthest):.0%}")
    return NoChange(
        f"looked at {count(len(keys), 'number')}, "
        "each down to zero and up to ten times, as far as the registry allows"
    )


def _concerned(rules: Sequence[RuleResult], keys: Sequence[Key]) -> Sequence[Key]:
    """What can mend rules that object to one number: just that; to two or more: none alone."""
    for rule in rules:
        if rule.status != "pass" and RULES[rule.rule].takes_reasons:
            blamed = {finding.key for finding in rule.findings}
            keys = [key for key in keys if blamed <= {key}]
    return keys


def _scale(steps: int) -> int:
    return max(steps, LEAST_SCALE)


def _rings(
    start: Coefficients, keys: Sequence[Key], also: Mapping[Key, Sequence[Fraction]]
) -> list[list[Candidate]]:
    """Candidates that may be read, each once, by distance; the last ring is of known numbers."""
    rings: list[list[Candidate]] = [[] for _ in range(len(_DISTANCES) + 1)]
    for key in (key for key in keys if key in start.numbers):
        present = start.numbers[key].steps
        scale, (low, high) = _scale(present), limits_of(start, key)
        ring_of = {present: -1}
        for ring, distance in enumerate(_DISTANCES):
            offset = max(1, round(distance * scale))
            ring_of.setdefault(present - offset, ring)
            ring_of.setdefault(present + offset, ring)
        for number in also.get(key, ()):
            steps = int(number * key.steps_in_one)
            ring = bisect_left(_DISTANCES, Fraction(abs(steps - present), scale))
            ring_of[steps] = min(ring, ring_of.get(steps, ring))
        for steps in sorted(steps for steps in ring_of if low <= steps <= high):
            if steps != present:
                rings[ring_of[steps]].append(Candidate(key, steps))
    return rings
