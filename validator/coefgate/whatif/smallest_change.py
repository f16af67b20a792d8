"""The smallest single change of a number that would turn a red verdict green.

"Small" is relative: the distance of two numbers is their difference as a share of the present one
(of 100 where it is smaller). The search goes outward in rings, over all numbers at once; the place
between the last ring that fails and the first that passes is halved until it is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Registry
from coefgate.registry.moving import limits_of, moved, number_of, steps_in, steps_of
from coefgate.registry.values import keyed_values, values_of
from coefgate.whatif.candidates import Booleans, Candidate

FURTHEST: Final = Fraction(9)
"""Ten times the number; what lies further is not looked at."""
NEAREST: Final = Fraction(1, 200)
GROWTH: Final = Fraction(9, 8)
MOST_ASKED: Final = 150
"""How often the judge is asked at most, so that the answer comes at once."""
LEAST_SCALE: Final = 100

Ask = Callable[[Registry], Sequence[RuleResult]]
Sieve = Callable[[Sequence[Candidate]], Booleans]


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """``name`` from ``before`` to ``after`` passes, and no smaller relative change that was looked at."""

    name: str
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True)
class NoChange:
    """No single change was found; ``reason`` says how far was looked, or why not at all."""

    reason: str


def smallest_change(
    start: Registry,
    rules: Sequence[RuleResult],
    names: Sequence[str],
    *,
    ask: Ask,
    sieve: Sieve,
    also: Mapping[str, Sequence[Fraction]],
) -> SmallestChange | NoChange:
    """Search from ``start``, whose ``rules`` do not all pass, over the numbers called ``names``.

    ``ask``: every rule on another registry. ``sieve``: which candidates it may pass. ``also``:
    numbers to try beside the rings, because a rule may turn for them alone (those of base).
    """
    red = [rule for rule in rules if rule.status != "pass"]
    hopeless = [rule.rule for rule in red if not RULES[rule.rule].of_numbers]
    if hopeless:
        return NoChange(f"no number can mend {', '.join(hopeless)}")
    names = _concerned(start, rules, sorted({*names, *also}))
    if not names:
        return NoChange("more than one number is objected to, and none can mend that alone")
    search = _Search(start, ask)
    rings = _rings(start, names, also)
    if any(rule.rule == "unmeasured" and rule.status != "pass" for rule in rules):
        # Every other number is as little measured as this one.
        rings = [[one for one in ring if _number(one) in also.get(one.name, ())] for ring in rings]
    candidates = [candidate for ring in rings for candidate in ring]
    possible = dict(zip(candidates, sieve(candidates).tolist(), strict=True)) if candidates else {}
    for ring in rings:
        found = [
            search.nearest(candidate)
            for candidate in ring
            if possible[candidate] and search.passes(candidate)
        ]
        if found:
            best = min(found, key=lambda one: (search.distance(one), one.name))
            before = values_of(start)[best.name].number
            return SmallestChange(best.name, before, _number(best))
        if search.asked > MOST_ASKED:
            return NoChange(f"the search ended at a change of {float(search.furthest(ring)):.0%}")
    return NoChange(
        f"looked at {len(names)} number{'s' if len(names) != 1 else ''}, "
        "each down to nothing and up to ten times, as far as the registry allows"
    )


def _concerned(
    start: Registry, rules: Sequence[RuleResult], names: Sequence[str]
) -> Sequence[str]:
    """Where a rule objects to single numbers, only these can mend it; to two or more, none alone."""
    for rule in rules:
        if rule.status != "pass" and RULES[rule.rule].takes_reasons:
            blamed = _blamed(start, rule)
            names = [name for name in names if blamed <= {name}]
    return names


def _blamed(start: Registry, rule: RuleResult) -> set[str | None]:
    """The numbers that the findings are about; ``None`` for anything else."""
    names = {key: value.name for key, value in keyed_values(start)}
    return {names.get(finding.key or ()) for finding in rule.findings}


def _number(candidate: Candidate) -> Fraction:
    return number_of(candidate.name, candidate.steps)


def _scale(steps: int) -> int:
    return max(steps, LEAST_SCALE)


def _rings(
    start: Registry, names: Sequence[str], also: Mapping[str, Sequence[Fraction]]
) -> list[list[Candidate]]:
    """Candidates by their distance; each once, and none that the strict reader would refuse."""
    values = values_of(start)
    reach = NEAREST
    distances = []
    while reach < FURTHEST:
        distances.append(reach)
        reach *= GROWTH
    distances.append(FURTHEST)
    placed: list[list[Candidate]] = [
        [] for _ in (*distances, "numbers that are known, however far")
    ]
    for name in names:
        if name not in values:
            continue
        present = steps_of(values[name])
        low, high = limits_of(start, name)
        seen = {present}
        known = [int(number * steps_in(name)) for number in also.get(name, ())]
        for place, distance in enumerate(distances):
            inner = distances[place - 1] if place else Fraction(0)
            offset = max(1, round(distance * _scale(present)))
            here = {present - offset, present + offset}
            here |= {
                k for k in known if inner < Fraction(abs(k - present), _scale(present)) <= distance
            }
            for steps in sorted(here):
                if low <= steps <= high and steps not in seen:
                    seen.add(steps)
                    placed[place].append(Candidate(name, steps))
        placed[-1] += [Candidate(name, k) for k in known if low <= k <= high and k not in seen]
    return placed


class _Search:
    """Asks the judge about candidates, each once."""

    def __init__(self, start: Registry, ask: Ask) -> None:
        self._start = start
        self._ask = ask
        self._present = {name: steps_of(value) for name, value in values_of(start).items()}
        self._known: dict[Candidate, bool] = {}

    @property
    def asked(self) -> int:
        return len(self._known)

    def passes(self, candidate: Candidate) -> bool:
        if candidate not in self._known:
            found = self._ask(moved(self._start, {candidate.name: _number(candidate)}))
            self._known[candidate] = all(rule.status == "pass" for rule in found)
        return self._known[candidate]

    def distance(self, candidate: Candidate) -> Fraction:
        present = self._present[candidate.name]
        return Fraction(abs(candidate.steps - present), _scale(present))

    def furthest(self, ring: Sequence[Candidate]) -> Fraction:
        return max((self.distance(candidate) for candidate in ring), default=Fraction(0))

    def nearest(self, candidate: Candidate) -> Candidate:
        """The nearest to the present number that passes, by halving the way; the present one does not."""
        fails, passes = self._present[candidate.name], candidate.steps
        while abs(passes - fails) > 1:
            middle = (passes + fails) // 2
            if self.passes(Candidate(candidate.name, middle)):
                passes = middle
            else:
                fails = middle
        return Candidate(candidate.name, passes)
