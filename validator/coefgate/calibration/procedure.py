"""The fitting procedure: calls and ``tuning.yaml`` → numbers, a margin, and what was not seen.

Numbers whose basis does not say ``fit`` are held as they are; docs/tuning.md explains each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Final

import numpy as np

from coefgate.calibration.design import Design
from coefgate.calibration.fit import Fits
from coefgate.calibration.fitting import Fitting, LeftOut
from coefgate.calibration.margins import MARGIN, FittedMargins, Needs, margins_of
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Integers
from coefgate.replay.spread import log_needs

_ONE: Final = Fraction(1)
_SLACK: Final = 1e-6
"""Tokens, or thousandths, by which a figure may lie above a step and is still on it."""


@dataclass(frozen=True, eq=False)
class Procedure:
    """The procedure on scored calls of ``evidence``, for the numbers of ``registry``.

    Calls that it is not fitted on are predicted all the same. ``base``: the accepted state that
    ``tuning.ema`` starts from; what it lacks starts from its prior. ``made``: fits that are known,
    of registries that a fit cannot tell from this one.
    """

    registry: Coefficients
    evidence: Evidence
    tuning: Tuning
    base: Coefficients | None = None
    made: Fitting | None = None

    @cached_property
    def proposed(self) -> Coefficients:
        """The registry with the numbers that its calls give, and the margins that are fitted."""
        numbers = self.with_tokens(self.whole.numbers[0], self.scale)
        return moved(numbers, self.margins.factors)

    @cached_property
    def fitting(self) -> Fitting:
        """The fits."""
        return self.made or Fitting(self.registry, self.evidence, self.tuning)

    @property
    def design(self) -> Design:
        """The calls and the numbers as matrices."""
        return self.fitting.design

    @property
    def fitted_on(self) -> Booleans:
        """Which calls the numbers are fitted on."""
        return self.fitting.fitted_on

    @property
    def whole(self) -> Fits:
        """The fit to all calls that are fitted on."""
        return self.fitting.whole

    @property
    def without_phases(self) -> LeftOut:
        """The fits without each phase."""
        return self.fitting.without_phases

    @property
    def without_runs(self) -> LeftOut:
        """The fits without each run."""
        return self.fitting.without_runs

    @cached_property
    def residuals(self) -> Floats:
        """ln(actual ÷ predicted) of each call before any margin, fitted without its phase."""
        predicted = self.predicted(self.without_phases, margin=_ONE, scale=1.0)
        return log_needs(self.evidence.actual, predicted)

    @cached_property
    def asks_for_margin(self) -> Booleans:
        """Which of the calls that are fitted on say how large a margin is to be.

        No margin is put on what the attempt before says.
        """
        attempts = self.evidence.counts(table_of(self.registry)).attempts
        rows = self.design.known & self.fitted_on
        return rows if attempts is None else rows & ~attempts.decide

    def needs(self, residuals: Floats) -> Needs:
        """What the calls needed that are fitted on and say something; ``residuals``: of all."""
        counts, rows = self.evidence.counts(table_of(self.registry)), self.asks_for_margin
        return Needs(
            residuals[rows], self.evidence.censored[rows], counts.cell[rows], counts.cells
        )

    @cached_property
    def margins(self) -> FittedMargins:
        """The margins that calls left out ask for."""
        return margins_of(self.needs(self.residuals), self.registry, self.tuning)

    @property
    def level_factor(self) -> float | None:
        """What covers the stated level of calls left out; ``None`` where it cannot be measured."""
        return self.needs(self.residuals).factor(self.tuning.level)

    @property
    def margin(self) -> Fraction:
        """The default margin: the one that is fitted, or the registry's if it is held."""
        return self.margins.factors.get(MARGIN, self.registry.default_margin.number)

    @property
    def scale(self) -> float:
        """Factor on all fitted numbers: below 1 where a margin below 1 would cover the level."""
        return self.margins.scale

    def with_tokens(
        self, tokens: Floats, scale: float = 1.0, *, for_calls: bool = False
    ) -> Coefficients:
        """The registry with fitted tokens: rounded up, and rising with the complexity.

        ``for_calls``: without the categories that no call names, which predict none.
        """
        registry = self._named if for_calls else self.registry
        fitted = zip(self.design.keys, tokens.tolist(), strict=True)
        numbers = {key: number for key, number in fitted if key in registry.numbers}
        rounded = {
            key: self._rounded(key, number * scale)
            for key, number in numbers.items()
            if not key.is_factor
        }
        factors = {key: _factor(key, number) for key, number in numbers.items() if key.is_factor}
        return moved(registry, {**raised(rounded, registry), **factors})

    @cached_property
    def _named(self) -> Coefficients:
        """The registry with the categories alone that calls name."""
        labels = {sample.category for sample in self.evidence.samples}
        categories = {
            name: one
            for name, one in self.registry.categories.items()
            if not labels.isdisjoint(one.names)
        }
        margins = {
            cell: one for cell, one in self.registry.cell_margins.items() if cell[0] in categories
        }
        return replace(self.registry, categories=categories, cell_margins=margins)

    def _rounded(self, key: Key, number: float) -> int:
        number = self.moving_average(key, number)
        stays = self.tuning.ema is not None and number == self._before(key)
        step = 1 if stays or key.part == "per_kilobyte" else self.tuning.round_to
        return min(MAX_TOKENS, step * ceil((number - _SLACK) / step))

    def moving_average(self, key: Key, number: float) -> float:
        """How far a fitted number gets from the accepted one: all the way without ``ema``.

        A cell or a cost of fewer than ``cell_from`` calls stays where it is.
        """
        if self.tuning.ema is None:
            return number
        before = self._before(key)
        if self._calls[key] < self.tuning.cell_from:
            return before
        return before + float(self.tuning.ema) * (number - before)

    def _before(self, key: Key) -> float:
        known = self.base.numbers.get(key) if self.base else None
        return float(self.tuning.prior_of(key) or 0 if known is None else known.number)

    @cached_property
    def _calls(self) -> Mapping[Key, int]:
        """How many of the calls that are fitted on use each fitted number."""
        used = (self.design.uses[self.design.known & self.fitted_on] > 0).sum(axis=0)
        return dict(zip(self.design.keys, used.tolist(), strict=True))

    def predicted(
        self, left_out: LeftOut, *, margin: Fraction | None = None, scale: float | None = None
    ) -> Integers:
        """Per call what the fit without it predicts.

        ``margin``: one for all cells in the place of the registry's. ``scale``: that of the
        procedure unless given.
        """
        scale = self.scale if scale is None else scale
        found = np.zeros(len(self.evidence.samples), dtype=np.int64)
        for at, tokens in enumerate(left_out.fits.numbers):
            registry = self.with_tokens(tokens, scale, for_calls=True)
            if margin is not None:
                registry = with_margin(registry, margin)
            rows = np.flatnonzero(left_out.fold == at)
            found[rows] = self.evidence.predicted_at(rows, table_of(registry))
        return found


def _factor(key: Key, number: float) -> Fraction:
    """A factor to the nearest thousandth, within what it may be."""
    low, high = key.ends
    return Fraction(min(high, max(low, floor(number * 1000 + 0.5))), 1000)


def with_margin(registry: Coefficients, margin: Fraction) -> Coefficients:
    """The registry with one margin for all cells."""
    return moved(registry, {key: margin for key in registry.numbers if key.part == "margin"})


def raised(tokens: Mapping[Key, int], registry: Coefficients) -> dict[Key, Fraction]:
    """Overheads raised to those of the complexities below, fitted or not."""
    found = dict(tokens)
    for category, entry in registry.categories.items():
        least = 0
        for complexity in registry.complexities:
            key = Key("overhead", (category, complexity))
            if key in found:
                found[key] = max(found[key], least)
            if complexity in entry.overhead:
                least = (
                    found[key] if key in found else max(least, entry.overhead[complexity].steps)
                )
    return {key: Fraction(number) for key, number in found.items()}
