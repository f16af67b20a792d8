"""A verdict, as JSON (schemas/report.schema.json) or as text: verdict and stakes first."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.gates.feasible import FeasibleMargin
from coefgate.gates.report import Report, Side
from coefgate.gates.rules import RuleResult
from coefgate.gates.stakes import Stakes
from coefgate.replay.metrics import Metrics
from coefgate.replay.scores import Figures
from coefgate.reports.console import short, table
from coefgate.reports.coverages import coverage_dict
from coefgate.reports.figures import NOT_MEASURABLE, Written, points, ratio, share, tokens
from coefgate.reports.metrics import (
    figures_dict,
    how_many,
    prospective_dict,
    rounded,
    stratum_dict,
)
from coefgate.reports.replays import prospective_line

_RULE_FIGURES: dict[str, tuple[str, Written]] = {
    "smape": ("smape_mean", points),
    "underestimation": ("underestimation_rate", share),
    "waste-band": ("waste_median", ratio),
    "waste-p90": ("waste_p90", ratio),
}
_STYLES = {"pass": "bold green", "fail": "bold red", "not-measurable": "bold yellow"}
_VERDICTS = {"pass": "PASS", "fail": "FAIL", "not-measurable": "NOT MEASURABLE"}


def verdict_dict(report: Report) -> dict[str, Any]:
    """The fields of a report for JSON; what compares with a base is empty on a single revision."""
    margin = report.feasible_margin
    return {
        "verdict": report.verdict,
        "restore": False,
        "base": None,
        "head": _side_dict(report.head),
        "stakes": None if report.stakes is None else _stakes_dict(report.stakes),
        "metrics": {
            "base": None,
            "head": figures_dict(report.scores.all),
            "without_differs": figures_dict(report.scores.without_differs),
            "prospective": figures_dict(report.scores.prospective.figures),
        },
        "prospective": prospective_dict(report.scores.prospective),
        "rules": [_rule_dict(rule, report.scores.all) for rule in report.rules],
        "feasible_margin": None if margin is None else [margin.low / 1000, margin.high / 1000],
        "changes": [],
        "strata": [stratum_dict(stratum) for stratum in report.scores.strata],
        "coverage": {**coverage_dict(report.coverage), "lost": [], "gained": []},
        "retired": [asdict(retirement) for retirement in report.retired],
        "movers": {"worse": [], "better": []},
        "next": list(report.next),
    }


def verdict_json(report: Report) -> str:
    """A report as JSON text."""
    return json.dumps(verdict_dict(report), indent=2, ensure_ascii=False)


def _side_dict(side: Side) -> dict[str, Any]:
    return {"revision": side.revision, "version": side.version, "digest": side.digest}


def _stakes_dict(stakes: Stakes) -> dict[str, Any]:
    return {
        "per_calls": 1000,
        "cut_off": {"base": None, "head": [rounded(end) for end in stakes.cut_off]},
        "reserved_unused_tokens": {"base": None, "head": rounded(stakes.reserved_unused_tokens)},
    }


def _rule_dict(rule: RuleResult, figures: Figures) -> dict[str, Any]:
    metrics = figures.metrics
    ends = _rule_interval(rule, figures)
    return {
        "rule": rule.rule,
        "status": rule.status,
        "limit": rule.limit,
        "base": rounded(rule.base),
        "head": rounded(rule.head),
        "head_upper": rounded(rule.upper),
        "interval": None if ends is None else [rounded(end) for end in ends],
        "n": _calls_behind(rule, metrics),
        "phases": metrics.phases if metrics else 0,
        "message": rule.message,
        "documentation": f"docs/gates.md#{rule.rule}",
        "file": rule.file,
        "line": rule.line,
    }


def verdict_text(report: Report) -> list[RenderableType]:
    """A report for a reader: verdict, stakes, rules, what follows."""
    figures, prospective = report.scores.all, report.scores.prospective
    head = report.head
    parts: list[RenderableType] = [
        Text.assemble((_VERDICTS[report.verdict], _STYLES[report.verdict]), f"  on {how_many(figures)}")
    ]
    if report.stakes:
        parts.append(Text(stakes_sentence(report.stakes)))
    parts += [Text(""), _rules_table(report), Text("")]
    parts += [
        Text(f"{rule.rule} ({rule.limit}): {rule.message}") for rule in report.rules if rule.status != "pass"
    ]
    if figures.metrics:
        parts.append(Text(margin_sentence(report.feasible_margin)))
    if prospective.figures is None:
        parts.append(prospective_line(prospective.arrived, prospective.reason))
    unmet = [aim for aim in report.coverage.aims if not aim.met]
    parts += [Text(f"coverage: {aim.aim}: {aim.missing}") for aim in unmet]
    parts += [Text(f"retired: {short(one.id)}: {one.reason}") for one in report.retired]
    parts.append(Text(f"coefficients {head.version} ({head.revision}), digest {short(head.digest)}"))
    parts += [Text(f"next: {step}") for step in report.next]
    return parts


def stakes_sentence(stakes: Stakes) -> str:
    """What the figures mean for 1,000 calls, in plain words."""
    low, high = (round(end) for end in stakes.cut_off)
    cut_off = f"{low}" if low == high else f"{low} to {high}"
    # What is predicted above the tokens that a cut-off call had reached may have been needed after all.
    at_most = "" if low == high else "at most "
    unused = at_most + tokens(stakes.reserved_unused_tokens)
    return (
        f"Per 1,000 calls like these: {cut_off} replies would be cut off, "
        f"{unused} tokens would be reserved and not used."
    )


def margin_sentence(margin: FeasibleMargin | None) -> str:
    """Which single safety margin would meet all rules."""
    if margin is None:
        return "feasible margin: none; no single safety margin meets all rules on these calls"
    rest = "" if margin.whole else ", and some others"
    return (
        f"feasible margin: any single safety margin from {margin.low / 1000:g} to {margin.high / 1000:g}"
        f"{rest} meets all rules on these calls"
    )


def _rules_table(report: Report) -> RenderableType:
    figures = report.scores.all
    rows: list[list[str | Text]] = []
    for rule in report.rules:
        _, written = _RULE_FIGURES[rule.rule]
        ends = _rule_interval(rule, figures)
        figure = NOT_MEASURABLE if rule.head is None else written(rule.head)
        if rule.upper is not None and rule.upper != rule.head:
            figure += f" to {written(rule.upper)}"
        rows.append(
            [
                rule.rule,
                Text(rule.status, style=_STYLES[rule.status]),
                figure,
                rule.limit,
                "–".join(written(Fraction(end)) for end in ends) if ends else NOT_MEASURABLE,
                f"{rule.file}:{rule.line}",
            ]
        )
    return table("rule", "verdict", "figure", "limit", "95% interval", "set in", rows=rows)


def _calls_behind(rule: RuleResult, metrics: Metrics | None) -> int:
    """Underestimation counts the calls that were cut off as well."""
    if metrics is None:
        return 0
    return metrics.samples + (metrics.censored if rule.rule == "underestimation" else 0)


def _rule_interval(rule: RuleResult, figures: Figures) -> tuple[float, float] | None:
    """The interval of a rule's figure; of a rate, from the low of its lower to the high of its upper end."""
    name, _ = _RULE_FIGURES[rule.rule]
    lower = figures.intervals.get(name)
    upper = figures.intervals.get("underestimation_upper") if rule.rule == "underestimation" else lower
    return None if lower is None or upper is None else (lower.low, upper.high)
