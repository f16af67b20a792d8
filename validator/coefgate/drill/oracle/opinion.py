"""Is a change of coefficients a regression? Decided by a replay of the drill's own.

It shares no code with the replay and the rules of the gate: written after design.md, sections 5
and 6, in plain Python. Two readings of one contract that agree are worth more than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import le
from typing import Any

from coefgate.drill.fileset import GATES, Fileset, StoredLine
from coefgate.drill.oracle import differences
from coefgate.drill.oracle.chance import NONE, by_chance
from coefgate.drill.oracle.evidence import counting, scored
from coefgate.drill.oracle.figures import (
    METRIC_RULES,
    ExactFigures,
    distances,
    figures,
    gains,
    is_missed,
    limit,
    misses,
)
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.oracle.strata import loses, strata

MEASURED = frozenset((*METRIC_RULES, "stratum-regression", "diluted"))
"""The rules that stored calls decide."""


@dataclass(frozen=True)
class Opinion:
    """A proposal beside its base, which has thresholds and scope; head may add samples."""

    base: Fileset
    head: Fileset

    @cached_property
    def _gates(self) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self.base.document(GATES)
        return document

    @cached_property
    def _every_call(self) -> tuple[StoredLine, ...]:
        if self.head.stored == self.base.stored and self.head.retired == self.base.retired:
            return self._known_calls
        return counting(self.base, (*self.base.stored, *self.head.stored), self.head.retired)

    @cached_property
    def _known_calls(self) -> tuple[StoredLine, ...]:
        return scored(self.base)

    def _replay(self, side: Fileset, of: Iterable[StoredLine]) -> list[tuple[StoredLine, int]]:
        predictor = predictor_of(side)
        return [(call, predictor.predict(call.fields)[0]) for call in of]

    @cached_property
    def broken(self) -> frozenset[str]:
        """The rules that the change breaks, of those that a change of coefficients can break."""
        base, head = predictor_of(self.base), predictor_of(self.head)
        too_far = limit(self._gates["rules"], "swing", "factor_from")
        moved = (
            *differences.moved_numbers(base, head).values(),
            *differences.moved_prices(base, head),
        )
        every, known = self._every_call, self._known_calls
        eligible = [call.fields for call in every if not call.censored]
        both = (every,) if known is every else (every, known)
        together, *alone = (set(self._metric(of)) for of in both)
        others = {
            "diluted": any(more - together for more in alone),
            "stratum-regression": any(map(self._strata_lose, both)),
            "unmeasured": any(differences.unmeasured(base, head, eligible)),
            "swing": any(differences.factor(*pair) >= too_far for pair in moved)
            or any(differences.left_interval(base, head)),
        }
        return frozenset(together).union(rule for rule, is_broken in others.items() if is_broken)

    @property
    def measured(self) -> frozenset[str]:
        """The rules that the change breaks on stored calls."""
        return self.broken & MEASURED

    def figures(self, side: Fileset, *, added: bool) -> ExactFigures | None:
        """The figures of one side's coefficients; ``added``: with the change's samples."""
        return figures(self._replay(side, self._every_call if added else self._known_calls))

    @property
    def flattered(self) -> bool:
        """Do the change's samples alone make a figure of base's better, beyond any chance?"""
        return self._samples_gain[1]

    @property
    def may_flatter(self) -> bool:
        """Do they make one better by so much that it may be more than chance?"""
        return self._samples_gain[0]

    @cached_property
    def _samples_gain(self) -> tuple[bool, bool]:
        """Does a figure gain more than chance usually gives, and more than it ever gives?"""
        known = {one.id for one in self.base.stored}
        every = self._replay(self.base, self._every_call)
        old = [pair for pair in every if known & {pair[0].id, pair[0].fields["supersedes"]}]
        most = limit(self._gates["rules"], "flattered", "better_by_above")
        # What is done to known calls is a choice, and none of chance's.
        flat = any(gain > most for gain in self._gains(old).values())
        more = {figure: gain for figure, gain in self._gains(every).items() if gain > most}
        chance = by_chance(old, len(every) - len(old)) if more else {}
        by = [(gain, chance.get(figure, NONE)) for figure, gain in more.items()]
        return (
            flat or any(gain > by_luck.usual for gain, by_luck in by),
            flat or any(gain > by_luck.most for gain, by_luck in by),
        )

    def _gains(self, replay: Sequence[tuple[StoredLine, int]]) -> dict[str, Fraction]:
        """What base's figures gain on these; for waste without new ones that are missed."""
        scored = {call.id for call in self._known_calls}
        kept = [pair for pair in replay if pair[0].id in scored or not is_missed(*pair)]
        return gains(self.figures(self.base, added=False), figures(replay), figures(kept))

    def _metric(self, of: Sequence[StoredLine]) -> tuple[str, ...]:
        """The metric rules that head breaks; what base misses must not get worse."""
        was, now = self._replay(self.base, of), self._replay(self.head, of)
        if was == now:
            return ()
        limits = self._gates["rules"]
        before, after = figures(was), figures(now)
        missed, found = misses(before, limits), misses(after, limits)
        strict = self._gates.get("when_base_misses", "require-no-worse") == "require-pass"
        if before is None or after is None or strict or set(found) - set(missed):
            return tuple(found)
        steps = {
            rule: (distances(rule, before, limits), distances(rule, after, limits))
            for rule in missed
        }
        no_worse = {rule for rule, (old, new) in steps.items() if all(map(le, new, old))}
        is_better = any(steps[rule][0] != steps[rule][1] for rule in no_worse)
        return tuple(rule for rule in found if not is_better or rule not in no_worse)

    def _strata_lose(self, of: Sequence[StoredLine]) -> bool:
        was, now = self._replay(self.base, of), self._replay(self.head, of)
        steps = [
            (call, before, after) for (call, before), (_, after) in zip(was, now, strict=True)
        ]
        rules = self._gates["rules"]
        slices = (strata(of, side.canonical, rules) for side in (self.base, self.head))
        return any(loses([steps[n] for n in at], rules) for at in set().union(*slices))
