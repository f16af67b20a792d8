"""The effects that fit calls best: least squares of ln(actual ÷ base), held by their spreads.

A call that was cut off counts by how likely it is to need more than it had reached (Tobit, 1958).
Gauss–Newton from zero, without a random number: the same calls give the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np

from coefgate.calibration.design import Again, Design
from coefgate.core.counting import count
from coefgate.registry.tuning import Tuning
from coefgate.replay.kaplan_meier import quantile
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.replay.normal_tail import hazard, log_tail

_STEPS: Final = 100
_CLOSE: Final = 1e-7
"""Effects that move by less are found: a ten-millionth of a number."""
_HALVINGS: Final = 20
_NOISE: Final = 1e-12
"""Relative differences of losses that say nothing."""
_AT_ONCE: Final = 1 << 22
"""Floats of the largest array: fits are made in blocks, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """Several fits: the effects (fits × effects) and the numbers (fits × keys)."""

    effects: Floats
    numbers: Floats


def fit(design: Design, weights: Floats, tuning: Tuning, start: Floats | None = None) -> Fits:
    """Fit once for each row of ``weights`` (fits × calls): how often each call counts.

    A cell of which fewer than ``cell_from`` calls count has no effect of its own. ``start``:
    effects to begin from.
    """
    free = ~design.of_cells | (weights @ design.of_cell.T >= tuning.cell_from)
    effects = np.zeros((len(weights), len(design.effects)))
    if start is not None:
        effects[:] = start * free
    bundles = _bundles(design)
    if len(bundles.first) and len(design.effects):
        block = max(1, _AT_ONCE // (len(bundles.first) * len(design.effects)))
        for begin in range(0, len(weights), block):
            part = slice(begin, begin + block)
            calls = _Weighed(design, bundles, weights[part], free[part], float(tuning.scatter))
            effects[part] = calls.fitted(effects[part])
            count("fits", len(weights[part]), of=len(weights))
    numbers = design.prior * np.exp(effects @ design.shares.T)
    for factor in design.again:
        for row, counted in enumerate(weights):
            numbers[row, factor.column] = (
                _again(factor, design, counted, tuning) or numbers[row, factor.column]
            )
    return Fits(effects, numbers)


def _again(factor: Again, design: Design, counted: Floats, tuning: Tuning) -> float | None:
    """What covers the level of other attempts; ``None`` for fewer than ``cell_from`` of them."""
    times = counted[factor.rows].astype(np.intp)
    if times.sum() < tuning.cell_from:
        return None
    at = np.repeat(np.arange(len(times)), times)
    censored = design.censored[factor.rows]
    found = quantile(factor.log_ratio[at], censored[at], tuning.level)
    return None if found is None else exp(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Bundles:
    """Calls that no fit can tell apart, taken together: their mean says all that they say.

    ``rows``: the calls that count; ``group``: of each; ``first``: one call of each group.
    """

    rows: Indices
    group: Indices
    first: Indices


def _bundles(design: Design) -> _Bundles:
    rows = np.flatnonzero(design.known)
    cut_off = np.where(design.censored, design.log_actual, -1.0)
    columns = design.uses, design.held, design.logs, design.offset, cut_off
    seen = np.column_stack([column[rows] for column in columns])
    _, first, group = np.unique(seen, axis=0, return_index=True, return_inverse=True)
    return _Bundles(rows, group.reshape(-1), rows[first])


class _Weighed:
    """Groups of calls with the weights that several fits give them."""

    def __init__(
        self, design: Design, bundles: _Bundles, weights: Floats, free: Booleans, scatter: float
    ) -> None:
        summed = design.uses.any(axis=0)  # factors are in no sum: nothing to multiply
        self._prior, self._shares = design.prior[summed], design.shares[summed]
        self._uses, self._held = design.uses[bundles.first][:, summed], design.held[bundles.first]
        self._logs, self._offset = design.logs[bundles.first], design.offset[bundles.first]
        self._of_sums = np.flatnonzero(~self._logs.any(axis=0))
        self._of_calls = np.flatnonzero(self._logs.any(axis=0))
        self._censored = design.censored[bundles.first]
        self._free, self._scatter = free, scatter
        self._precision = (scatter / design.spreads) ** 2
        count, actual = len(bundles.first), design.log_actual[bundles.rows]
        times = [each[bundles.rows] for each in weights]
        self._weights = np.array([np.bincount(bundles.group, one, count) for one in times])
        sums = np.array([np.bincount(bundles.group, one * actual, count) for one in times])
        self._actual = np.divide(
            sums, self._weights, out=np.zeros_like(sums), where=self._weights > 0
        )

    def fitted(self, effects: Floats) -> Floats:
        """The effects of least loss; with every step each fit's loss falls."""
        found, open_ones = effects.copy(), np.arange(len(effects))
        loss = self._loss(found, open_ones)
        for _ in range(_STEPS):
            step = self._step(found[open_ones], open_ones)
            moved, reached = self._shorter(found[open_ones], step, loss, open_ones)
            better = reached < loss
            found[open_ones[better]] = moved[better]
            goes_on = better & (np.abs(step).max(axis=1) >= _CLOSE)
            loss, open_ones = reached[goes_on], open_ones[goes_on]
            if not len(open_ones):
                break
        return found

    def _shorter(
        self, effects: Floats, step: Floats, loss: Floats, fits: Indices
    ) -> tuple[Floats, Floats]:
        """The whole step, or what is left of it where half of it makes the loss fall further.

        A step that overshoots by nearly as much as it gains would be taken back and forth.
        """
        size = np.ones((len(effects), 1))
        reached = self._loss(effects + step, fits)
        for _ in range(_HALVINGS):
            half = self._loss(effects + step * size / 2, fits)
            better = (reached > loss) | (half < reached - _NOISE * np.abs(reached))
            if not better.any():
                break
            size[better] /= 2
            reached = np.where(better, half, reached)
        return effects + step * size, reached

    def _sums(self, effects: Floats) -> tuple[Floats, Floats]:
        """The numbers, and their sums before any factor."""
        numbers = self._prior * np.exp(effects @ self._shares.T)
        return numbers, numbers @ self._uses.T + self._held

    def _residual(self, effects: Floats, sums: Floats, fits: Indices) -> Floats:
        found: Floats = self._actual[fits] - np.log(sums) - self._offset - effects @ self._logs.T
        return found

    def _loss(self, effects: Floats, fits: Indices) -> Floats:
        residual = self._residual(effects, self._sums(effects)[1], fits) / self._scatter
        cut_off = self._censored
        losses = residual * residual / 2
        losses[:, cut_off] = -log_tail(residual[:, cut_off])
        held = (self._precision * effects * effects).sum(axis=1) / (2 * self._scatter**2)
        found: Floats = (self._weights[fits] * losses).sum(axis=1) + held
        return found

    def _step(self, effects: Floats, fits: Indices) -> Floats:
        numbers, sums = self._sums(effects)
        residual = self._residual(effects, sums, fits)
        certain = np.ones_like(residual)
        if self._censored.any():
            at = residual[:, self._censored] / self._scatter
            rate = hazard(at)
            residual[:, self._censored] = self._scatter * rate
            certain[:, self._censored] = rate * (rate - at)
        towards, curve = self._normal_equations(
            numbers, sums, self._weights[fits] * residual, self._weights[fits] * certain, fits
        )
        towards -= self._precision * effects
        curve += np.diag(self._precision).astype(np.float64)
        return np.asarray(np.linalg.solve(curve, towards[:, :, None])[:, :, 0], dtype=np.float64)

    def _normal_equations(
        self, numbers: Floats, sums: Floats, residual: Floats, weights: Floats, fits: Indices
    ) -> tuple[Floats, Floats]:
        """Slopes × residuals, and slopes × slopes, of each fit.

        An effect that is a factor on whole calls has the slope 1, and no call has two of them: so
        these meet on the diagonal alone, which saves most of the work where models are many.
        """
        inner, outer = self._of_sums, self._of_calls
        slopes = (self._uses * numbers[:, None, :]) @ self._shares[:, inner] / sums[:, :, None]
        slopes *= self._free[fits][:, None, inner]
        factors = self._logs[:, outer]
        towards = np.empty((len(fits), len(inner) + len(outer)))
        towards[:, inner] = (residual[:, None, :] @ slopes)[:, 0]
        towards[:, outer] = residual @ factors
        weighed = (slopes * weights[:, :, None]).transpose(0, 2, 1)
        curve = np.zeros((*towards.shape, towards.shape[1]))
        curve[:, inner[:, None], inner] = weighed @ slopes
        curve[:, inner[:, None], outer] = mixed = weighed @ factors
        curve[:, outer[:, None], inner] = mixed.transpose(0, 2, 1)
        curve[:, outer, outer] = weights @ factors
        return towards, curve
