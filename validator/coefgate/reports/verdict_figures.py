"""What the renderings of a verdict show beside each other: figures of a rule, strata of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.replay.figure_text import Bounds, Form, from_float, points, ratio, share, span
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import NOT_MEASURABLE, count_figure

if TYPE_CHECKING:  # a whole report needs pandas, a difference of two states does not
    from coefgate.replay.figures import Figures
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


@dataclass(frozen=True, slots=True)
class PairedStratum:
    """One slice with the figures of both sides; ``None`` where that side has no such slice."""

    dimension: str
    value: str
    base: Figures | None
    head: Figures | None

    @property
    def changed(self) -> bool:
        """Does head say something else of this slice?"""
        before, after = (side.metrics if side else None for side in (self.base, self.head))
        return before != after

    @property
    def calls(self) -> str:
        """How many calls it has, and how many that were cut off: ``3 + 2``."""
        known = self.head or self.base
        return count_figure(known.calls.count) if known else "0"

    @property
    def rise(self) -> Fraction:
        """How far the mean SMAPE moved, either way; 200 where one side has none."""
        if not (self.base and self.base.metrics and self.head and self.head.metrics):
            return Fraction(200)
        return abs(self.head.metrics.smape_mean - self.base.metrics.smape_mean)


STRATUM_STEPS: Final = ("SMAPE mean", "missed ≥", "waste median")
"""What is shown of a stratum."""


def stratum_steps(pair: PairedStratum) -> tuple[str, ...]:
    """The figures of ``STRATUM_STEPS``, from base to head: ``38.4 → 180.5``."""
    shown = (("smape_mean", points), ("underestimation_rate", share), ("waste_median", ratio))
    return tuple(
        " → ".join(
            written(getattr(side.metrics, name)) if side and side.metrics else NOT_MEASURABLE
            for side in (pair.base, pair.head)
        )
        for name, written in shown
    )


def paired_strata(report: Report) -> tuple[PairedStratum, ...]:
    """The strata of head, then those that only base has."""
    head = {(one.dimension, one.value): one.figures for one in report.scores.strata}
    against = report.comparison
    base = (
        {(one.dimension, one.value): one.figures for one in against.scores.strata}
        if against
        else {}
    )
    return tuple(
        PairedStratum(*key, base.get(key), head.get(key)) for key in dict.fromkeys((*head, *base))
    )


def changed_strata(report: Report) -> tuple[PairedStratum, ...]:
    """Those that differ between base and head, the ones that moved furthest first."""
    if report.comparison is None:
        return ()
    changed = [pair for pair in paired_strata(report) if pair.changed]
    return tuple(sorted(changed, key=lambda pair: -pair.rise))
