"""Is a change of coefficients a regression? Decided by a replay of the drill's own.

It shares no code with the replay and the rules of the gate: written after design.md, sections 5 and 6,
in plain Python. Two readings of one contract that agree are worth more than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from coefgate.drill.evidence import Call, calls
from coefgate.drill.figures import METRIC_RULES, Figures, distances, figures, gains, says
from coefgate.drill.moves import factor, moved_numbers, unmeasured
from coefgate.drill.numbers import exact
from coefgate.drill.prediction import Predictor
from coefgate.drill.state import GATES, REGISTRY, State
from coefgate.drill.strata import limits_of, loses, strata

MEASURED = frozenset((*METRIC_RULES, "stratum-regression", "diluted"))
"""The rules that stored calls decide."""


@dataclass(frozen=True)
class Judgement:
    """A proposal beside its base. Thresholds and scope are base's; samples are base's and the added ones."""

    base: State
    head: State

    @cached_property
    def _gates(self) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self.base.document(GATES)
        return document

    def _calls(self, *, added: bool) -> tuple[Call, ...]:
        unit = self.base.document(REGISTRY)["unit"]
        stored = (*self.base.stored, *(self.head.stored if added else ()))
        retired = self.head.retired if added else self.base.retired
        return calls(stored, retired, self._gates["scope"], unit)

    @cached_property
    def _every_call(self) -> tuple[Call, ...]:
        return self._calls(added=True)

    @cached_property
    def _known_calls(self) -> tuple[Call, ...]:
        return self._calls(added=False)

    def _predicted(self, side: State, of: Sequence[Call]) -> list[int]:
        predictor = Predictor(side)
        return [predictor.predict(call.stored.fields)[0] for call in of]

    @cached_property
    def broken(self) -> frozenset[str]:
        """The rules that the change breaks, of those that a change of coefficients can break."""
        base, head = Predictor(self.base), Predictor(self.head)
        too_far = self._relative("swing", "factor_from", 2)
        steps = [factor(*pair) for pair in moved_numbers(base, head).values()]
        every, known = self._every_call, self._known_calls
        eligible = [call.stored.fields for call in every if not call.censored]
        together, alone = self._metric(every), self._metric(known)
        found = set(together)
        found |= {"diluted"} if set(alone) - set(together) else set()
        found |= {"stratum-regression"} if self._strata_lose(every) or self._strata_lose(known) else set()
        found |= {"unmeasured"} if any(unmeasured(base, head, eligible)) else set()
        found |= {"swing"} if any(step >= too_far for step in steps) else set()
        return frozenset(found)

    @property
    def measured(self) -> frozenset[str]:
        """The rules that the change breaks on stored calls."""
        return self.broken & MEASURED

    def figures(self, side: State, *, added: bool) -> Figures | None:
        """The figures of one side's coefficients, with or without what the change does to the samples."""
        of = self._every_call if added else self._known_calls
        return figures(of, self._predicted(side, of))

    @cached_property
    def flattered(self) -> bool:
        """Does the change's samples alone make a figure of base's coefficients better by too much?"""
        every, known = self._every_call, {call.stored.id for call in self._known_calls}
        predicted = self._predicted(self.base, every)
        kept = [
            (call, tokens)
            for call, tokens in zip(every, predicted, strict=True)
            if call.stored.id in known
            or tokens > call.actual
            or (tokens == call.actual and not call.censored)
        ]
        found = gains(
            self.figures(self.base, added=False),
            figures(every, predicted),
            figures([call for call, _ in kept], [tokens for _, tokens in kept]),
        )
        return any(gain > self._relative("flattered", "better_by_above", 5) for gain in found.values())

    def _relative(self, rule: str, key: str, default: int) -> Fraction:
        return exact((self._gates["rules"].get(rule) or {}).get(key, default))

    def _metric(self, of: Sequence[Call]) -> tuple[str, ...]:
        """The metric rules that head breaks on these calls; what base misses must not get worse."""
        was, now = self._predicted(self.base, of), self._predicted(self.head, of)
        if was == now:
            return ()
        limits = self._gates["rules"]
        before, after = figures(of, was), figures(of, now)
        misses = [rule for rule in METRIC_RULES if says(rule, after, limits) != "pass"]
        missed = [rule for rule in METRIC_RULES if says(rule, before, limits) != "pass"]
        strict = self._gates.get("when_base_misses", "require-no-worse") == "require-pass"
        if before is None or after is None or strict:
            return tuple(misses)
        steps = {
            rule: (distances(rule, before, limits), distances(rule, after, limits)) for rule in METRIC_RULES
        }
        no_worse = {rule for rule in missed if all(new <= old for old, new in zip(*steps[rule], strict=True))}
        better = {rule for rule in no_worse if steps[rule][0] != steps[rule][1]}
        breaks = [rule for rule in misses if rule not in missed]
        forgiven = no_worse if better and not breaks else set()
        return tuple(rule for rule in misses if rule not in forgiven)

    def _strata_lose(self, of: Sequence[Call]) -> bool:
        was, now = self._predicted(self.base, of), self._predicted(self.head, of)
        limits = limits_of(self._gates["rules"])
        slices = {
            at for side in (self.base, self.head) for at in strata(of, side.canonical, limits.phases_from)
        }
        return any(
            loses([of[n] for n in at], [was[n] for n in at], [now[n] for n in at], limits) for at in slices
        )
