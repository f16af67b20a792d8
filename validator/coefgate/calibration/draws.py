"""How far fitted numbers move when phases are drawn again: the interval beside each number."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from hashlib import blake2b
from math import ceil, factorial, floor
from typing import Final

import numpy as np

from coefgate.calibration.fit import fit
from coefgate.calibration.procedure import Procedure
from coefgate.registry.key import Key
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Floats, quantile_rank

DRAWS: Final = 200
_LOW, _HIGH = Fraction(25, 1000), Fraction(975, 1000)
_SLACK: Final = 1e-6
_POISSON: Final = np.cumsum([np.exp(-1.0) / factorial(times) for times in range(20)])
"""How likely a phase is to come so many times, or fewer."""


def phase_weights(evidence: Evidence, draws: int) -> Floats:
    """How often each call counts (draws × calls): its phase, once on average (Poisson).

    Draw and name of a phase decide, so that a further phase redraws no other.
    """
    names = sorted({one.phase for one in evidence.samples})  # as ``evidence.phase`` counts them
    seeds = [blake2b(repr(one).encode(), digest_size=8).digest() for one in names]
    times = [_times(int.from_bytes(one, "big"), draws) for one in seeds]
    found: Floats = np.array(times).reshape(len(names), draws)[evidence.phase].T
    return found


def _times(seed: int, draws: int) -> Floats:
    """Poisson numbers from splitmix64 (Steele, Lea, Flood, 2014) by the inverse distribution."""
    mixed = np.uint64(seed) + np.arange(1, draws + 1, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    uniform = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.searchsorted(_POISSON, uniform, side="right").astype(np.float64)


def number_intervals(procedure: Procedure) -> Mapping[Key, tuple[Fraction, Fraction]]:
    """Of each fitted number the percentiles 2.5 and 97.5 over draws of whole phases.

    Ends are rounded outward to ``round_to``; they hold the proposed number.
    """
    weights = phase_weights(procedure.evidence, DRAWS) * procedure.fitted_on
    tokens = fit(procedure.design, weights, procedure.tuning, procedure.whole.effects[0]).numbers
    step, scale = procedure.tuning.round_to, procedure.scale
    found = {}
    for column, key in enumerate(procedure.design.keys):
        drawn = sorted(
            procedure.moving_average(key, one * scale) for one in tokens[:, column].tolist()
        )
        low, high = (drawn[quantile_rank(DRAWS, share)] for share in (_LOW, _HIGH))
        number = procedure.proposed.numbers[key].number
        found[key] = (
            min(number, Fraction(step * floor((low + _SLACK) / step))),
            max(number, Fraction(step * ceil((high - _SLACK) / step))),
        )
    return found
