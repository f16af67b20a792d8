"""The metric rules: ``smape``, ``underestimation``, ``waste-band`` and ``waste-p90``.

Of a change: bad news may land, and what base misses must not get worse:
docs/reference/gates.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import ge, gt, le
from typing import Final

import numpy as np

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import Amounts, Harm, RuleResult, Verdict, not_asked_yet
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Coefficients, Gates, Limits
from coefgate.registry.numbers import written
from coefgate.registry.tuning import MissedLimit
from coefgate.replay.evidence import Evidence
from coefgate.replay.figure_text import Form, bounds_of, points, rate_words, ratio, share
from coefgate.replay.metrics import Calls, Metrics, metrics

MOST_CUT_OFF: Final = Fraction(1, 5)
"""The share of calls that were cut off up to which the others tell what these may have needed."""


@dataclass(frozen=True, slots=True)
class _MetricRule:
    """How a rule puts its ``limit`` and the figure, and what it says of one that misses it.

    What to do stands behind ``too_much`` and ``too_little``. ``below``: does the limit miss?
    """

    limit: str
    form: Form
    said: str
    too_much: str
    less: str
    too_little: str = ""
    more: str = ""
    below: bool = False


_RULES: Final[Mapping[str, _MetricRule]] = {
    "smape": _MetricRule(
        "mean below {}",
        points,
        "Mean SMAPE is {}",
        ": predictions are too far from the real calls",
        "Look for the calls that are furthest off with: coefgate replay",
        below=True,
    ),
    "underestimation": _MetricRule(
        "rate below {}",
        share,
        "{} of {calls} calls needed more than was predicted",
        ": replies would be cut off",
        "Raise the coefficients or margins of the cells that miss.",
        below=True,
    ),
    "waste-band": _MetricRule(
        "median {} to {}",
        ratio,
        "The median call is predicted at {} times what it needed",
        ": too much",
        "Lower coefficients or margins where replay shows high waste ratios.",
        ": too little",
        "Raise coefficients or margins.",
    ),
    "waste-p90": _MetricRule(
        "P90 up to {}",
        ratio,
        "One call in ten is predicted at {} times what it needed, or more",
        "",
        "Lower the coefficients of the cells where replay shows the highest waste ratios.",
    ),
}


METRIC_RULES: Final = tuple(_RULES)


def figure_form(rule: str) -> Form:
    """How the figure of a metric rule is written."""
    return _RULES[rule].form


def misses_on_equality(rule: str) -> bool:
    """Does a figure miss that is its limit exactly?"""
    return _RULES[rule].below


def absolute_rules(metrics: Metrics | None, gates: Gates) -> tuple[RuleResult, ...]:
    """Every metric rule on one set of metrics; without an eligible call none is measurable."""
    return tuple(_absolute(rule, metrics, gates) for rule in METRIC_RULES)


def rules_of_state(
    metrics: Metrics | None, registry: Coefficients, *, no_calls_yet: bool
) -> tuple[RuleResult, ...]:
    """The same of a state by itself: what ``tuning.yaml`` states is let through.

    Where no call was ever stored to be scored, none is asked.
    """
    rules = absolute_rules(metrics, registry.gates)
    if no_calls_yet:
        return tuple(map(not_asked_yet, rules))
    return stated_misses(rules, registry.tuning.missed) if registry.tuning else rules


def _absolute(rule: str, metrics: Metrics | None, gates: Gates) -> RuleResult:
    row, names = _RULES[rule], RULES[rule].metrics
    bounds = bounds_of(gates.limits)[names[0]]
    line, limit = gates.lines[rule], row.limit.format(*map(written, bounds))
    result = RuleResult(rule, "pass", limit, "", GATES_FILE, line, bounds=bounds)
    if metrics is None:
        said, remedy = "No eligible call is stored", "See why with: coefgate samples audit"
        return replace(result, status="not-measurable", said=said, met=False, remedy=remedy)
    figure, *more = (getattr(metrics, name) for name in names)
    low, high = more or (figure, figure)
    calls = metrics.samples + metrics.censored
    misses, remedy, told = ge if row.below else gt, "", ""
    status: Verdict = "pass"
    if misses(low, bounds[-1]):
        status, told, remedy = "fail", row.too_much, row.less
    elif misses(high, bounds[-1]) and metrics.censored > MOST_CUT_OFF * calls:
        few = f"{metrics.censored} of them), which hides too much of what calls need"
        told = f"; more than one in five was cut off ({few}"
        remedy = "Store more calls, preferably of the same work under a higher ceiling."
        status = "not-measurable"
    elif misses(figure, bounds[-1]):
        status, told, remedy = "fail", row.too_much, row.less
    elif len(bounds) > 1 and low < bounds[0]:
        status, told, remedy = "fail", row.too_little, row.more
    form = row.form.beside(*bounds)
    fact = row.said.format(rate_words(figure, (low, high), form), calls=calls)
    return replace(
        result,
        status=status,
        head=figure,
        ends=(low, high) if more else None,
        fact=fact,
        said=fact + told,
        met=status == "pass",
        remedy=remedy,
    )


def metric_rules(
    base: Metrics | None,
    head: Metrics | None,
    gates: Gates,
    *,
    moved: bool,
    known: Metrics | None = None,
    alike: tuple[Metrics | None, Metrics | None] | None = None,
    missed_by_procedure: Sequence[MissedLimit] | None = None,
) -> tuple[RuleResult, ...]:
    """The absolute rules on head's figures, forgiving what head does not make worse.

    ``base`` and ``head`` are of the same calls; ``moved``: is any predicted differently?
    ``known``: base's figures on its own calls, where those are others; shown only. ``alike``:
    both sides' figures as far as they can be held against each other; theirs unless given.
    ``missed_by_procedure``: the misses that head states where a procedure's values replace others
    for the first time; these alone are let through then.
    """
    before, own, after = (absolute_rules(metrics, gates) for metrics in (base, known, head))
    results = tuple(
        replace(one, base=was.head, base_ends=was.ends, known=alone.head, known_ends=alone.ends)
        for one, was, alone in zip(after, before, own, strict=True)
    )
    if head is None and known is not None:
        return results  # a gate that knows nothing any more must not open
    if not moved:
        return tuple(_let_through(result, "this change moves no prediction") for result in results)
    if missed_by_procedure is not None:
        return stated_misses(results, missed_by_procedure)
    before_alike, head_alike = alike or (base, head)
    if before_alike is None or head_alike is None or gates.when_base_misses == "require-pass":
        return results
    missed = [result.rule for result in before if not result.met]
    breaks = [result.rule for result in results if not result.met and result.rule not in missed]
    kept = {rule for rule in missed if no_worse(rule, before_alike, head_alike, gates.limits)}
    better = [rule for rule in missed if is_better(rule, before_alike, head_alike, gates.limits)]

    def judged(result: RuleResult) -> RuleResult:
        if result.met or result.rule in breaks:
            return result
        status, why = result.status, "Base misses this too, "
        if result.rule not in kept:
            status, why = "fail", f"{why}but was closer"
        elif breaks:
            why += f"but head now fails {', '.join(breaks)}"
        elif not better:
            why += "but head is better on none of the rules that base misses"
        else:
            return _let_through(result, f"base misses it too, and {', '.join(better)} got better")
        return replace(result, status=status, beside_base=f"{why}.")

    return tuple(map(judged, results))


def stated_misses(
    results: Iterable[RuleResult], missed: Sequence[MissedLimit]
) -> tuple[RuleResult, ...]:
    """The absolute rules where no accepted values of a procedure came before.

    Limits that ``tuning.yaml`` says are missed, with their figures, are let through.
    """
    return tuple(_stated(result, missed) for result in results)


def _stated(result: RuleResult, missed: Sequence[MissedLimit]) -> RuleResult:
    if result.met or result.head is None:
        return result
    form_of = _RULES[result.rule].form
    for one in missed:
        if one.rule != result.rule:
            continue
        if _thousandths(result.head) == one.figure or form_of(result.head) == form_of(one.figure):
            return _let_through(result, f"tuning.yaml states it, “{one.reason}”")
        said = f"{result.said}; tuning.yaml states a miss of {form_of(one.figure)}, not this one"
        return replace(result, said=said, to_state=True)
    figure = f"{float(_thousandths(result.head)):.3f}"
    form = f"missed: [{{rule: {result.rule}, figure: {figure}, reason: …}}]"
    remedy = f"State it in coefficients/tuning.yaml, with the reason to land it anyway: {form}"
    return replace(result, remedy=remedy, to_state=True)


def _thousandths(figure: Fraction) -> Fraction:
    return round(figure, 3)


def _let_through(result: RuleResult, why: str) -> RuleResult:
    if result.met:
        return result
    return replace(result, status="pass", remedy=f"This rule still passes: {why}.")


def no_worse(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    """Is head no further off than base? A rate neither if it rises at neither of its ends.

    To predict more for covered calls may raise the estimate, and cuts off no call.
    """
    (before, *old), (after, *new) = (_off(rule, one, limits) for one in (base, head))
    return after <= before or (bool(new) and all(map(le, new, old)))


def is_better(rule: str, base: Metrics, head: Metrics, limits: Limits) -> bool:
    """Is head less far off than base, by the figure or by one end and no less by the other?"""
    (before, *old), (after, *new) = (_off(rule, one, limits) for one in (base, head))
    return after < before or (all(map(le, new, old)) and new != old)


def figure_harm(rule: str, head: Fraction | None, evidence: Evidence, limits: Limits) -> Harm:
    """The figure of a metric rule, ``head``; of a median below its band, how low it is."""
    low = rule == "waste-band" and head is not None and head < limits.waste_median_from

    def measure(calls: Calls) -> Amounts:
        found = metrics(calls)
        if found is None:
            return ()
        figure: Fraction = getattr(found, RULES[rule].metrics[0])
        return (-figure if low else figure,)

    return Harm(evidence, np.arange(len(evidence.samples)), measure)


def _off(rule: str, metrics: Metrics, limits: Limits) -> Sequence[Fraction]:
    """How far the figure is off, then both ends of a rate."""
    figures = [getattr(metrics, name) for name in RULES[rule].metrics]
    if rule != "waste-band":
        return figures
    low, high = limits.waste_median_from, limits.waste_median_to
    return [max(low - one, one - high, Fraction()) for one in figures]
