"""The calls that two states are scored on, as both predict them, and which get worse or better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coefgate.core.table import Table
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.metrics import Booleans, Calls, Integers, Metrics, distances, missed


@dataclass(frozen=True, slots=True)
class Pair:
    """The same calls, predicted by base and by head, with the metrics of both."""

    evidence: Evidence
    base: Calls
    head: Calls
    base_metrics: Metrics | None
    head_metrics: Metrics | None

    @property
    def moved(self) -> bool:
        """Is any call predicted differently?"""
        return not np.array_equal(self.base.predicted, self.head.predicted)


def pair(evidence: Evidence, base: Table, head: Table) -> Pair:
    """Score ``evidence`` with both tables."""
    return pair_of(evidence.predicted(base), evidence.predicted(head))


def pair_of(base: Predicted, head: Predicted) -> Pair:
    """The same evidence as both sides predict it."""
    return Pair(base.evidence, base.calls, head.calls, base.figures.metrics, head.figures.metrics)


@dataclass(frozen=True, slots=True)
class AddedUp:
    """Head against what was accepted since the anchor, on the calls that the anchor had.

    ``since``: commit by commit, from the anchor to base. ``last``: head against base, on these.
    """

    since: tuple[tuple[str, Pair], ...]
    last: Pair


@dataclass(frozen=True)
class Steps:
    """The same calls before and after, as columns: which are ``missed``, and their ``distances``.

    A call that is newly missed gets worse, one that is no longer gets better. Of the others SMAPE
    decides, where it is ``known``: not of one that was cut off, unless both sides miss it.
    """

    missed: tuple[Booleans, Booleans]
    distances: tuple[Integers, Integers]
    known: Booleans

    @property
    def newly_missed(self) -> Booleans:
        """Missed after, and not before."""
        return self.missed[1] & ~self.missed[0]

    @property
    def no_longer_missed(self) -> Booleans:
        """Missed before, and not after."""
        return self.missed[0] & ~self.missed[1]

    @property
    def worse(self) -> Booleans:
        """Which calls get worse."""
        return self.newly_missed | (self._rises > 0)

    @property
    def better(self) -> Booleans:
        """Which calls get better."""
        return self.no_longer_missed | (self._rises < 0)

    @property
    def lengths(self) -> Integers:
        """How far each prediction moves, in millionths of SMAPE; across the need both parts."""
        lengths: Integers = np.abs(self.distances[1] - self.distances[0])
        return lengths

    @property
    def _rises(self) -> Integers:
        """How much SMAPE rises, of calls that are missed on both sides, or on none."""
        rise = np.abs(self.distances[1]) - np.abs(self.distances[0])
        return np.where((self.missed[0] == self.missed[1]) & self.known, rise, 0)


def steps_of(before: Calls, after: Calls) -> Steps:
    """The way of the same calls from one prediction to another."""
    was, now = missed(before), missed(after)
    return Steps((was, now), (distances(before), distances(after)), ~before.censored | (was & now))
