"""Spread: how well predictions tell calls apart, whatever margin is put on all of them.

The mean pinball loss at 0.9 of ln(actual ÷ predicted) after the best single factor: to need more
than that costs nine times what it costs to need less. A call that was cut off costs only while it
had reached more.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from coefgate.replay.metrics import Booleans, Calls, Floats, Indices, Integers
from coefgate.replay.phase_draws import Times

SHARE: Final = 0.9
_BLOCK: Final = 64
"""Calls that are added up together."""
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
    # Sums of weights: of all and of complete calls, then times the residual.
    columns = np.array([np.ones(len(order)), complete, residual, complete * residual])
    drawn = times.shape[1]
    everyone: Floats = np.bincount(phase, minlength=len(times)).astype(np.float64) @ times
    sums, until = np.zeros((4, drawn)), np.zeros((4, drawn))
    shift, is_found = np.zeros(drawn), np.zeros(drawn, dtype=np.bool_)

    def is_enough(complete_below: Floats, below: Floats, all_of_them: Floats) -> Booleans:
        slope = (1 - SHARE) * complete_below - SHARE * (all_of_them - below)
        return np.asarray(slope >= -1e-9)

    for start in range(0, len(order), _BLOCK):
        block = slice(start, start + _BLOCK)
        weight = times[phase[block]].astype(np.float64)
        after = sums + np.einsum("fp,pd->fd", columns[:, block], weight)
        here = ~is_found & is_enough(after[1], after[0], everyone)
        if here.any():
            some = weight[:, here]
            below = sums[0, here] + some.cumsum(axis=0)
            complete_below = sums[1, here] + (some * complete[block, None]).cumsum(axis=0)
            at = is_enough(complete_below, below, everyone[here]).argmax(axis=0)
            kept = some * (np.arange(len(some))[:, None] <= at)
            until[:, here] = sums[:, here] + np.einsum("fp,pd->fd", columns[:, block], kept)
            shift[here] = residual[start + at]
            is_found |= here
        sums = after
    above = sums[2] - until[2] - shift * (everyone - until[0])
    less = shift * until[1] - until[3]
    total = SHARE * above + (1 - SHARE) * less
    return np.where(sums[1] > 0, total / np.maximum(everyone, 1), np.nan)
