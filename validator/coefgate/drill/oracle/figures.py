"""The figures of a replay and of its strata, exact.

Written after docs/reference/metrics.md and docs/reference/gates.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from random import Random
from typing import Any, Final, NamedTuple

from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.numbers import exact
from coefgate.drill.oracle.evidence import cell_of

MILLION = 1_000_000
METRIC_RULES = ("smape", "underestimation", "waste-band", "waste-p90")
DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    ("smape", "mean_below"): "50",
    ("underestimation", "rate_below"): "0.1",
    ("waste-band", "median_from"): "1",
    ("waste-band", "median_to"): "1.5",
    ("waste-p90", "p90_to"): "3",
    ("stratum-regression", "misses_from"): "2",
    ("stratum-regression", "smape_rise_above"): "5",
    ("stratum-regression", "sign_test_below"): "0.1",
    ("stratum-regression", "phases_from"): "5",
    ("flattered", "better_by_above"): "5",
    ("swing", "factor_from"): "2",
}
"""The limits by rule and key where gates.yaml has none."""
_STRATA: Final = "stratum-regression"
_DRAWS: Final = 200
_USUAL: Final = 20
"""One draw in ten gains more."""


class Deviation(NamedTuple):
    """One prediction: its error in millionths of a % and its ratio, ``None`` if cut off.

    ``need``: actual over predicted; 0 where it is missed and decides nothing.
    """

    error: int | None
    ratio: Any
    missed: bool
    need: Any


@dataclass(frozen=True, slots=True)
class ExactFigures:
    """Mean SMAPE in percent, the underestimation rate, median and P90 of the waste.

    ``missed``: the estimate of Kaplan and Meier, between the ends ``at_least`` and ``at_most``;
    ``cut_off``: the share of calls that were cut off.
    """

    smape: Fraction
    missed: Fraction
    at_least: Fraction
    at_most: Fraction
    cut_off: Fraction
    median: Fraction
    p90: Fraction


def limit(rules: Mapping[str, Any], rule: str, key: str) -> Fraction:
    """One limit; ``rules``: those of ``gates.yaml``."""
    return exact((rules.get(rule) or {}).get(key, DEFAULTS[rule, key]))


def smape_millionths(predicted: int, actual: int) -> int:
    """``200 × |predicted − actual| / (predicted + actual)`` in millionths of a %, half up."""
    above, below = 200 * MILLION * abs(predicted - actual), predicted + actual
    return (2 * above + below) // (2 * below)


def is_missed(call: StoredLine, predicted: int) -> bool:
    """Is it certain that the call needed more than was predicted?"""
    return predicted <= call.tokens if call.censored else predicted < call.tokens


def deviation(call: StoredLine, predicted: int) -> Deviation:
    """What came of a prediction for a call."""
    return _deviation(call.tokens, predicted, censored=call.censored)


@lru_cache(maxsize=8192)
def _deviation(tokens: int, predicted: int, *, censored: bool) -> Deviation:
    missed = predicted <= tokens if censored else predicted < tokens
    need = Fraction(0) if missed else Fraction(tokens, predicted)
    if censored:
        return Deviation(None, None, missed, need)
    error = smape_millionths(predicted, tokens)
    return Deviation(error, Fraction(predicted, tokens), missed, need)


def figures(deviations: Sequence[Deviation]) -> ExactFigures | None:
    """The figures of a replay; ``None`` without any eligible call."""
    errors = [one.error for one in deviations if one.error is not None]
    if not errors:
        return None
    missed = sum(one.missed for one in deviations)
    undecided = sum(one.error is None and not one.missed for one in deviations)
    # Two ratios of integers below 2^26 differ by more than a float's precision: it orders them.
    ratios = sorted((one.ratio for one in deviations if one.error is not None), key=float)
    count = len(ratios)
    return ExactFigures(
        smape=Fraction(sum(errors), count * MILLION),
        missed=_estimate(deviations),
        at_least=Fraction(missed, len(deviations)),
        at_most=Fraction(missed + undecided, len(deviations)),
        cut_off=1 - Fraction(count, len(deviations)),
        median=(ratios[(count - 1) // 2] + ratios[count // 2]) / 2,
        p90=ratios[-(-9 * count // 10) - 1],
    )


def _estimate(deviations: Sequence[Deviation]) -> Fraction:
    """What is left of 1 above the prediction, after every call that is known to stay below it."""
    # Of equal needs those of complete calls come first: False is less than True.
    covered = sorted((float(one.need), one.error is None) for one in deviations if not one.missed)
    left, at_risk = Fraction(1), len(deviations)
    run = at_risk
    for _, leaves in covered:
        if leaves:
            left *= Fraction(at_risk, run)
            run = at_risk - 1
        at_risk -= 1
    return left * Fraction(at_risk, run) if run else left


def misses(found: ExactFigures | None, rules: Mapping[str, Any]) -> list[str]:
    """The metric rules that figures do not meet; ``rules``: those of ``gates.yaml``."""
    if found is None:
        return list(METRIC_RULES)
    met = (
        found.smape < limit(rules, "smape", "mean_below"),
        _few_missed(found, limit(rules, "underestimation", "rate_below")),
        not any(distances(found, rules)["waste-band"]),
        found.p90 <= limit(rules, "waste-p90", "p90_to"),
    )
    return [rule for rule, is_met in zip(METRIC_RULES, met, strict=True) if not is_met]


def _few_missed(found: ExactFigures, below: Fraction) -> bool:
    """Are too few missed for the limit, and is that known well enough?"""
    if found.at_least >= below or found.at_most < below:
        return found.at_most < below
    return found.cut_off <= Fraction(1, 5) and found.missed < below


def distances(found: ExactFigures, rules: Mapping[str, Any]) -> dict[str, tuple[Fraction, ...]]:
    """What must not grow for each metric rule to be no worse; or else both ends of a rate."""
    low, high = (limit(rules, "waste-band", key) for key in ("median_from", "median_to"))
    outside = max(low - found.median, found.median - high, Fraction(0))
    rate = (found.missed, found.at_least, found.at_most)
    values = ((found.smape,), rate, (outside,), (found.p90,))
    return dict(zip(METRIC_RULES, values, strict=True))


def gains(
    before: ExactFigures | None, after: ExactFigures | None, for_waste: ExactFigures | None
) -> dict[str, Fraction]:
    """By how many points each figure got better; rates and ratios in percent.

    ``for_waste``: ``after`` without the added calls that were missed, since those lower waste too.
    """
    if before is None or after is None or for_waste is None:
        return {}
    return {
        "mean SMAPE": before.smape - after.smape,
        "underestimation": 100 * (before.missed - after.missed),
        "median waste": 100 * (abs(before.median - 1) - abs(for_waste.median - 1)),
        "waste P90": 100 * (before.p90 - for_waste.p90),
    }


@lru_cache(maxsize=64)
def strata(
    state: Fileset, of: tuple[StoredLine, ...], fewest: Fraction
) -> frozenset[tuple[int, ...]]:
    """The calls, by index, of every cell with enough phases, else of its category or complexity.

    ``fewest``: as many phases as are enough.
    """
    cells = [cell_of(state, call) for call in of]
    found = set()
    for category, complexity in set(cells):
        wider = (
            [n for n, cell in enumerate(cells) if cell == (category, complexity)],
            [n for n, cell in enumerate(cells) if cell[0] == category],
        )
        last = [n for n, cell in enumerate(cells) if cell[1] == complexity]
        enough = (part for part in wider if len({of[n].phase for n in part}) >= fewest)
        found.add(tuple(next(enough, last)))
    return frozenset(found)


def loses(steps: Iterable[tuple[StoredLine, int, int]], rules: Mapping[str, Any]) -> bool:
    """Do predictions serve these calls measurably worse? ``steps``: from the former to the new."""
    new_misses = whole = 0
    rises: Counter[tuple[str, str]] = Counter()
    for call, before, after in steps:
        new_misses += is_missed(call, after) - is_missed(call, before)
        if not call.censored:
            whole += 1
            rises[call.phase] += smape_millionths(after, call.tokens)
            rises[call.phase] -= smape_millionths(before, call.tokens)
    if new_misses >= limit(rules, _STRATA, "misses_from"):
        return True
    most = limit(rules, _STRATA, "smape_rise_above")
    if not whole or Fraction(rises.total(), whole * MILLION) <= most:
        return False
    worse = sum(rise > 0 for rise in rises.values())
    better = sum(rise < 0 for rise in rises.values())
    return _chance(worse, better) < limit(rules, _STRATA, "sign_test_below")


def _chance(worse: int, better: int) -> Fraction:
    """How often a fair coin shows heads ``worse`` times or more in ``worse + better`` tosses."""
    tosses = worse + better
    return Fraction(sum(comb(tosses, heads) for heads in range(worse, tosses + 1)), 2**tosses)


def by_chance(
    known: Sequence[tuple[StoredLine, int]], added: int
) -> dict[str, tuple[float, float]]:
    """The points that each figure gains when calls like the known ones come in.

    From the known phases, drawn with repetition, come as many known calls as there are, and as
    many new ones. Of the points come the usual ones, and the most there may be; nothing if nobody
    can tell. Where exactly the gate's tolerance ends is nothing that a drill should know, so there
    is room on either side.
    """
    phases: dict[object, list[Deviation]] = defaultdict(list)
    for call, tokens in known:
        one = deviation(call, tokens)
        near_enough = None if one.ratio is None else float(one.ratio)
        need = float(one.need)
        phases[call.phase].append(one._replace(ratio=near_enough, need=need))
    if not phases or not added:
        return {}
    rng = Random("chance")  # noqa: S311 (draws, no secrets)
    gained: dict[str, list[float]] = defaultdict(list)
    for _ in range(_DRAWS):
        before, new = (_some(list(phases.values()), rng, count) for count in (len(known), added))
        not_missed = [one for one in new if not one.missed]
        gain_of = gains(*map(figures, (before, before + new, before + not_missed)))
        for name, gain in gain_of.items():
            gained[name].append(float(gain))
    return {
        name: (max(0.0, 0.75 * sorted(points)[-_USUAL:][0]), max(0.0, 1.33 * max(points)))
        for name, points in gained.items()
    }


def _some(phases: Sequence[Sequence[Deviation]], rng: Random, count: int) -> list[Deviation]:
    found: list[Deviation] = []
    while len(found) < count:
        found += rng.choice(phases)
    return found
