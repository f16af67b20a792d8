"""What a registry's figures mean for 1,000 calls like the stored ones."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.replay.metrics import Calls, Metrics

PER = 1000


@dataclass(frozen=True, slots=True)
class Stakes:
    """Per 1,000 calls like the eligible and censored ones.

    ``cut_off``: replies that would be cut off, at least and at most. ``reserved_unused_tokens``:
    tokens that would be reserved and not used; of a censored call whose need stays open, all that
    is predicted above the tokens that it had reached, so the figure is an upper one there.
    """

    cut_off: tuple[Fraction, Fraction]
    reserved_unused_tokens: Fraction


def stakes(calls: Calls, metrics: Metrics) -> Stakes:
    """Scale what happened on these calls to 1,000 of them."""
    count = metrics.samples + metrics.censored
    unused = int(np.maximum(calls.predicted - calls.actual, 0).sum())
    return Stakes(
        (metrics.underestimation_rate * PER, metrics.underestimation_upper * PER),
        Fraction(unused * PER, count),
    )
