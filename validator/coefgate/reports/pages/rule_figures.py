"""The figures of rules that compare one with a limit, as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.replay.figure_text import Bounds, Form, from_float, points, ratio, share, span
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import NOT_MEASURABLE
from coefgate.use_cases.report import Report

RULE_FIGURES: Final[Mapping[str, tuple[str, Form]]] = {
    "smape": ("smape_mean", points),
    "underestimation": ("underestimation_rate", share),
    "waste-band": ("waste_median", ratio),
    "waste-p90": ("waste_p90", ratio),
}
"""Rules that compare a figure with a limit: its metric, and how it is written."""


def head_figure(rule: RuleResult) -> str:
    """Head's figure of a rule: ``1.40``, a range as ``1.6% to 9.5%``."""
    return _figure(rule, rule.head, rule.upper)


def base_figure(rule: RuleResult) -> str:
    """Base's figure of a rule."""
    return _figure(rule, rule.base, rule.base_upper)


def known_figure(rule: RuleResult) -> str:
    """Base's figure of a rule on base's own calls."""
    return _figure(rule, rule.known, rule.known_upper)


def _figure(rule: RuleResult, low: Fraction | None, high: Fraction | None) -> str:
    """Told apart from the limit; where that is missed, from the others, which it is held against then."""
    if low is None:
        return NOT_MEASURABLE
    high = low if high is None else high
    _, form = RULE_FIGURES[rule.rule]
    figures = (rule.known, rule.known_upper, rule.base, rule.base_upper, rule.head, rule.upper)
    others = (
        () if rule.met else [one for one in figures if one is not None and one not in (low, high)]
    )
    return span(low, high, form.beside(*rule.bounds, *others))


def interval_of(rule: RuleResult, figures: Figures) -> str:
    """The 95% interval of a rule's figure: ``31.8–50.6``."""
    ends = rule_interval(rule, figures)
    if ends is None:
        return NOT_MEASURABLE
    _, form = RULE_FIGURES[rule.rule]
    written = form.beside(*rule.bounds)
    return "–".join(written(from_float(end)) for end in ends)


def bounds_in(report: Report) -> Bounds:
    """What the metrics of a report are held against."""
    return {metric: rule.bounds for rule in report.rules for metric in RULES[rule.rule].metrics}


def rule_interval(rule: RuleResult, figures: Figures) -> tuple[float, float] | None:
    """The interval of a rule's figure; of a rate, from the low of its lower to the high of its upper end.

    ``None`` for a rule that compares no figure.
    """
    if rule.rule not in RULE_FIGURES:
        return None
    name, _ = RULE_FIGURES[rule.rule]
    lower = figures.intervals.get(name)
    upper = (
        figures.intervals.get("underestimation_upper") if rule.rule == "underestimation" else lower
    )
    return None if lower is None or upper is None else (lower.low, upper.high)


def calls_behind(rule: RuleResult, metrics: Metrics | None) -> int:
    """How many things a rule looked at; underestimation counts the calls that were cut off as well."""
    if rule.n is not None:
        return rule.n
    if metrics is None:
        return 0
    return metrics.samples + (metrics.censored if rule.rule == "underestimation" else 0)
