"""The calls that a change moves most: the ten that get worst and the ten that get best."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.gates.evidence import Pair
from coefgate.replay.metrics import MILLION, smape_200
from coefgate.samples.model import Sample

MOST = 10
_BECOMES_A_MISS = 200 * MILLION
"""Weight of a censored call, which has no SMAPE, that becomes a miss or ceases to be one."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One call with both predictions, in tokens; SMAPE in percent, ``None`` of a censored call."""

    sample: Sample
    censored: bool
    base_predicted: int
    head_predicted: int
    base_smape: Fraction | None
    head_smape: Fraction | None


@dataclass(frozen=True, slots=True)
class Movers:
    """Up to ten calls each, the largest move first."""

    worse: tuple[Mover, ...]
    better: tuple[Mover, ...]


def movers(both: Pair) -> Movers:
    """Order the calls by how far their SMAPE moves; equal moves by id."""
    rise = np.zeros(len(both.evidence.samples), dtype=np.int64)
    open_ones = both.evidence.censored
    known = ~open_ones
    before, after, actual = both.base.predicted, both.head.predicted, both.evidence.actual
    old = smape_200(before[known], actual[known])
    new = smape_200(after[known], actual[known])
    rise[known] = new - old
    was, now = before[open_ones] <= actual[open_ones], after[open_ones] <= actual[open_ones]
    rise[open_ones] = _BECOMES_A_MISS * (now.astype(np.int64) - was.astype(np.int64))
    order = sorted(
        np.flatnonzero(rise).tolist(), key=lambda at: (-abs(int(rise[at])), both.evidence.samples[at].id)
    )
    smape = {
        at: (o, n)
        for at, o, n in zip(np.flatnonzero(known).tolist(), old.tolist(), new.tolist(), strict=True)
    }

    def mover(at: int) -> Mover:
        pair = smape.get(at)
        return Mover(
            both.evidence.samples[at],
            pair is None,
            int(before[at]),
            int(after[at]),
            None if pair is None else Fraction(pair[0], MILLION),
            None if pair is None else Fraction(pair[1], MILLION),
        )

    return Movers(
        tuple(mover(at) for at in [at for at in order if rise[at] > 0][:MOST]),
        tuple(mover(at) for at in [at for at in order if rise[at] < 0][:MOST]),
    )
