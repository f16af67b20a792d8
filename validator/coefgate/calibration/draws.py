"""How far fitted numbers move when phases are drawn again: the interval beside each number."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

import numpy as np

from coefgate.calibration.fit import fit
from coefgate.calibration.procedure import Procedure
from coefgate.registry.key import Key
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Floats, quantile_rank
from coefgate.replay.phase_draws import phase_times

DRAWS: Final = 200
_LOW, _HIGH = Fraction(25, 1000), Fraction(975, 1000)
_SLACK: Final = 1e-6
_SEED: Final = 20261130


def phase_weights(evidence: Evidence, draws: int) -> Floats:
    """How often each call counts (draws × calls): its phase, once on average (Poisson).

    Draw and name of a phase decide, so that a further phase redraws no other.
    """
    keys, phase = np.unique(evidence.phase, return_inverse=True)
    found: Floats = phase_times(keys, draws, seed=_SEED)[phase].T.astype(np.float64)
    return found


def number_intervals(procedure: Procedure) -> Mapping[Key, tuple[Fraction, Fraction]]:
    """Of each fitted number the percentiles 2.5 and 97.5 over draws of whole phases.

    Ends are rounded outward, tokens to ``round_to`` and factors to thousandths; they hold the
    proposed number.
    """
    weights = phase_weights(procedure.evidence, DRAWS) * procedure.fitted_on
    start = procedure.whole.effects[0]
    drawn = fit(procedure.design, weights, procedure.tuning, start).numbers
    return {
        key: _ends(procedure, key, drawn[:, column].tolist())
        for column, key in enumerate(procedure.design.keys)
    }


def _ends(procedure: Procedure, key: Key, drawn: list[float]) -> tuple[Fraction, Fraction]:
    average, step = procedure.average, Fraction(1, 1000)
    if not key.is_factor:
        step, moves = Fraction(average.step(key)), key in procedure.moving()
        drawn = [average.of(key, one * procedure.scale, moves=moves) for one in drawn]
    low, high = (sorted(drawn)[quantile_rank(DRAWS, share)] for share in (_LOW, _HIGH))
    number = procedure.proposed.numbers[key].number
    _, most = key.ends
    return (
        min(number, step * floor((low + _SLACK * step) / step)),
        max(
            number,
            min(Fraction(most, key.steps_in_one), step * ceil((high - _SLACK * step) / step)),
        ),
    )
