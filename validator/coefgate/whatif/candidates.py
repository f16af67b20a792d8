"""Registries that differ from one in a number each, predicted at once, and sifted for the judge.

The sieve lets all through that may meet the metric rules and ``stratum-regression``, few others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import EllipsisType

import numpy as np

from coefgate.gates.stratum_regression import sign_test, signs_by_phase
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Gates
from coefgate.replay import metrics
from coefgate.replay.counts import Counts, base_parts, tokens_of
from coefgate.replay.evidence import Evidence
from coefgate.replay.kaplan_meier import exceedance_in_rows
from coefgate.replay.metrics import MILLION, Booleans, Floats, Integers
from coefgate.replay.strata import Stratum
from coefgate.replay.uses import Price, Uses, column_prices, margin_keys, overhead_prices, rule_key

_ROUNDED = 1e-9
"""What a quotient of floats may be off; the sieve gives that much way."""

_RATE = 1
"""The place of underestimation among the rules."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number in a registry's place: ``steps`` are tokens, or thousandths of a margin."""

    key: Key
    steps: int

    @property
    def number(self) -> Fraction:
        """The number itself."""
        return self.key.number(self.steps)


def predictions(
    candidates: Sequence[Candidate], registry: Coefficients, counts: Counts
) -> Integers:
    """Predicted tokens, candidates × calls: those of ``counts.predict`` with a table of each."""
    rows: dict[Key, list[tuple[int, int]]] = {}
    for row, candidate in enumerate(candidates):
        rows.setdefault(candidate.key, []).append((row, candidate.steps))

    def each(key: Key) -> Integers:
        """A number in its smallest steps, candidate by candidate."""
        column = np.full(len(candidates), registry.numbers[key].steps)
        for row, steps in rows.get(key, ()):
            column[row] = steps
        return column

    def dearest(prices: Sequence[Price]) -> Integers:
        """The dearest of some prices, candidate by candidate."""
        each_price = [np.sum([each(key) * times for key, times in one], axis=0) for one in prices]
        found: Integers = np.max(each_price, axis=0)
        return found

    def columns(found: Sequence[Integers]) -> Integers:
        """Candidates × these, also where there is none: no call, or none with deliverables."""
        return np.array(found, dtype=np.int64).reshape(len(found), len(candidates)).T

    none = np.full(len(candidates), 1000)
    margin_of = [margin_keys(cell, registry) for cell in counts.cells]
    costs = [dearest(column_prices(column, registry)) for column in counts.columns]
    overheads = [dearest(overhead_prices(cell, registry)) for cell in counts.cells]
    margins = columns([each(*keys) if keys else none for keys in margin_of])
    rules = [rule_key(rule, registry) for rule in range(len(registry.model_rules) + 2)]
    models = columns([each(key) if key else none for key in rules])
    parts = columns(costs) @ counts.matrix.T + columns(overheads)[:, counts.cell]
    found = tokens_of(parts, margins[:, counts.cell] * models[:, counts.rule])
    if counts.attempts is None:
        return found
    ended, cut_off = (
        each(Key("retry", (one,)))[:, None] for one in ("after_complete", "after_cut_off")
    )
    alone = counts.attempts.tokens_after(ended, cut_off)
    return np.where(counts.attempts.decide, alone, np.maximum(found, alone))


def exercised(registry: Coefficients, counts: Counts) -> tuple[Key, ...]:
    """The numbers that at least one call uses, or would if they were twice as large."""
    table = table_of(registry)
    uses, costs = Uses(counts, registry, table), base_parts(counts, table) > 0
    return tuple(
        key
        for key, value in registry.numbers.items()
        if np.any(uses.of(key, key.number(2 * value.steps + 1))[_multiplied(key, costs)])
    )


def _multiplied(key: Key, costs: Booleans) -> Booleans | EllipsisType:
    """Of the calls with costs, those of a factor on them; a retry multiplies something else."""
    return costs if key.is_factor and key.part != "retry" else ...


def may_pass(
    predicted: Integers,
    evidence: Evidence,
    gates: Gates,
    *,
    base: Integers | None,
    strata: Sequence[Stratum] = (),
) -> Booleans:
    """Per row of ``predicted``: could the judge pass it? False only where it certainly does not.

    ``base``: base's predictions of the same calls, ``None`` where a state is judged by itself.
    ``strata``: the slices that ``stratum-regression`` looks at.
    """
    if evidence.censored.all():
        return np.ones(len(predicted), dtype=np.bool_)
    met, after, ends = _distances(predicted, evidence, gates)
    found: Booleans = np.logical_and.reduce(met)
    if base is None:
        return found
    met_before, before, ends_before = _distances(base[None, :], evidence, gates)
    if gates.when_base_misses == "require-no-worse":
        no_worse, better = after <= before + _ROUNDED, after < before
        lower = (ends <= ends_before).all(axis=0)
        no_worse[_RATE] |= lower
        better[_RATE] |= lower & (ends < ends_before).any(axis=0)
        no_worse, better = no_worse & ~met_before, better & ~met_before
        found |= np.logical_and.reduce(met | no_worse) & np.logical_or.reduce(better)
    for stratum in strata:
        found &= ~_regresses(predicted, base, evidence, stratum, gates)
    found |= (predicted == base).all(axis=1)
    return found


def _distances(
    predicted: Integers, evidence: Evidence, gates: Gates
) -> tuple[Booleans, Floats, Integers]:
    """Which rules are met, and figures that are not to rise (both rules × candidates).

    Then both ends of the underestimation rate as calls (2 × candidates).
    """
    limits = gates.limits
    eligible = ~evidence.censored
    tokens, actual = predicted[:, eligible], evidence.actual[eligible]
    count = tokens.shape[1]
    errors = _smape(tokens, actual).sum(axis=1)
    cut = predicted[:, evidence.censored] <= evidence.actual[evidence.censored]
    misses = (tokens < actual).sum(axis=1) + cut.sum(axis=1)
    at_most = misses + (~cut).sum(axis=1)
    misses_from = ceil(limits.underestimation_rate_below * len(evidence.actual))
    rate = exceedance_in_rows(predicted, evidence.actual, evidence.censored)
    near_enough = rate <= float(limits.underestimation_rate_below) + _ROUNDED
    middle, p90 = metrics.middle_ranks(count), metrics.quantile_rank(count, metrics.P90)
    ratios = np.partition(tokens / actual, sorted({*middle, p90}), axis=1)
    median, high = (ratios[:, middle[0]] + ratios[:, middle[1]]) / 2, ratios[:, p90]
    least, most = float(limits.waste_median_from), float(limits.waste_median_to)
    off = np.abs(median - np.clip(median, least, most))
    met = np.stack(
        [
            errors < ceil(limits.smape_mean_below * count * MILLION),
            (at_most < misses_from) | ((misses < misses_from) & near_enough),
            off <= _ROUNDED,
            high <= float(limits.waste_p90_to) + _ROUNDED,
        ]
    )
    figures = np.array([errors, rate, off, high], dtype=np.float64)
    return met, figures, np.stack([misses, at_most])


def _smape(predicted: Integers, actual: Integers) -> Integers:
    errors: Integers = metrics.smape_200(predicted.ravel(), np.tile(actual, len(predicted)))
    return errors.reshape(predicted.shape)


def _regresses(
    predicted: Integers, base: Integers, evidence: Evidence, stratum: Stratum, gates: Gates
) -> Booleans:
    """Per candidate: does this slice get worse in the sense of ``stratum-regression``?"""
    limits = gates.relative
    at = stratum.calls
    after, before, actual = predicted[:, at], base[at][None, :], evidence.actual[at]
    cut = evidence.censored[at]

    def misses(tokens: Integers) -> Integers:
        count: Integers = np.where(cut, tokens <= actual, tokens < actual).sum(axis=1)
        return count

    lost: Booleans = misses(after) - misses(before) >= limits.stratum_misses_from
    if cut.all():
        return lost
    rise = _smape(after[:, ~cut], actual[~cut]) - _smape(before[:, ~cut], actual[~cut])
    rises = rise.sum(axis=1) > int(limits.stratum_smape_rise_above * int((~cut).sum()) * MILLION)
    rows = np.flatnonzero(rises & ~lost)
    phase = np.unique(evidence.phase[at][~cut], return_inverse=True)[1]
    for row in rows.tolist():
        lost[row] = sign_test(*signs_by_phase(rise[row], phase)) < limits.stratum_sign_test_below
    return lost
