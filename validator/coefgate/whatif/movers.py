"""The calls that a change moves most: the ten that get worst and the ten that get best."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import nsmallest

import numpy as np

from coefgate.replay.evidence import Pair, steps_of
from coefgate.replay.metrics import MILLION, Booleans
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
class OneWay:
    """Up to ten of the ``calls`` that move one way; those that turn come first.

    A call turns where head misses it and base does not, or the other way round; ``turns`` of them
    do.
    """

    first: tuple[Mover, ...] = ()
    calls: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Movers:
    """The calls that get worse, and those that get better."""

    worse: OneWay = OneWay()
    better: OneWay = OneWay()


def movers(both: Pair) -> Movers:
    """Sort the calls by what matters: calls newly or no longer missed, then the largest move."""
    samples, cut_off = both.evidence.samples, both.evidence.censored
    steps = steps_of(both.base, both.head)

    def mover(at: int) -> Mover:
        old, new = (
            None if cut_off[at] else Fraction(abs(int(side[at])), MILLION)
            for side in steps.distances
        )
        before, after = (int(side.predicted[at]) for side in (both.base, both.head))
        was, now = (bool(side[at]) for side in steps.missed)
        return Mover(samples[at], bool(cut_off[at]), before, after, was, now, old, new)

    def moved(these: Booleans, turned: Booleans) -> OneWay:
        order = nsmallest(
            MOST,
            np.flatnonzero(these),
            key=lambda at: (not turned[at], -steps.lengths[at], samples[at].id),
        )
        return OneWay(tuple(mover(int(at)) for at in order), int(these.sum()), int(turned.sum()))

    return Movers(
        moved(steps.worse, steps.newly_missed), moved(steps.better, steps.no_longer_missed)
    )
