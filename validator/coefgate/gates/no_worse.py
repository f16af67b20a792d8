"""The metric rules for a change: bad news may land, and what base misses must not get worse.

Source: docs/gates.md, "Bad news may land".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from coefgate.gates.rules import RuleResult, absolute_rules
from coefgate.registry.model import Gates, Limits
from coefgate.replay.metrics import Metrics


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
    before = {result.rule: result for result in absolute_rules(base, gates)}
    own = {result.rule: result for result in absolute_rules(known, gates)}
    after = [
        _with_base(result, before[result.rule], own[result.rule])
        for result in absolute_rules(head, gates)
    ]
    if head is None and known is not None:
        return tuple(after)  # a gate that knows nothing any more must not open
    if not moved:
        return tuple(_let_through(result, "this change moves no prediction") for result in after)
    if base is None or head is None or gates.when_base_misses == "require-pass":
        return tuple(after)
    missed = [rule for rule, result in before.items() if not result.met]
    breaks = [result.rule for result in after if not result.met and result.rule not in missed]
    better = [rule for rule in missed if _better(rule, base, head, gates.limits)]
    results = []
    for result in after:
        if result.met or result.rule in breaks:
            results.append(result)
        elif not no_worse(result.rule, base, head, gates.limits):
            results.append(_worse(result))
        elif breaks or not better:
            why = (
                f"head breaks {', '.join(breaks)}"
                if breaks
                else "head is better on none of the rules that base misses"
            )
            results.append(replace(result, said=f"Base misses this too, but {why}. {result.said}"))
        else:
            results.append(
                _let_through(result, f"base misses it too, and {', '.join(better)} got better")
            )
    return tuple(results)


def _with_base(head: RuleResult, base: RuleResult, known: RuleResult) -> RuleResult:
    return replace(
        head, base=base.head, base_upper=base.upper, known=known.head, known_upper=known.upper
    )


def _let_through(result: RuleResult, why: str) -> RuleResult:
    if result.met:
        return result
    said = f"{result.said}. This rule passes all the same: {why}"  # the way on is not asked for
    return replace(result, status="pass", said=said, way_on="")


def _worse(result: RuleResult) -> RuleResult:
    return replace(
        result, status="fail", said=f"Base misses this too, and was nearer. {result.said}"
    )


_DISTANCES: Final[Mapping[str, Callable[[Metrics, Limits], tuple[Fraction, ...]]]] = {
    "smape": lambda found, _: (found.smape_mean,),
    "underestimation": lambda found, _: (found.underestimation_rate, found.underestimation_upper),
    "waste-band": lambda found, limits: (
        max(
            limits.waste_median_from - found.waste_median,
            found.waste_median - limits.waste_median_to,
            Fraction(),
        ),
    ),
    "waste-p90": lambda found, _: (found.waste_p90,),
}
"""What "worse" means for each rule: a larger figure, of which a range has two."""


def no_worse(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    """Is head no further off than base, at neither end of a range?"""
    return all(after <= before for before, after in _distances(rule, base, head, limits))


def _better(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    nearer = any(after < before for before, after in _distances(rule, base, head, limits))
    return nearer and no_worse(rule, base, head, limits)


def _distances(
    rule: str, base: Metrics, head: Metrics, limits: Limits
) -> Iterator[tuple[Fraction, Fraction]]:
    """Of base and of head, how far they are off at each end of a range."""
    found = _DISTANCES[rule]
    return zip(found(base, limits), found(head, limits), strict=True)
