"""The metric rules: ``smape``, ``underestimation``, ``waste-band`` and ``waste-p90``.

What a registry must reach on the stored calls; and for a change: bad news may land, and what base
misses must not get worse. Source: docs/gates.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult, Verdict
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Gates, Limits
from coefgate.registry.numbers import written
from coefgate.replay.figure_text import bounds_of, points, ratio, share, span
from coefgate.replay.metrics import Metrics


def absolute_rules(metrics: Metrics | None, gates: Gates) -> tuple[RuleResult, ...]:
    """Every metric rule on one set of metrics; without an eligible call none is measurable."""
    bounds = bounds_of(gates.limits)
    results = []
    for rule, each in _RULES.items():
        found = each.find(metrics, gates.limits) if metrics else _NO_CALL
        results.append(
            RuleResult(
                rule,
                found.status,
                each.limit(gates.limits),
                None,
                found.figure,
                found.upper,
                found.said,
                GATES_FILE,
                gates.limit_lines[rule],
                met=found.status == "pass",
                way_on=found.way_on,
                bounds=bounds[RULES[rule].metrics[0]],
            )
        )
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rule finds: its ``figure``, of a range the lower end, and what is said of it."""

    status: Verdict
    figure: Fraction | None
    said: str
    way_on: str = ""
    upper: Fraction | None = None


_NO_CALL: Final = _Found(
    "not-measurable",
    None,
    "No eligible call is stored",
    "See why with: coefgate samples audit",
)


def _smape(metrics: Metrics, limits: Limits) -> _Found:
    figure, below = metrics.smape_mean, limits.smape_mean_below
    said = f"Mean SMAPE is {points.beside(below)(figure)}"
    if figure < below:
        return _Found("pass", figure, said)
    said += ": predictions are too far from the real calls"
    way_on = "Look for the calls that are furthest off with: coefgate replay"
    return _Found("fail", figure, said, way_on)


def _underestimation(metrics: Metrics, limits: Limits) -> _Found:
    below = limits.underestimation_rate_below
    low, high = metrics.underestimation_rate, metrics.underestimation_upper
    calls = metrics.samples + metrics.censored
    rate = span(low, high, share.beside(below))
    said = f"{rate} of {calls} calls needed more than was predicted"
    if high < below:
        return _Found("pass", low, said, upper=high)
    if low >= below:
        said += ": replies would be cut off"
        way_on = "Raise the coefficients or margins of the cells that miss."
        return _Found("fail", low, said, way_on, high)
    open_ones = (
        f"what the cut-off ones would have needed leaves it open ({metrics.undecided} of them)"
    )
    way_on = "Store more calls, best of the same work under a higher ceiling."
    return _Found("not-measurable", low, f"{said}; {open_ones}", way_on, high)


def _waste_band(metrics: Metrics, limits: Limits) -> _Found:
    figure, low, high = metrics.waste_median, limits.waste_median_from, limits.waste_median_to
    form = ratio.beside(low, high)
    said = f"The median call is predicted at {form(figure)} times what it needed"
    if figure < low:
        return _Found("fail", figure, f"{said}: too little", "Raise coefficients or margins.")
    if figure > high:
        way_on = "Lower coefficients or margins where replay shows high waste ratios."
        return _Found("fail", figure, f"{said}: too much", way_on)
    return _Found("pass", figure, said)


def _waste_p90(metrics: Metrics, limits: Limits) -> _Found:
    figure, most = metrics.waste_p90, limits.waste_p90_to
    form = ratio.beside(most)
    said = f"One call in ten is predicted at {form(figure)} times what it needed, or more"
    if figure <= most:
        return _Found("pass", figure, said)
    way_on = "Lower the coefficients of the cells where replay shows the highest waste ratios."
    return _Found("fail", figure, said, way_on)


@dataclass(frozen=True, slots=True)
class _MetricRule:
    """``limit`` in words; how far metrics are ``off``: the larger the worse, two for a range."""

    limit: Callable[[Limits], str]
    find: Callable[[Metrics, Limits], _Found]
    off: Callable[[Metrics, Limits], tuple[Fraction, ...]]


_RULES: Final[Mapping[str, _MetricRule]] = {
    "smape": _MetricRule(
        lambda limits: f"mean below {written(limits.smape_mean_below)}",
        _smape,
        lambda found, _: (found.smape_mean,),
    ),
    "underestimation": _MetricRule(
        lambda limits: f"rate below {written(limits.underestimation_rate_below)}",
        _underestimation,
        lambda found, _: (found.underestimation_rate, found.underestimation_upper),
    ),
    "waste-band": _MetricRule(
        lambda limits: (
            f"median {written(limits.waste_median_from)} to {written(limits.waste_median_to)}"
        ),
        _waste_band,
        lambda found, limits: (
            max(
                limits.waste_median_from - found.waste_median,
                found.waste_median - limits.waste_median_to,
                Fraction(),
            ),
        ),
    ),
    "waste-p90": _MetricRule(
        lambda limits: f"P90 up to {written(limits.waste_p90_to)}",
        _waste_p90,
        lambda found, _: (found.waste_p90,),
    ),
}


def metric_rules(
    base: Metrics | None,
    head: Metrics | None,
    gates: Gates,
    *,
    moved: bool,
    known: Metrics | None = None,
) -> tuple[RuleResult, ...]:
    """The absolute rules on head's figures, forgiving what head does not make worse.

    ``base`` and ``head`` are measured on the same calls; ``moved``: is any call predicted
    differently? ``known``: base's figures on its own calls, where those are others; they are shown
    and decide nothing.
    """
    before, own, after = (absolute_rules(metrics, gates) for metrics in (base, known, head))
    results = tuple(map(_with_base, after, before, own))
    if head is None and known is not None:
        return results  # a gate that knows nothing any more must not open
    if not moved:
        return tuple(_let_through(result, "this change moves no prediction") for result in results)
    if base is None or head is None or gates.when_base_misses == "require-pass":
        return results
    missed = [result.rule for result in before if not result.met]
    breaks = [result.rule for result in results if not result.met and result.rule not in missed]
    better = [rule for rule in missed if _better(rule, base, head, gates.limits)]

    def judged(result: RuleResult) -> RuleResult:
        if result.met or result.rule in breaks:
            return result
        if not no_worse(result.rule, base, head, gates.limits):
            worse = replace(result, status="fail")
            return _beside_base(worse, "Base misses this too, and was nearer")
        if breaks:
            return _beside_base(
                result, f"Base misses this too, but head breaks {', '.join(breaks)}"
            )
        if not better:
            why = "head is better on none of the rules that base misses"
            return _beside_base(result, f"Base misses this too, but {why}")
        return _let_through(result, f"base misses it too, and {', '.join(better)} got better")

    return tuple(map(judged, results))


def _with_base(head: RuleResult, base: RuleResult, known: RuleResult) -> RuleResult:
    return replace(
        head, base=base.head, base_upper=base.upper, known=known.head, known_upper=known.upper
    )


def _let_through(result: RuleResult, why: str) -> RuleResult:
    if result.met:
        return result
    said = f"{result.said}. This rule passes all the same: {why}"  # the way on is not asked for
    return replace(result, status="pass", said=said, way_on="")


def _beside_base(result: RuleResult, why: str) -> RuleResult:
    return replace(result, said=f"{why}. {result.said}")


def no_worse(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    """Is head no further off than base, at neither end of a range?"""
    return all(after <= before for before, after in _off(rule, base, head, limits))


def _better(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    nearer = any(after < before for before, after in _off(rule, base, head, limits))
    return nearer and no_worse(rule, base, head, limits)


def _off(
    rule: str, base: Metrics, head: Metrics, limits: Limits
) -> Iterator[tuple[Fraction, Fraction]]:
    """Of base and of head, how far they are off at each end of a range."""
    off = _RULES[rule].off
    return zip(off(base, limits), off(head, limits), strict=True)
