"""The e-value: how strongly prospective calls speak against one missed call in ten, or fewer.

A bet on each phase, in order of time, that more of its calls are missed. Where the true share is a
tenth at most, whatever it depends on, the chance that the wealth ever reaches 20 is 5% at most, so
it may be looked at after every phase. Source: Waudby-Smith and Ramdas, Estimating means of bounded
random variables by betting (2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import exp, log1p
from typing import Final

from coefgate.replay.metrics import Calls, missed

SHARE: Final = 0.1
"""The share of missed calls that is bet against."""
LOUD_FROM: Final = 20.0
"""One in 5%: where it is said loudly."""
_BETS: Final = (0.5, 1.0, 2.0, 3.0, 5.0)
_MOST: Final = 600.0
"""Of a logarithm: what a float can still hold."""


def wealth(shares: Sequence[float]) -> float:
    """What is left of 1 that was spread over several bets; ``shares``: missed, phase by phase."""
    logs = (sum(log1p(bet * (one - SHARE)) for one in shares) for bet in _BETS)
    return sum(exp(min(one, _MOST)) for one in logs) / len(_BETS)


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
