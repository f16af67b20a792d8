"""The fitting procedure: calls and ``tuning.yaml`` → numbers, a margin, and what was not seen.

Numbers whose basis does not say ``fit`` are held as they are; each step is explained in
docs/how-to/tuning.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Final

import numpy as np

from coefgate.calibration.design import Design
from coefgate.calibration.fit import Fits
from coefgate.calibration.fitting import Fitting, LeftOut
from coefgate.calibration.leave_out import Unit
from coefgate.calibration.margins import MARGIN, FittedMargins, Needs, as_factor, margins_of
from coefgate.calibration.moving_average import MovingAverage, raised
from coefgate.core.counting import counted
from coefgate.core.table import Table
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved, one_margin
from coefgate.registry.tuning import Tuning
from coefgate.replay.counts import Counts
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Integers
from coefgate.replay.spread import log_needs

Labels = frozenset[str | None]
"""Categories as calls name them; ``None`` of a call that names none."""
_ONE: Final = Fraction(1)


@dataclass(frozen=True, eq=False)
class Procedure:
    """The procedure on scored calls of ``evidence``, for the numbers of ``registry``.

    Calls that it is not fitted on are predicted all the same. ``before``: tokens that
    ``tuning.ema`` starts from; what is not among them starts from its prior. ``made``: fits that
    are known, of registries that a fit cannot tell from this one.
    """

    registry: Coefficients
    evidence: Evidence
    tuning: Tuning
    before: Mapping[Key, float] = field(default_factory=dict)
    made: Fitting | None = None

    def moving_from(self, accepted: Coefficients) -> Procedure:
        """The same where ``tuning.ema`` starts from the numbers of an accepted state."""
        before = {key: float(value.number) for key, value in accepted.numbers.items()}
        return replace(self, before=before, made=self.fitting)

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

    def without(self, unit: Unit) -> LeftOut:
        """The fits without each phase, or run."""
        return self.fitting.without_phases if unit == "phase" else self.fitting.without_runs

    @cached_property
    def residuals(self) -> Floats:
        """ln(actual ÷ predicted) of each call before any margin, fitted without its phase."""
        predicted = self.predicted(
            self.without("phase"), margins=one_margin(self.registry, _ONE), scale=1.0
        )
        return log_needs(self.evidence.actual, predicted)

    @cached_property
    def counts(self) -> Counts:
        """What the registry counts of the calls."""
        return self.evidence.counts(table_of(self.registry))

    @cached_property
    def asks_for_margin(self) -> Booleans:
        """Which of the calls that are fitted on say how large a margin is to be.

        No margin is put on what the attempt before says.
        """
        attempts = self.counts.attempts
        rows = self.design.known & self.fitted_on
        return rows if attempts is None else rows & ~attempts.decide

    def needs(self, residuals: Floats) -> Needs:
        """What the calls needed that are fitted on and say something; ``residuals``: of all."""
        counts, evidence, rows = self.counts, self.evidence, self.asks_for_margin
        columns = residuals[rows], evidence.censored[rows], evidence.phase[rows]
        return Needs(*columns, counts.cell[rows], counts.cells)

    @cached_property
    def margins(self) -> FittedMargins:
        """The margins that calls left out ask for."""
        return margins_of(self.needs(self.residuals), self.registry, self.tuning)

    @property
    def margin(self) -> Fraction:
        """The default margin: the one that is fitted, or the registry's if it is held."""
        return self.margins.factors.get(MARGIN, self.registry.default_margin.number)

    @property
    def scale(self) -> float:
        """Factor on all fitted numbers: below 1 where a margin below 1 would cover the level."""
        return self.margins.scale

    def with_tokens(
        self,
        tokens: Floats,
        scale: float = 1.0,
        *,
        out: Booleans | None = None,
        labels: Labels | None = None,
    ) -> Coefficients:
        """The registry with fitted tokens: rounded up, and rising with the complexity.

        ``out``: calls that they are fitted without. ``labels``: for calls of these categories
        alone.
        """
        registry = self.registry if labels is None else self._named(labels)
        fitted = zip(self.design.keys, tokens.tolist(), strict=True)
        numbers = {key: number for key, number in fitted if key in registry.numbers}
        average, moving = self.average, self.moving(out)
        rounded = {
            key: average.rounded(key, number * scale, moves=key in moving)
            for key, number in numbers.items()
            if not key.is_factor
        }
        factors = {key: as_factor(key, number) for key, number in numbers.items() if key.is_factor}
        return moved(registry, {**raised(rounded, registry), **factors})

    @cached_property
    def _named(self) -> Callable[[Labels], Coefficients]:
        """The registry for calls with these labels: many fits leave out calls of one."""
        return cache(self._with_categories)

    def _with_categories(self, labels: Labels) -> Coefficients:
        """The registry with the categories alone that are named, and with no intervals."""
        categories = {
            name: one
            for name, one in self.registry.categories.items()
            if not labels.isdisjoint(one.names)
        }
        margins = {
            cell: one for cell, one in self.registry.cell_margins.items() if cell[0] in categories
        }
        return replace(
            self.registry, categories=categories, cell_margins=margins, intervals=Intervals()
        )

    @property
    def average(self) -> MovingAverage:
        """How far numbers move, and how they are rounded."""
        return MovingAverage(self.tuning, self.before)

    def moving(self, out: Booleans | None = None) -> Collection[Key]:
        """Numbers that move: under ``ema`` those of ``cell_from`` calls that are not ``out``."""
        if self.tuning.ema is None:
            return frozenset(self.design.keys)
        rows = self.design.known & self.fitted_on
        calls = (self.design.uses[rows if out is None else rows & ~out] > 0).sum(axis=0)
        counted = zip(self.design.keys, calls.tolist(), strict=True)
        return {key for key, its in counted if its >= self.tuning.cell_from}

    def unseen(self, unit: Unit) -> Integers:
        """Per call what the fit without its phase, or run, predicts at the fitted margins."""
        return self.predicted(self.without(unit), margins=self.margins.factors)

    def predicted(
        self,
        left_out: LeftOut,
        *,
        margins: Mapping[Key, Fraction] | None = None,
        scale: float | None = None,
    ) -> Integers:
        """Per call what the fit without it predicts.

        ``margins``: instead of the registry's. ``scale``: that of the procedure unless given.
        """
        scale, margins = self.scale if scale is None else scale, margins or {}
        predicted = self.fitting.predicted
        decides = (id(left_out), scale, tuple(margins.items()), self.beside_fits)
        if decides not in predicted:
            found = np.zeros(len(self.evidence.samples), dtype=np.int64)
            every = left_out.fits.numbers
            for at, tokens in enumerate(counted(every, "folds predicted", of=len(every))):
                out = left_out.fold == at
                table = self.table_without(out, tokens, scale, margins)
                found[out] = self.evidence.predicted_at(np.flatnonzero(out), table)
            predicted[decides] = left_out, found
        return predicted[decides][1]

    @cached_property
    def beside_fits(self) -> object:
        """What predictions by its fits depend on besides these, to be compared."""
        fitted = frozenset(self.design.keys)
        numbers = self.registry.numbers.items()
        held = tuple((key, value.number) for key, value in numbers if key not in fitted)
        return held, tuple(self.before.items())

    def table_without(
        self, out: Booleans, tokens: Floats, scale: float, margins: Mapping[Key, Fraction]
    ) -> Table:
        """What predicts the calls that are ``out``: fitted without them, at these margins."""
        samples = self.evidence.samples
        labels = frozenset(samples[row].category for row in np.flatnonzero(out).tolist())
        registry = self.with_tokens(tokens, scale, out=out, labels=labels)
        known = {key: one for key, one in margins.items() if key in registry.numbers}
        return table_of(moved(registry, known))
