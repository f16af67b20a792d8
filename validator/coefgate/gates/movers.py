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


@dataclass(frozen=True, slots=True)
class Mover:
    """One call with both predictions, in tokens; SMAPE in percent, ``None`` of a censored call.

    ``base_missed`` and ``head_missed``: is it certain to be cut off with that prediction?
    """

    sample: Sample
    censored: bool
    base_predicted: int
    head_predicted: int
    base_missed: bool
    head_missed: bool
    base_smape: Fraction | None
    head_smape: Fraction | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Up to ten of the ``calls`` that move one way; those that turn come first.

    A call turns where head misses it and base does not, or the other way round; ``turns`` of them do.
    """

    first: tuple[Mover, ...] = ()
    calls: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Movers:
    """The calls that get worse, and those that get better."""

    worse: Moved = Moved()
    better: Moved = Moved()


def movers(both: Pair) -> Movers:
    """Sort the calls by what matters: those newly or no longer missed, then the largest move; equals by id.

    A call that is newly missed gets worse, and one that is missed no longer gets better, whatever its SMAPE
    does. Of the others SMAPE decides, where it is known: a call that was cut off, and that both sides miss,
    gets worse where less is predicted; where neither is sure to miss it, nobody knows what it does.
    """
    samples, cut_off = both.evidence.samples, both.evidence.censored
    was_missed, is_missed = missed(both.base), missed(both.head)
    old, new = (_distances(calls) for calls in (both.base, both.head))
    rise = np.where(cut_off & ~(was_missed & is_missed), 0, np.abs(new) - np.abs(old))
    turns = is_missed.astype(np.int64) - was_missed
    move = np.abs(new - old)

    def mover(at: int) -> Mover:
        was, now = (None if cut_off[at] else Fraction(abs(int(side[at])), MILLION) for side in (old, new))
        before, after = (int(side.predicted[at]) for side in (both.base, both.head))
        status = bool(was_missed[at]), bool(is_missed[at])
        return Mover(samples[at], bool(cut_off[at]), before, after, *status, was, now)

    def moved(sign: int) -> Moved:
        turned: npt.NDArray[np.bool_] = sign * turns > 0
        these = np.flatnonzero(turned | ((turns == 0) & (sign * rise > 0)))
        order = nsmallest(MOST, these, key=lambda at: (not turned[at], -move[at], samples[at].id))
        return Moved(tuple(mover(int(at)) for at in order), len(these), int(turned.sum()))

    return Movers(moved(1), moved(-1))


def _distances(calls: Calls) -> Integers:
    """SMAPE in millionths, below zero where too little is predicted.

    Of a censored call it is held against the tokens that it had reached: the least that it needed.
    """
    needed = np.maximum(calls.actual, calls.censored)  # a call that was cut off at nothing needed a token
    return np.sign(calls.predicted - needed) * smape_200(calls.predicted, needed)
