"""Which calls rest on each number: those whose prediction rises with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Predicted
from coefgate.replay.metrics import Calls, Indices
from coefgate.replay.scores import ScoredCall, scored_calls
from coefgate.replay.uses import Uses
from coefgate.samples.status import CallCount


@dataclass(frozen=True, slots=True)
class RestingCalls:
    """``count`` calls rest on a number; ``first``: some of them, the largest error first."""

    count: CallCount
    first: tuple[ScoredCall, ...]


def resting_calls(
    registry: Coefficients, predicted: Predicted, *, most: int
) -> Mapping[Key, RestingCalls]:
    """For each number of ``registry`` the calls that rest on it, of which ``most`` are named."""
    scored = list(scored_calls(predicted))
    order = sorted(range(len(scored)), key=lambda at: largest_error_first(scored[at]))
    rank = np.empty(len(scored), dtype=np.intp)
    rank[order] = np.arange(len(scored))
    uses = Uses(predicted.evidence.counts(predicted.table), registry, predicted.table)

    def of(key: Key) -> RestingCalls:
        rows = resting_rows(uses, key, predicted.calls)
        first = islice(np.sort(rank[rows]).tolist(), most)
        return RestingCalls(
            predicted.evidence.count(rows), tuple(scored[order[at]] for at in first)
        )

    return {key: of(key) for key in registry.numbers}


def resting_rows(uses: Uses, key: Key, calls: Calls) -> Indices:
    """The rows of the calls that rest on a number; 0 tokens have no margin."""
    found = uses.of(key)
    return np.flatnonzero(found & (calls.predicted > 0) if key.is_factor else found)


def largest_error_first(call: ScoredCall) -> tuple[bool, Fraction, str]:
    """By what to sort calls; last those that were cut off, of which no error is known."""
    return call.smape is None, -(call.smape or Fraction(0)), call.audited.sample.id
