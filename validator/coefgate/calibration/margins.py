"""Safety margins from what calls needed of a prediction that did not know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, floor
from typing import Final, Literal

import numpy as np

from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning
from coefgate.replay.fallback import CellKey
from coefgate.replay.kaplan_meier import quantile
from coefgate.replay.metrics import Booleans, Floats, Indices

MARGIN: Final = Key("margin")
FEW_CALLS: Final = Fraction(13, 10)
"""The adaptive margin of a cell with fewer than ``cell_from`` calls."""
MORE_CALLS: Final = Fraction(12, 10)
"""The adaptive margin of any other."""
OWN_FROM: Final = 8
"""Calls that a cell takes to lower its adaptive margin."""
Unmeasured = Literal["no-calls", "one-phase", "cut-off", "default-held"]
"""Why a margin stays what it is: no call takes one, all that do are of one phase, too many of the
largest were cut off, or the default margin is held, and with it that of a cell."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Calls as columns of one length.

    ``residual``: ln(actual ÷ predicted) before any margin, by a fit without the call;
    ``censored``: was it cut off? ``phase``: a number of its own for each. ``cell``: an index into
    ``cells``.
    """

    residual: Floats
    censored: Booleans
    phase: Indices
    cell: Indices
    cells: Sequence[CellKey]

    def factor(self, level: Fraction) -> float | None:
        """What covers this share of the calls.

        ``None`` where too many were cut off to say, and of fewer than two phases: without one
        alone nothing is fitted, so that its calls tell how far the priors are, not the fit.
        """
        if not self._of_phases:
            return None
        found = quantile(self.residual, self.censored, level)
        return None if found is None else exp(found)

    @property
    def silent(self) -> Unmeasured:
        """Why they have no factor, where they have none."""
        if not len(self.residual):
            return "no-calls"
        return "cut-off" if self._of_phases else "one-phase"

    @property
    def _of_phases(self) -> bool:
        """Are they of two phases at least?"""
        return bool((self.phase != self.phase[:1]).any())

    def where(self, rows: Booleans) -> Needs:
        """Some of the calls."""
        columns = self.residual[rows], self.censored[rows], self.phase[rows], self.cell[rows]
        return Needs(*columns, self.cells)


@dataclass(frozen=True, slots=True)
class FittedMargins:
    """``factors``: of the margins that are fitted; ``scale``: on all fitted tokens, at most 1.

    ``unmeasured``: why those that are fitted and have no factor stay what they are. ``asked``:
    the factor that the level asks for, more than a margin may be; ``None`` where it is one.
    """

    factors: Mapping[Key, Fraction]
    scale: float = 1.0
    unmeasured: Unmeasured | None = None
    asked: float | None = None


def fitted_margins(registry: Coefficients) -> tuple[Key, ...]:
    """The margins whose basis says ``fit``."""
    return tuple(
        key
        for key, value in registry.numbers.items()
        if key.part == "margin" and value.basis.kind == "fit"
    )


def margins_of(needs: Needs, registry: Coefficients, tuning: Tuning) -> FittedMargins:
    """The margins that these calls give the registry, as ``tuning.margins`` says.

    ``one``: what covers the level, to the nearest thousandth; below 1 the numbers are scaled
    instead, but not those of a moving average. ``adaptive``: by how many calls a cell has. Where
    the default margin is held, or calls of fewer than two phases ask for one, every margin stays,
    and nothing is scaled.
    """
    keys = fitted_margins(registry)
    if tuning.margins == "adaptive":
        return FittedMargins({key: _adaptive(key, needs, tuning) for key in keys})
    if MARGIN not in keys:
        return FittedMargins({}, unmeasured="default-held" if keys else None)
    factor = needs.factor(tuning.level)
    if factor is None:
        return FittedMargins({}, unmeasured=needs.silent)
    scale = min(1.0, factor) if tuning.ema is None else 1.0
    found = as_factor(MARGIN, factor)
    asked = factor if floor(factor * 1000 + 0.5) > MARGIN.ends[1] else None
    return FittedMargins(dict.fromkeys(keys, found), scale, asked=asked)


def _adaptive(key: Key, needs: Needs, tuning: Tuning) -> Fraction:
    at = needs.cells.index(key.cell) if key.cell in needs.cells else -1
    own = needs.where(np.asarray(needs.cell == at))
    calls = len(own.residual)
    if calls < tuning.cell_from:
        return FEW_CALLS
    factor = own.factor(tuning.level) if calls >= OWN_FROM else None
    return MORE_CALLS if factor is None else min(MORE_CALLS, as_factor(MARGIN, factor))


def as_factor(key: Key, number: float) -> Fraction:
    """A margin or another factor, to the nearest thousandth within what it may be."""
    low, high = key.ends
    return Fraction(min(high, max(low, floor(number * 1000 + 0.5))), 1000)
