"""The fitting procedure: calls and ``tuning.yaml`` → numbers, a margin, and what was not seen.

Numbers whose basis does not say ``fit`` are held as they are; docs/tuning.md explains each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, exp, floor
from typing import Final

import numpy as np

from coefgate.calibration.design import Design, design_of
from coefgate.calibration.fit import Fits, fit
from coefgate.calibration.kaplan_meier import quantile
from coefgate.calibration.leave_out import Unit, folds, without_each
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Indices, Integers

MARGIN: Final = Key("margin")
_ONE: Final = Fraction(1)
_SLACK: Final = 1e-6
"""Tokens, or thousandths, by which a figure may lie above a step and is still on it."""


@dataclass(frozen=True, eq=False)
class Procedure:
    """The procedure on scored calls of ``evidence``, for the numbers of ``registry``.

    Calls that it is not fitted on are predicted all the same.
    """

    registry: Coefficients
    evidence: Evidence
    tuning: Tuning

    @cached_property
    def proposed(self) -> Coefficients:
        """The registry with the numbers that its calls give, and the margin if it is fitted."""
        numbers = self.with_tokens(self.whole.tokens[0], self.scale)
        return moved(numbers, {MARGIN: self.margin})

    @cached_property
    def design(self) -> Design:
        """The calls and the numbers as matrices."""
        return design_of(self.evidence, self.registry, table_of(self.registry), self.tuning)

    @cached_property
    def fitted_on(self) -> Booleans:
        """Which calls the numbers are fitted on: those of the files that ``tuning.yaml`` names.

        A correction that came in later counts as the call that it corrects.
        """
        named = frozenset(self.tuning.samples)
        known = {one.sample.id for one in self.evidence.given if one.sample.file in named}
        return ~self.evidence.new_to(known)

    @cached_property
    def whole(self) -> Fits:
        """The fit to all of them."""
        return fit(self.design, self.fitted_on[None].astype(np.float64), self.tuning)

    @cached_property
    def without_phases(self) -> LeftOut:
        """The fits without each phase."""
        return self._without("phase")

    @cached_property
    def without_runs(self) -> LeftOut:
        """The fits without each run."""
        return self._without("run")

    @cached_property
    def residuals(self) -> Floats:
        """ln(actual ÷ predicted) of each call before any margin, fitted without its phase."""
        predicted = self.predicted(self.without_phases, margin=_ONE, scale=1.0)
        return np.log(np.maximum(self.evidence.actual, 1)) - np.log(np.maximum(predicted, 1))

    @cached_property
    def level_factor(self) -> float | None:
        """What covers the stated level of calls left out; ``None`` where it cannot be measured."""
        rows = self.design.known & self.fitted_on
        found = quantile(self.residuals[rows], self.evidence.censored[rows], self.tuning.level)
        return None if found is None else exp(found)

    @property
    def margin(self) -> Fraction:
        """The default margin: that which covers the level, or the registry's if it is held."""
        default = self.registry.default_margin
        if default.basis.kind != "fit" or self.level_factor is None:
            return default.number
        return _margin(self.level_factor)

    @property
    def scale(self) -> float:
        """Factor on all fitted numbers: below 1 where a margin below 1 would cover the level."""
        if self.registry.default_margin.basis.kind != "fit" or self.level_factor is None:
            return 1.0
        return min(1.0, self.level_factor)

    def with_tokens(self, tokens: Floats, scale: float = 1.0) -> Coefficients:
        """The registry with fitted tokens: rounded up, and rising with the complexity."""
        step = self.tuning.round_to
        rounded = {
            key: min(MAX_TOKENS, step * ceil((number * scale - _SLACK) / step))
            for key, number in zip(self.design.keys, tokens.tolist(), strict=True)
        }
        return moved(self.registry, _raised(rounded, self.registry))

    def predicted(
        self, left_out: LeftOut, *, margin: Fraction | None = None, scale: float | None = None
    ) -> Integers:
        """Per call what the fit without it predicts.

        ``margin``: one for all cells in the place of the registry's. ``scale``: that of the
        procedure unless given.
        """
        scale = self.scale if scale is None else scale
        found = np.zeros(len(self.evidence.samples), dtype=np.int64)
        for at, tokens in enumerate(left_out.fits.tokens):
            registry = self.with_tokens(tokens, scale)
            if margin is not None:
                registry = with_margin(registry, margin)
            rows = np.flatnonzero(left_out.fold == at)
            found[rows] = self.evidence.predicted_at(rows, table_of(registry))
        return found

    def _without(self, unit: Unit) -> LeftOut:
        fold = folds(self.evidence.samples, unit)
        weights = without_each(fold) * self.fitted_on
        return LeftOut(fold, fit(self.design, weights, self.tuning, self.whole.effects[0]))


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Fits without some of the calls: the fold of each call, and the fit without each fold."""

    fold: Indices
    fits: Fits


def with_margin(registry: Coefficients, margin: Fraction) -> Coefficients:
    """The registry with one margin for all cells."""
    return moved(registry, {key: margin for key in registry.numbers if key.part == "margin"})


def _margin(factor: float) -> Fraction:
    """A factor as a margin: at least 1, at most 10, to the nearest thousandth."""
    low, high = MARGIN.ends
    return Fraction(min(high, max(low, floor(factor * 1000 + 0.5))), 1000)


def _raised(tokens: Mapping[Key, int], registry: Coefficients) -> dict[Key, Fraction]:
    """Overheads raised to those of the complexities below, fitted or not."""
    raised = {key: Fraction(number) for key, number in tokens.items()}
    for category, entry in registry.categories.items():
        least = Fraction(0)
        for complexity in registry.complexities:
            key = Key("overhead", (category, complexity))
            if key in raised:
                raised[key] = max(raised[key], least)
            if complexity in entry.overhead:
                least = max(least, raised.get(key, entry.overhead[complexity].number))
    return raised
