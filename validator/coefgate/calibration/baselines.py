"""What a fit has to beat: one number for all calls, a figure by hand, and what was published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil, exp
from typing import Final

import numpy as np

from coefgate.calibration.design import fitted_keys
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved, one_margin
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.kaplan_meier import quantile
from coefgate.replay.metrics import Booleans, Indices, Integers, quantile_rank

_P95: Final = Fraction(95, 100)
_RESERVE: Final = Fraction(115, 100)
"""What is put on the 95th percentile of a category by hand."""
_SLACK: Final = 1e-6
Predictions = Callable[[Booleans], Integers | None]
"""From the calls that may be known to a prediction for each call; ``None`` where they say
nothing."""


def constant(evidence: Evidence, level: Fraction) -> Predictions:
    """One number for every call: what covers this level of the calls that are known."""
    actual = np.log(np.maximum(evidence.actual, 1))

    def of(known: Booleans) -> Integers | None:
        found = quantile(actual[known], evidence.censored[known], level)
        if found is None:
            return None
        return np.full(len(actual), ceil(exp(found) - _SLACK), dtype=np.int64)

    return of


def category_p95(evidence: Evidence, registry: Coefficients) -> Predictions:
    """By category the 95th percentile of what known calls took, times 1.15.

    A call that was cut off counts with what it had reached. A category of which no call is known
    takes all known calls.
    """
    names, numbers = registry.canonical_category, dict[str, int]()
    said = (names.get(one.category or "", one.category or "") for one in evidence.samples)
    category = np.array([numbers.setdefault(name, len(numbers)) for name in said], dtype=np.intp)
    order = np.lexsort((evidence.actual, category))

    def of(known: Booleans) -> Integers | None:
        if not known.any():
            return None
        rows = order[known[order]]
        its = np.bincount(category[rows], minlength=len(numbers))
        at = np.cumsum(its) - its + np.maximum(0, -(-its * _P95.numerator // _P95.denominator) - 1)
        rank = quantile_rank(len(rows), _P95)
        of_all = int(np.partition(evidence.actual[rows], rank)[rank])
        tokens = np.where(its > 0, evidence.actual[rows][np.minimum(at, len(rows) - 1)], of_all)
        found: Integers = -(-tokens * _RESERVE.numerator // _RESERVE.denominator)
        return found[category]

    return of


def published(evidence: Evidence, registry: Coefficients, tuning: Tuning) -> Integers | None:
    """The numbers as they were published, with their margin.

    Another attempt is a call like any other: nobody publishes a factor for it. ``None`` where no
    margin is stated, or not every number that is fitted has a prior.
    """
    if tuning.prior_margin is None:
        return None
    registry = replace(registry, retry={})
    numbers: dict[Key, Fraction] = {}
    for key in fitted_keys(registry):
        prior = 1 if key.part == "model" else tuning.prior_of(key)
        if prior is None:
            return None
        numbers[key] = Fraction(prior)
    before = moved(registry, {**numbers, **one_margin(registry, tuning.prior_margin)})
    return evidence.calls(table_of(before)).predicted


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
