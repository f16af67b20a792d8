"""What a fit has to beat: one number for all calls, a figure by hand, and what was published."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, exp
from typing import Final

import numpy as np

from coefgate.calibration.procedure import Procedure, one_margin
from coefgate.registry.compilation import table_of
from coefgate.registry.numbers import moved
from coefgate.replay.kaplan_meier import quantile
from coefgate.replay.metrics import Booleans, Indices, Integers, quantile_rank

P95: Final = Fraction(95, 100)
RESERVE: Final = Fraction(115, 100)
"""What is put on the 95th percentile of a category by hand."""
_SLACK: Final = 1e-6
Predictions = Callable[[Booleans], Integers | None]
"""From the calls that may be known to a prediction for each call; ``None`` where they say
nothing."""


def constant(procedure: Procedure) -> Predictions:
    """One number for every call: what covers the level of the calls that are known."""
    evidence = procedure.evidence
    actual = np.log(np.maximum(evidence.actual, 1))

    def of(known: Booleans) -> Integers | None:
        found = quantile(actual[known], evidence.censored[known], procedure.tuning.level)
        if found is None:
            return None
        return np.full(len(actual), ceil(exp(found) - _SLACK), dtype=np.int64)

    return of


def category_p95(procedure: Procedure) -> Predictions:
    """By category the 95th percentile of what known calls took, times 1.15.

    A call that was cut off counts with what it had reached. A category of which no call is known
    takes all known calls.
    """
    evidence, names = procedure.evidence, procedure.registry.canonical_category
    said = [names.get(one.category or "", one.category or "") for one in evidence.samples]
    category = np.unique(np.array(said, dtype=np.str_), return_inverse=True)[1]

    def of(known: Booleans) -> Integers | None:
        if not known.any():
            return None
        found = np.zeros(len(category), dtype=np.int64)
        for at in range(int(category.max()) + 1):
            its = category == at
            rows = its & known if (its & known).any() else known
            found[its] = _by_hand(evidence.actual[rows])
        return found

    return of


def _by_hand(actual: Integers) -> int:
    at_most = int(np.sort(actual)[quantile_rank(len(actual), P95)])
    return ceil(at_most * RESERVE)


def published(procedure: Procedure) -> Integers | None:
    """The numbers as they were published, with their margin; ``None`` where none is stated."""
    margin = procedure.tuning.prior_margin
    if margin is None:
        return None
    design = procedure.design
    priors = {
        key: Fraction(int(tokens))
        for key, tokens in zip(design.keys, design.prior.tolist(), strict=True)
    }
    registry = procedure.registry
    table = table_of(moved(registry, {**priors, **one_margin(registry, margin)}))
    return procedure.evidence.calls(table).predicted


def left_out(predictions: Predictions, fold: Indices, known: Booleans) -> Integers | None:
    """Each call by what the ``known`` calls outside of its fold say; ``None`` if some say none."""
    found = np.zeros(len(fold), dtype=np.int64)
    for at in np.unique(fold).tolist():
        out = fold == at
        predicted = predictions(known & ~out)
        if predicted is None:
            return None
        found[out] = predicted[out]
    return found
