"""Spread: how well predictions tell calls apart, whatever margin is put on all of them.

The mean pinball loss at 0.9 of ln(actual ÷ predicted) after the best single factor: to need more
than that costs nine times what it costs to need less. A call that was cut off costs only while it
had reached more.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Calls, Floats, Indices, Integers
from coefgate.replay.phase_draws import AT_ONCE, Times, reached, totals

SHARE: Final = 0.9
_MORE: Final = 9
"""What it costs to need more, where to need less costs 1."""
_DECIMALS: Final = 6
"""Of a figure: what lies behind may differ from one machine to another."""


def residuals(calls: Calls) -> Floats:
    """ln(actual ÷ predicted) of each call; 0 tokens count as one."""
    return log_needs(calls.actual, calls.predicted)


def log_needs(actual: Integers, predicted: Integers) -> Floats:
    """The same of columns of tokens."""
    found: Floats = np.log(np.maximum(actual, 1)) - np.log(np.maximum(predicted, 1))
    return found


def losses(residual: Floats, censored: Booleans) -> Floats:
    """What each call costs."""
    more = np.maximum(SHARE * residual, 0)
    return np.where(censored, more, np.maximum(more, (SHARE - 1) * residual))


def best_shift(residual: Floats, censored: Booleans) -> float:
    """The logarithm of the best single factor: one of the residuals.

    The mean loss is convex and bends at residuals alone. It falls while more than one call in ten
    of the complete ones lies above, or of those cut off as well.
    """
    order = np.argsort(residual, kind="stable")
    # To the right of the k-th residual the slope is (1 - SHARE) for each complete call below, and
    # -SHARE for every call above.
    below = np.cumsum(~censored[order])
    above = np.arange(len(order) - 1, -1, -1)
    slope = (1 - SHARE) * below - SHARE * above
    at = int(np.argmax(slope >= -1e-9))
    return float(residual[order][at])


def spread_losses(calls: Calls) -> Floats:
    """What each call costs after the best single factor for all of them."""
    residual = residuals(calls)
    if not len(residual):
        return residual
    return losses(residual - best_shift(residual, calls.censored), calls.censored)


def spread(calls: Calls) -> float | None:
    """The mean of these costs; ``None`` where no call was complete."""
    if not (~calls.censored).any():
        return None
    return round(float(spread_losses(calls).mean()), _DECIMALS)


def spread_in_draws(calls: Calls, phase: Indices, times: Times) -> Floats:
    """The same in each draw of phases (``times``: phases × draws); NaN without a complete call.

    ``phase``: per call its row in ``times``.
    """
    every = residuals(calls)
    order = np.argsort(every, kind="stable")
    residual, complete, phase = every[order], ~calls.censored[order], phase[order]
    columns = np.array([np.ones(len(order)), complete, residual, complete * residual])
    whole = totals(_by_phase(columns, phase, len(times)), times)
    # As in ``best_shift``, times ten: each complete call weighs 1 on its left, every call 9.
    weights = (_MORE + complete).astype(np.int32)
    best = reached(_MORE * whole[0].astype(np.int64)[None] - 1, times, phase, weights)[0]
    until = _until(best, columns, phase, times)
    shift = residual[best]
    above = whole[2] - until[2] - shift * (whole[0] - until[0])
    less = shift * until[1] - until[3]
    total = SHARE * above + (1 - SHARE) * less
    return np.where(whole[1] > 0, total / np.maximum(whole[0], 1), np.nan)


def _until(last: Indices, columns: Floats, phase: Indices, times: Times) -> Floats:
    """Sums of ``columns`` (columns × calls) in each draw up to and with the call ``last`` there.

    What lies below the last call of every draw is added up by phase, which are fewer.
    """
    first, end = int(last.min()), int(last.max()) + 1
    sums = totals(_by_phase(columns[:, :first], phase[:first], len(times)), times)
    for start in range(first, end, AT_ONCE):
        block = slice(start, min(start + AT_ONCE, end))
        kept = np.arange(block.start, block.stop)[:, None] <= last
        sums += np.einsum("fp,pd->fd", columns[:, block], times[phase[block]] * kept)
    return sums


def _by_phase(columns: Floats, phase: Indices, phases: int) -> Floats:
    return np.array([np.bincount(phase, column, phases) for column in columns])
