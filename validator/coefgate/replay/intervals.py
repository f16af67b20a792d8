"""95 % intervals: a bootstrap over whole phases, because calls of one phase resemble each other.

2,000 draws with a fixed seed; nearest-rank percentiles 2.5 and 97.5. Where no miss was seen, a bootstrap
can only say 0, so underestimation gets the one-sided exact bound on phases instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from coefgate.replay.metrics import P75, P90, Calls, Metrics, missed, quantile_rank, ratio_order, smape_200

DRAWS: Final = 2000
SEED: Final = 20251229
FEWEST_PHASES: Final = 10
_CELLS_AT_ONCE: Final = 8_000_000
"""Entries of the draws × calls matrices that are kept in memory together."""

Floats = npt.NDArray[np.float64]
Weights = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """``low`` and ``high`` in the unit of the figure, and how they were found."""

    low: float
    high: float
    method: str


def intervals(calls: Calls, metrics: Metrics) -> Mapping[str, Interval | None]:
    """The interval of each figure of ``metrics``.

    ``None`` below 10 phases, and where some draw holds no eligible call. The exact bound of a rate that
    shows no miss holds for any number of phases and is given for every one.
    """
    names = [
        *("smape_mean", "smape_median", "smape_p90", "underestimation_rate", "underestimation_upper"),
        *("waste_median", "waste_p75", "waste_p90"),
    ]
    found: dict[str, Interval | None] = dict.fromkeys(names)
    if metrics.phases >= FEWEST_PHASES:
        method = f"bootstrap over {metrics.phases} phases"
        draws = _draws(calls, metrics.phases)
        ranks = [quantile_rank(DRAWS, Fraction(25, 1000)), quantile_rank(DRAWS, Fraction(975, 1000))]
        for name in names:
            known = np.sort(draws[name][~np.isnan(draws[name])])
            if len(known) == DRAWS:
                found[name] = Interval(float(known[ranks[0]]), float(known[ranks[1]]), method)
    for name, seen in (
        ("underestimation_rate", metrics.misses),
        ("underestimation_upper", metrics.misses + metrics.undecided),
    ):
        if not seen:
            bound = no_miss_bound(metrics.phases)
            found[name] = Interval(0.0, bound, "no miss seen: one-sided exact 95% bound on phases")
    return found


def no_miss_bound(phases: int) -> float:
    """The largest miss rate that still shows no miss in ``phases`` phases once in twenty times.

    ``1 − 0.05^(1/n)``, the exact binomial bound: 10 phases without a miss still allow 26 %.
    """
    return 1.0 - math.pow(0.05, 1.0 / phases)


def _draws(calls: Calls, phases: int) -> dict[str, Floats]:
    """Every figure in every draw; NaN where a draw holds no eligible call."""
    _, phase = np.unique(calls.phase, return_inverse=True)
    parts: dict[str, list[Floats]] = {}
    # RandomState is frozen by NumPy's NEP 19: the same draws whatever the version.
    random = np.random.RandomState(SEED)
    at_once = max(1, _CELLS_AT_ONCE // len(phase))
    for start in range(0, DRAWS, at_once):
        rows = min(at_once, DRAWS - start)
        picked = random.randint(0, phases, size=(rows, phases))
        cells = np.arange(rows)[:, None] * phases + picked
        times = np.bincount(cells.ravel(), minlength=rows * phases).reshape(rows, phases)
        for name, values in _figures(calls, times[:, phase]):
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _figures(calls: Calls, weights: Weights) -> Iterator[tuple[str, Floats]]:
    """Each figure for each row of ``weights`` (draws × calls: how often a call was drawn)."""
    eligible = ~calls.censored
    predicted, actual = calls.predicted[eligible], calls.actual[eligible]
    drawn = weights[:, eligible]
    count = drawn.sum(axis=1)
    everyone = weights.sum(axis=1)

    smape = smape_200(predicted, actual)
    by_smape = np.argsort(smape, kind="stable")
    yield "smape_mean", _divided((drawn @ smape).astype(np.float64), count) / 1e6
    for name, values in _quantiles(smape[by_smape] / 1e6, drawn[:, by_smape], count):
        if name != "p75":
            yield f"smape_{name}", values

    short = missed(calls)
    yield "underestimation_rate", _divided((weights @ short).astype(np.float64), everyone)
    yield (
        "underestimation_upper",
        _divided((weights @ (short | calls.censored)).astype(np.float64), everyone),
    )

    by_ratio = ratio_order(predicted, actual)
    for name, values in _quantiles((predicted / actual)[by_ratio], drawn[:, by_ratio], count):
        yield f"waste_{name}", values


def _quantiles(ordered: Floats, drawn: Weights, count: Weights) -> Iterator[tuple[str, Floats]]:
    """Median, P75 and P90 of ``ordered`` values drawn so many times each, per row."""
    reached = np.cumsum(drawn, axis=1)

    def at(rank: Weights) -> Floats:
        found = (reached <= rank[:, None]).sum(axis=1)
        return np.where(count > 0, ordered[np.minimum(found, len(ordered) - 1)], np.nan)

    yield "median", (at((count - 1) // 2) + at(count // 2)) / 2
    for name, q in (("p75", P75), ("p90", P90)):
        yield name, at(np.maximum(0, -(-count * q.numerator // q.denominator) - 1))


def _divided(total: Floats, count: Weights) -> Floats:
    shares: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return shares
