"""What a procedure gives where floats fall on the other side of an edge of rounding."""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.calibration.margins import margins_of
from coefgate.calibration.procedure import Procedure
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.replay.metrics import Floats

_RELATIVE: Final = 1e-6
"""By how much the same sums may differ from machine to machine: of a number, …"""
_TOKENS: Final = 1e-3
"""… and in tokens, where that is more."""
_MOST_TOKENS: Final = 0.5
"""Below a step, so that there is one edge at most within reach."""


def beside_edges(procedure: Procedure) -> tuple[Coefficients, Coefficients]:
    """``procedure.proposed`` with each number a little lower before it is rounded, and higher.

    Where no edge is within reach, they say what it says.
    """
    return _away(procedure, -1), _away(procedure, 1)


def _away(procedure: Procedure, sign: int) -> Coefficients:
    fitted = procedure.whole.numbers[0]
    tokens = procedure.with_tokens(fitted + sign * _reach(procedure, fitted), procedure.scale)
    needs = procedure.needs(procedure.residuals + sign * _RELATIVE)
    margins = margins_of(needs, procedure.registry, procedure.tuning)
    return moved(tokens, margins.factors)


def _reach(procedure: Procedure, fitted: Floats) -> Floats:
    factors = np.array([key.is_factor for key in procedure.design.keys], dtype=np.bool_)
    of_it = _RELATIVE * np.abs(fitted)
    return np.where(factors, of_it, np.clip(of_it, _TOKENS, _MOST_TOKENS))
