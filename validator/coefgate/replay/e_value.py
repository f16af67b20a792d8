"""E-values: how strongly phases speak against a share of missed calls, or for a rise of it.

A bet on each phase, in order of time, that more of its calls are missed. Where the true share is
a stated one at most, whatever it depends on, the chance that the wealth ever reaches 20 is 5% at
most, so it may be looked at after every phase. Source: Waudby-Smith and Ramdas, Estimating means
of bounded random variables by betting (2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import exp, log1p
from typing import Final

import numpy as np

from coefgate.replay.metrics import Calls, Floats, missed

SHARE: Final = 0.1
"""The share of missed calls that prospective ones are held against."""
LOUD_FROM: Final = 20.0
"""One in 5%: where it is said loudly."""
_BETS: Final = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Parts of the wealth; a phase that is missed wins as many times its bet as the share allows."""
_BETS_BEFORE: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""The same on few: where few are missed, what can be won is little."""
_GRID: Final = (np.arange(101) / 100) ** 2
"""Shares that a rise is held against, closer to each other where they are small."""
_MOST: Final = 600.0
"""Of a logarithm: what a float can still hold."""


def wealth(shares: Sequence[float], share: float = SHARE) -> float:
    """What is left of 1 that was spread over several bets; ``shares``: missed, phase by phase."""
    logs = (sum(log1p(bet * (one / share - 1)) for one in shares) for bet in _BETS)
    return sum(exp(min(one, _MOST)) for one in logs) / len(_BETS)


def rise(before: Floats, after: Floats) -> Floats:
    """How strongly phases speak for a higher share ``after``: e-values before and after each.

    Nobody knows the share before. So the bets are that the phases before are below some share, and
    those after above it, and what counts is the share against which they win least. Where the
    share after is no higher, the chance that it ever reaches 100 is 1% at most.
    """
    # Between two shares of the grid neither bet wins less than at the end that is taken here.
    below = _log_wealth(1 - before, 1 - _GRID[:-1], _BETS_BEFORE)[-1:]
    above = _log_wealth(after, _GRID[1:], _BETS)
    least: Floats = np.min(below + above, axis=1)
    found: Floats = np.exp(np.minimum(least, _MOST))
    return found


def _log_wealth(shares: Floats, against: Floats, bets: Sequence[float]) -> Floats:
    """Of one more moment than there are phases × shares that are bet ``against``."""
    found: Floats = np.full((len(shares) + 1, len(against)), -np.inf)
    for bet in bets:
        won = np.log1p(bet * (shares[:, None] / against - 1))
        grown = np.vstack((np.zeros(len(against)), np.cumsum(won, axis=0)))
        found = np.logaddexp(found, grown)
    found -= np.log(len(bets))
    return found


def e_value(calls: Calls, made: Sequence[float]) -> float | None:
    """The wealth after all phases of these calls, each at the time of its first; ``None`` of none.

    ``made``: when each call was made, in seconds. A call that was cut off counts where it had
    reached its prediction.
    """
    if not len(calls.phase):
        return None
    rows = sorted(zip(calls.phase.tolist(), made, missed(calls).tolist(), strict=True))
    phases = []
    for number, several in groupby(rows, key=lambda row: row[0]):
        _, times, short = zip(*several, strict=True)
        phases.append((min(times), number, sum(short) / len(short)))
    return wealth([share for _, _, share in sorted(phases)])
