"""From fitted numbers to those of a registry: part of the way, rounded up, and rising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning

_SLACK: Final = 1e-6
"""Tokens by which a number may lie above a step and is still on it."""


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """``tuning.ema`` from the numbers ``before``; what is not among them starts from its prior."""

    tuning: Tuning
    before: Mapping[Key, float]

    def of(self, key: Key, fitted: float, *, moves: bool) -> float:
        """How far a number gets: all the way without ``ema``, and nowhere if none ``moves``."""
        if self.tuning.ema is None:
            return fitted
        before = self.before.get(key)
        if before is None:
            before = float(self.tuning.prior_of(key) or 0)
        return before + float(self.tuning.ema) * (fitted - before) if moves else before

    def rounded(self, key: Key, fitted: float, *, moves: bool) -> int:
        """The same in tokens, rounded up to a step; one that stays is rounded to whole ones."""
        step = self.step(key) if moves else 1
        steps = ceil((self.of(key, fitted, moves=moves) - _SLACK) / step)
        return min(MAX_TOKENS, max(0, step * steps))

    def step(self, key: Key) -> int:
        """What a number is a multiple of."""
        return 1 if key.part == "per_kilobyte" else self.tuning.round_to


def raised(tokens: Mapping[Key, int], registry: Coefficients) -> dict[Key, Fraction]:
    """Overheads raised to those of the complexities below, fitted or not."""
    found = dict(tokens)
    for category, entry in registry.categories.items():
        least = 0
        for complexity in registry.complexities:
            key = Key("overhead", (category, complexity))
            if key in found:
                found[key] = least = max(found[key], least)
            elif complexity in entry.overhead:
                least = max(least, entry.overhead[complexity].steps)
    return {key: Fraction(number) for key, number in found.items()}
