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
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import limits_of, moved
from coefgate.replay.metrics import Booleans
from coefgate.whatif.candidates import Candidate

FURTHEST: Final = Fraction(9)
"""Ten times the number; what lies further is not looked at."""
NEAREST: Final = Fraction(1, 200)
GROWTH: Final = Fraction(9, 8)
MOST_ASKED: Final = 150
"""How often the judge is asked at most, so that the answer comes at once."""
LEAST_SCALE: Final = 100

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
        return NoChange(f"no number can mend {', '.join(hopeless)}")
    keys = _concerned(rules, sorted({*keys, *also}, key=lambda one: one.name))
    if not keys:
        return NoChange("more than one number is objected to, and none can mend that alone")
    search = _Search(start, ask)
    rings = _rings(start, keys, also)
    if any(rule.rule == "unmeasured" and rule.status != "pass" for rule in rules):
        # Every other number is as little measured as this one.
        rings = [[one for one in ring if one.number in also.get(one.key, ())] for ring in rings]
    candidates = [candidate for ring in rings for candidate in ring]
    possible = dict(zip(candidates, sieve(candidates).tolist(), strict=True)) if candidates else {}
    for ring in rings:
        found = [
            search.nearest(candidate)
            for candidate in ring
            if possible[candidate] and search.passes(candidate)
        ]
        if found:
            best = min(found, key=lambda one: (search.distance(one), one.key.name))
            return SmallestChange(best.key, start.numbers[best.key].number, best.number)
        if search.asked > MOST_ASKED:
            return NoChange(f"the search ended at a change of {float(search.furthest(ring)):.0%}")
    return NoChange(
        f"looked at {len(keys)} number{'s' if len(keys) != 1 else ''}, "
        "each down to nothing and up to ten times, as far as the registry allows"
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
    distances = _distances()
    rings: list[list[Candidate]] = [[] for _ in range(len(distances) + 1)]
    for key in (key for key in keys if key in start.numbers):
        present = start.numbers[key].steps
        scale, (low, high) = _scale(present), limits_of(start, key)
        ring_of = {present: -1}
        for ring, distance in enumerate(distances):
            offset = max(1, round(distance * scale))
            ring_of.setdefault(present - offset, ring)
            ring_of.setdefault(present + offset, ring)
        for number in also.get(key, ()):
            steps = int(number * key.steps_in_one)
            ring = bisect_left(distances, Fraction(abs(steps - present), scale))
            ring_of[steps] = min(ring, ring_of.get(steps, ring))
        for steps in sorted(steps for steps in ring_of if low <= steps <= high):
            if steps != present:
                rings[ring_of[steps]].append(Candidate(key, steps))
    return rings


def _distances() -> list[Fraction]:
    """How far each ring but the last one reaches."""
    found = [NEAREST]
    while found[-1] * GROWTH < FURTHEST:
        found.append(found[-1] * GROWTH)
    return [*found, FURTHEST]


class _Search:
    """Asks the judge about candidates, each once."""

    def __init__(self, start: Coefficients, ask: Ask) -> None:
        self._start = start
        self._ask = ask
        self._present = {key: value.steps for key, value in start.numbers.items()}
        self._known: dict[Candidate, bool] = {}

    @property
    def asked(self) -> int:
        return len(self._known)

    def passes(self, candidate: Candidate) -> bool:
        if candidate not in self._known:
            found = self._ask(moved(self._start, {candidate.key: candidate.number}))
            self._known[candidate] = all(rule.status == "pass" for rule in found)
        return self._known[candidate]

    def distance(self, candidate: Candidate) -> Fraction:
        present = self._present[candidate.key]
        return Fraction(abs(candidate.steps - present), _scale(present))

    def furthest(self, ring: Sequence[Candidate]) -> Fraction:
        return max((self.distance(candidate) for candidate in ring), default=Fraction(0))

    def nearest(self, candidate: Candidate) -> Candidate:
        """The nearest to the present number that passes, by halving the way; that one does not."""
        fails, passes = self._present[candidate.key], candidate.steps
        while abs(passes - fails) > 1:
            middle = (passes + fails) // 2
            if self.passes(Candidate(candidate.key, middle)):
                passes = middle
            else:
                fails = middle
        return Candidate(candidate.key, passes)
