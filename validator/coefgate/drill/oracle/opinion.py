"""Is a change of coefficients a regression? Decided by a replay of the drill's own.

It shares no code with the replay and the rules of the gate: written after design.md, sections 5
and 6, in plain Python. Two readings of one contract that agree are worth more than one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import le
from typing import Any

from coefgate.drill.fileset import GATES, REGISTRY, Fileset, StoredLine
from coefgate.drill.oracle import differences
from coefgate.drill.oracle.chance import NONE, Chance, by_chance
from coefgate.drill.oracle.evidence import calls, scored
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
        unit = self.base.document(REGISTRY)["unit"]
        return calls(
            (*self.base.stored, *self.head.stored), self.head.retired, self._gates["scope"], unit
        )

    @cached_property
    def _known_calls(self) -> tuple[StoredLine, ...]:
        return scored(self.base)

    def _predicted(self, side: Fileset, of: Sequence[StoredLine]) -> list[int]:
        predictor = predictor_of(side)
        return [predictor.predict(call.fields)[0] for call in of]

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
        of = self._every_call if added else self._known_calls
        return figures(of, self._predicted(side, of))

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
        every = self._every_call
        predicted = self._predicted(self.base, every)
        scored = {call.id for call in self._known_calls}
        known = {one.id for one in self.base.stored}
        is_new = [not known & {call.id, call.fields["supersedes"]} for call in every]
        old = [index for index, new in enumerate(is_new) if not new]
        most = limit(self._gates["rules"], "flattered", "better_by_above")
        # What is done to known calls is a choice, and none of chance's.
        gained = [self._gains([every[at] for at in old], [predicted[at] for at in old], scored)]
        chance: Mapping[str, Chance] = {}
        if any(is_new):
            gained.append(self._gains(every, predicted, scored))
            if any(gain > most for gain in gained[1].values()):
                sides = [every[at] for at in old], [predicted[at] for at in old]
                chance = by_chance(*sides, sum(is_new))
        flat = any(gain > most for gain in gained[0].values())
        more = [
            (gain, chance.get(figure, NONE)) for figure, gain in gained[-1].items() if gain > most
        ]
        return (
            flat or any(gain > by.usual for gain, by in more),
            flat or any(gain > by.most for gain, by in more),
        )

    def _gains(
        self, of: Sequence[StoredLine], predicted: Sequence[int], scored: Collection[str]
    ) -> dict[str, Fraction]:
        """What base's figures gain on these; for waste without new ones that are missed."""
        kept = [
            (call, tokens)
            for call, tokens in zip(of, predicted, strict=True)
            if call.id in scored or not is_missed(call, tokens)
        ]
        return gains(
            self.figures(self.base, added=False),
            figures(of, predicted),
            figures([call for call, _ in kept], [tokens for _, tokens in kept]),
        )

    def _metric(self, of: Sequence[StoredLine]) -> tuple[str, ...]:
        """The metric rules that head breaks; what base misses must not get worse."""
        was, now = self._predicted(self.base, of), self._predicted(self.head, of)
        if was == now:
            return ()
        limits = self._gates["rules"]
        before, after = figures(of, was), figures(of, now)
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
        was, now = self._predicted(self.base, of), self._predicted(self.head, of)
        rules = self._gates["rules"]
        slices = {
            at for side in (self.base, self.head) for at in strata(of, side.canonical, rules)
        }
        return any(
            loses([of[n] for n in at], [was[n] for n in at], [now[n] for n in at], rules)
            for at in slices
        )
