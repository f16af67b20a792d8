"""The calls that a change moves most: the ten that get worst and the ten that get best."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import nsmallest

import numpy as np
import numpy.typing as npt

from coefgate.gates.evidence import Pair
from coefgate.replay.metrics import MILLION, Calls, Integers, missed, smape_200
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
    samples, cut_off = both.evidence.samples, both.evidence.censored
    old, new = (_errors(calls) for calls in (both.base, both.head))
    becomes = missed(both.head).astype(np.int64) - missed(both.base)
    rise = np.where(cut_off, _BECOMES_A_MISS * becomes, new - old)

    def mover(at: int) -> Mover:
        was, now = (None if cut_off[at] else Fraction(int(side[at]), MILLION) for side in (old, new))
        before, after = (int(side.predicted[at]) for side in (both.base, both.head))
        return Mover(samples[at], bool(cut_off[at]), before, after, was, now)

    def furthest(these: npt.NDArray[np.bool_]) -> tuple[Mover, ...]:
        order = nsmallest(MOST, np.flatnonzero(these), key=lambda at: (-abs(rise[at]), samples[at].id))
        return tuple(mover(int(at)) for at in order)

    return Movers(furthest(rise > 0), furthest(rise < 0))


def _errors(calls: Calls) -> Integers:
    """SMAPE in millionths; 0 of a censored call, which has none."""
    errors = np.zeros_like(calls.actual)
    errors[~calls.censored] = smape_200(calls.predicted[~calls.censored], calls.actual[~calls.censored])
    return errors
