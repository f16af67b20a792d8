"""Which single safety margin comes nearest to all limits, where none meets them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Gates
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.metrics import Calls, metrics

_TRIED: Final = range(1000, 5001, 10)
"""Thousandths."""


@dataclass(frozen=True, slots=True)
class BestMargin:
    """``margin``: a factor. ``rules``: the four rules that compare figures, at it."""

    margin: Fraction
    rules: tuple[RuleResult, ...]

    @property
    def missed(self) -> tuple[RuleResult, ...]:
        """Those that it does not meet."""
        return tuple(one for one in self.rules if not one.met)


def best_margin(by_margin: ByMargin, calls: Calls, gates: Gates) -> BestMargin | None:
    """The margin, in hundredths, that misses fewest limits; of several the one that misses least.

    How far one is missed: by which share of the limit. ``None`` where no call has an end.
    """
    if calls.censored.all():
        return None

    def at(margin: int) -> BestMargin:
        found = metrics(replace(calls, predicted=by_margin.at(margin)))
        return BestMargin(Fraction(margin, 1000), absolute_rules(found, gates))

    return min(map(at, _TRIED), key=_missed_by)


def _missed_by(found: BestMargin) -> tuple[int, Fraction]:
    return len(found.missed), sum((_beyond(one) for one in found.missed), Fraction(0))


def _beyond(rule: RuleResult) -> Fraction:
    """By which share of its limit a rule is missed."""
    figure = rule.head or Fraction(0)
    bound = min(rule.bounds, key=lambda one: abs(figure - one))
    return abs(figure - bound) / bound if bound else Fraction(1)
