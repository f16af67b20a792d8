"""Conformal Kaplan–Meier intervals from calls, by scope, and how many calls they hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

import numpy as np

from coefgate.calibration.residuals import Residuals
from coefgate.core.quantiles import HALF, MAX_QUANTILE, serving_quantiles
from coefgate.registry.intervals import Held, Intervals, Quantiles
from coefgate.replay.kaplan_meier import (
    conformal_distribution,
    conformal_quantile,
    share_within,
)
from coefgate.replay.metrics import Booleans, Floats, Indices

SHARES: Final = (50, 100, 500, 800, 900, 950)
"""In thousandths; those below a half are lower ends, rounded down where the others round up."""
FEWEST_PHASES: Final = 8
"""Phases that a cell or a category needs for quantiles of its own: calls of one are alike."""

IntervalScope = tuple[str, str] | str | None
"""A cell, a category, or ``None`` for all calls."""
_ByShare = Mapping[int, int]
"""Share → factor, in thousandths."""


@dataclass(frozen=True, slots=True)
class NotMeasurable:
    """Why calls say nothing of unseen ones."""

    reason: Literal["no-calls", "one-phase", "all-cut-off", "too-few-calls"]


def measure_intervals(calls: Residuals) -> Intervals | NotMeasurable:
    """The quantiles of each scope, with the share of calls that hold when their phase is left out.

    A cell or a category is stated from 8 phases on; each phase counts once, however many calls it
    has. A share is left out where its rank lies beyond the last call, or its mass in the tail of
    calls that were cut off. Factors are thousandths: down for shares below a half, up for the
    others; so they hold what they promise. What was held is rounded half up, and ``None`` where
    leaving out some phase leaves too few calls to state the share. The order of calls, and of
    cells, changes nothing.
    """
    sorted_calls = _Sorted(calls)
    everything = sorted_calls.scope(None)
    if everything is None:
        return NotMeasurable(_reason(calls))
    cells, categories = {}, {}
    for cell in sorted(set(calls.cells)):
        if found := sorted_calls.scope(cell):
            cells[cell] = found
    for category in sorted({category for category, _ in calls.cells}):
        if found := sorted_calls.scope(category):
            categories[category] = found
    return Intervals(everything, categories, cells)


def held_by_level(calls: Residuals, level: Fraction) -> Fraction | None:
    """The share of calls within intervals that are meant to hold ``level`` of unseen ones.

    Each is between the shares (1 ± level) ÷ 2 that serve the call when its phase is left out: of
    the narrowest scope that states them, where ``Quantiles.held`` asks one scope alone. ``None``
    where some phase leaves too few calls to state both.
    ``level``: above 0, below 1, in steps of 0.002.
    """
    if not len(calls.residual):
        return None
    low = int(HALF * (1 - level))
    high = 2 * HALF - low
    shares = tuple(sorted({*SHARES, low, high}))
    return _Sorted(calls, shares).served().between(low, high)


def _reason(
    calls: Residuals,
) -> Literal["no-calls", "one-phase", "all-cut-off", "too-few-calls"]:
    if not len(calls.residual):
        return "no-calls"
    if calls.censored.all():
        return "all-cut-off"
    return "one-phase" if len(np.unique(calls.phase)) == 1 else "too-few-calls"


class _Sorted:
    """Calls in the order of their residuals, complete ones before those cut off at the same."""

    def __init__(self, calls: Residuals, shares: tuple[int, ...] = SHARES) -> None:
        self._shares = shares
        weight = _phase_weights(calls.phase)
        order = np.lexsort((weight, calls.censored, calls.residual))
        self._residual, self._censored = calls.residual[order], calls.censored[order]
        self._cell, self._cells = calls.cell[order], calls.cells
        self._phase, self._weight = calls.phase[order], weight[order]
        self._fold = calls.fold[order]
        self._rows: dict[IntervalScope, Indices] = {}
        self._without: dict[tuple[IntervalScope, int], tuple[_ByShare, bool]] = {}

    def scope(self, scope: IntervalScope) -> Quantiles | None:
        """What a scope may state; ``None`` where it may state nothing."""
        rows = self._rows_of(scope)
        factors = self._factors(rows)
        if not factors or not self._suffice(scope, rows):
            return None
        weight = _phase_weights(self._phase[rows])
        ends = _ServedShares(self._residual[rows], self._censored[rows], weight, self._shares)
        for fold in np.unique(self._fold[rows]).tolist():
            left_out = np.flatnonzero(self._fold[rows] == fold)
            ends.fill(left_out, self._state_without(scope, fold)[0])
        return Quantiles(
            samples=len(rows),
            phases=len(np.unique(self._phase[rows])),
            factors={_fraction(share): _fraction(factor) for share, factor in factors.items()},
            held=ends.held,
        )

    def served(self) -> _ServedShares:
        """What an estimate of each call would say without its phase."""
        ends = _ServedShares(self._residual, self._censored, self._weight, self._shares)
        for fold in np.unique(self._fold).tolist():
            rows = np.flatnonzero(self._fold == fold)
            for cell in np.unique(self._cell[rows]).tolist():
                factors = serving_quantiles(self._serving(cell, fold))
                ends.fill(rows[self._cell[rows] == cell], factors)
        return ends

    def _serving(self, cell: int, fold: int) -> Iterator[_ByShare]:
        """What the scopes that still suffice without the fold state, the narrowest first."""
        scopes: tuple[IntervalScope, ...] = (None,)
        if cell >= 0:
            scopes = (self._cells[cell], self._cells[cell][0], None)
        for scope in scopes:
            factors, suffices = self._state_without(scope, fold)
            if suffices:
                yield factors

    def _rows_of(self, scope: IntervalScope) -> Indices:
        if scope not in self._rows:
            if scope is None:
                rows = np.arange(len(self._cell))
            else:
                at = [n for n, cell in enumerate(self._cells) if scope in {cell, cell[0]}]
                rows = np.flatnonzero(np.isin(self._cell, at))
            self._rows[scope] = rows
        return self._rows[scope]

    def _suffice(self, scope: IntervalScope, rows: Indices) -> bool:
        """Calls of one phase say nothing of another."""
        return len(np.unique(self._phase[rows])) >= (2 if scope is None else FEWEST_PHASES)

    def _state_without(self, scope: IntervalScope, fold: int) -> tuple[_ByShare, bool]:
        """What the rest of a scope's calls state, and whether they may."""
        if (scope, fold) not in self._without:
            rows = self._rows_of(scope)
            rest = rows[self._fold[rows] != fold]
            self._without[scope, fold] = self._factors(rest), self._suffice(scope, rest)
        return self._without[scope, fold]

    def _factors(self, rows: Indices) -> _ByShare:
        """The factor of every share that these calls reach."""
        censored, weight = self._censored[rows], _phase_weights(self._phase[rows])
        values, within = self._residual[rows][~censored], conformal_distribution(censored, weight)
        found = {}
        for share in self._shares:
            at = conformal_quantile(within, share / 1000, lower=share < HALF)
            if at is not None:
                factor = _thousandths(float(values[at]), up=share >= HALF)
                if factor <= MAX_QUANTILE:
                    found[share] = factor
        return found


def _phase_weights(phase: Indices) -> Floats:
    """What each call counts, so that each phase counts 1."""
    _, at, calls = np.unique(phase, return_inverse=True, return_counts=True)
    weights: Floats = 1.0 / calls[at]
    return weights


def _thousandths(residual: float, *, up: bool) -> int:
    exact = math.exp(min(residual, math.log(MAX_QUANTILE))) * 1000
    return max(1, math.ceil(exact - 1e-6)) if up else math.floor(exact + 1e-6)


class _ServedShares:
    """What each share allows each call, as a logarithm (shares × calls), and how many hold it."""

    def __init__(
        self, residual: Floats, censored: Booleans, weight: Floats, shares: Sequence[int]
    ) -> None:
        self._residual, self._censored, self._weight = residual, censored, weight
        self._shares = shares
        self._ends = np.full((len(shares), len(residual)), np.nan)

    def fill(self, calls: Indices, factors: _ByShare) -> None:
        """Allow these calls as much as these factors say."""
        for row, share in enumerate(self._shares):
            if share in factors:
                factor = factors[share]
                self._ends[row, calls] = math.log(factor / 1000) if factor else -np.inf

    @property
    def held(self) -> Held:
        """The Kaplan–Meier shares of calls within the ends that a registry states."""
        budget = self._within(900)
        return Held(
            interval_80=self.between(100, 900),
            interval_90=self.between(50, 950),
            budget_90=None if budget is None else _rounded(budget),
        )

    def between(self, low: int, high: int) -> Fraction | None:
        """That of calls between two of the shares; ``None`` where one does not say it of all."""
        under, up_to = self._within(low, equal=False), self._within(high)
        return None if under is None or up_to is None else _rounded(max(0.0, up_to - under))

    def _within(self, share: int, *, equal: bool = True) -> float | None:
        end = self._ends[self._shares.index(share)]
        if np.isnan(end).any():
            return None
        return share_within(self._residual - end, self._censored, self._weight, equal=equal)


def _rounded(share: float) -> Fraction:
    return _fraction(math.floor(share * 1000 + 0.5 + 1e-6))


def _fraction(thousandths: int) -> Fraction:
    return Fraction(thousandths, 1000)
