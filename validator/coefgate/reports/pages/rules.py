"""The rules of a verdict: each figure beside its limit, and why one does not pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.wording import and_more
from coefgate.replay.figure_text import Bounds, Form, from_float, points, ratio, share, span
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import NOT_MEASURABLE, count
from coefgate.reports.page import (
    GAP,
    Block,
    Item,
    Items,
    Paragraph,
    Remark,
    Span,
    TableBlock,
    Width,
    Words,
    code,
    joined,
    plain,
    sentence,
    strong,
)
from coefgate.reports.pages.stakes import BY_CALLS, BY_VALUES, steps
from coefgate.use_cases.report import Report

RULE_FIGURES: Final[Mapping[str, tuple[str, Form]]] = {
    "smape": ("smape_mean", points),
    "underestimation": ("underestimation_rate", share),
    "waste-band": ("waste_median", ratio),
    "waste-p90": ("waste_p90", ratio),
}
"""Rules that compare a figure with a limit: its metric, and how it is written."""
_SAYS: Final = {"pass": "passes", "fail": "fails", "not-measurable": "is not measurable"}
_MOST_PLACES: Final = 5
_WIDTHS: Final[tuple[Width, ...]] = ("narrow", "wide")


def rules_blocks(report: Report) -> Iterator[Block]:
    """Rules with a figure, what those say that do not pass, and how many others do."""
    red = [rule for rule in report.rules if rule.status != "pass"]
    red.sort(key=lambda rule: rule.status != "fail")
    for width in _WIDTHS:
        yield _figures_table(report, width)
    yield GAP
    yield Items([_objection(rule, report) for rule in red], title="Why", weight=97)
    others = [
        rule for rule in report.rules if rule.status == "pass" and rule.rule not in RULE_FIGURES
    ]
    if others:
        title = f"{count(len(others), 'other rule')} {'passes' if len(others) == 1 else 'pass'}"
        rows = [(rule.rule, plain(f"{rule.n or 0:,}"), sentence(rule.told)) for rule in others]
        yield Paragraph(title, width="narrow")
        yield TableBlock(
            ("rule", "n", ""), rows, title, figures=(1,), fold=True, weight=35, width="wide"
        )


def _figures_table(report: Report, width: Width) -> TableBlock:
    """Wide formats show the others that do not pass as well, narrow ones only why."""
    sides = side_titles(report)
    alone = report.comparison is None
    counted = () if alone and width == "narrow" else ("n",)
    columns = ("rule", "verdict", *sides, "limit", *counted, "95% interval")
    rules = [
        rule
        for rule in report.rules
        if rule.rule in RULE_FIGURES or (width == "wide" and rule.status != "pass")
    ]
    return TableBlock(
        (*columns, "set in") if alone else columns,
        lambda: [_row(rule, report, counted=bool(counted)) for rule in rules],
        "Rules" if width == "wide" else "",
        figures=range(2, len(columns)) if width == "wide" else (),
        width=width,
    )


def _row(rule: RuleResult, report: Report, *, counted: bool) -> Sequence[Words]:
    figures, measured = report.scores.all, rule.rule in RULE_FIGURES
    sides = side_figures(rule, report) if measured else [""] * len(side_titles(report))
    return (
        plain(rule.rule),
        _verdict(rule),
        *map(plain, sides),
        sentence(rule.limit),
        *([plain(f"{calls_behind(rule, figures.metrics):,}")] if counted else []),
        plain(interval_of(rule, figures) if measured else ""),
        *([f"{rule.file}:{rule.line}"] if report.comparison is None else []),
    )


def _verdict(rule: RuleResult) -> Span:
    if rule.status == "pass" and not rule.met:
        return Span("pass, missed", "no-worse")
    return Span(rule.status, rule.status)


def _objection(rule: RuleResult, report: Report) -> Item:
    """Where nothing is compared, the table says where the limit of such a rule is set."""
    says, command = _SAYS[rule.status], f"coefgate explain {rule.rule}"
    told = [(one.message, (one.file, one.line)) for one in rule.findings]
    own = (f"{rule.asks}: {rule.told}", (rule.file, rule.line))
    return Item(
        (strong(rule.rule), f" {says} {rule.required}: {rule.told}"),
        nested=[_places(rule)] if rule.findings or report.comparison else [],
        further=(plain("why, and what to do: "), code(command)),
        remarks=[
            Remark("error", f"{rule.rule} {says}", f"{message.rstrip('.')}. See: {command}", place)
            for message, place in told or [own]
        ],
    )


def _places(rule: RuleResult) -> Words:
    at = [code(f"{file}:{line}") for file, line in rule.places[:_MOST_PLACES]]
    return [plain("at "), *joined(at), plain(and_more(rule.places, _MOST_PLACES))]


def side_titles(report: Report) -> tuple[str, ...]:
    """The columns that lead from base to head; ``side_figures`` says what stands in them."""
    against = report.comparison
    if against is None:
        return ("figure",)
    if against.known is None:
        return ("base", "head")
    return ("base", BY_CALLS[against.known.moved], BY_VALUES)


def side_figures(rule: RuleResult, report: Report) -> tuple[str, ...]:
    """``41.3`` and ``50.8``; where calls move, what they do and then what values do.

    An arrow marks a move: ``41.3``, ``→ 50.8``, ``50.8``.
    """
    against, figures = report.comparison, _figures(rule)
    if against is None:
        return figures[2:]
    if against.known is None:
        return figures[1:]
    moved = (new if new == old else f"→ {new}" for old, new in pairwise(figures))
    return figures[0], *moved


def bad_news(report: Report) -> Iterator[tuple[RuleResult, str, str]]:
    """The metric rules that pass although they are missed, what each says, and who misses it.

    ``41.3 → 50.8 by new calls`` comes first where the change moves calls.
    """
    for rule in report.missed:
        if rule.rule in RULE_FIGURES:
            steps = _rule_steps(rule, report)
            yield rule, f"{steps}{rule.message}", _whose_coefficients(report)


def not_asked(report: Report) -> tuple[str, ...]:
    """The names of the other rules that were not asked because the change is a restore."""
    return tuple(rule.rule for rule in report.missed if rule.rule not in RULE_FIGURES)


def _whose_coefficients(report: Report) -> str:
    against = report.comparison
    if report.restored:
        return "the restored coefficients miss"
    if against and against.base.digest != report.head.digest:
        return "these coefficients still miss"
    return "today's coefficients miss"


def _rule_steps(rule: RuleResult, report: Report) -> str:
    """``41.3 → 50.8 by new calls → 48.2 by values. ``; empty where no call or figure moves."""
    known = report.comparison.known if report.comparison else None
    figures = _figures(rule)
    if known is None or len(set(figures)) == 1:
        return ""
    return f"{steps(figures, known.moved, '{} {}')}. "


def _figures(rule: RuleResult) -> tuple[str, str, str]:
    """``1.40``, a range as ``1.6% to 9.5%``: of base on its own calls, of base, and of head."""
    return (
        _figure(rule, rule.known, rule.known_upper),
        _figure(rule, rule.base, rule.base_upper),
        _figure(rule, rule.head, rule.upper),
    )


def _figure(rule: RuleResult, low: Fraction | None, high: Fraction | None) -> str:
    """Told apart from the limit; where that is missed, from the other figures as well."""
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
    """The interval of a rule's figure; ``None`` for a rule that compares none.

    Of a rate it goes from the low of its lower to the high of its upper end.
    """
    if rule.rule not in RULE_FIGURES:
        return None
    name, _ = RULE_FIGURES[rule.rule]
    upper_name = "underestimation_upper" if rule.rule == "underestimation" else name
    lower, upper = map(figures.intervals.get, (name, upper_name))
    return None if lower is None or upper is None else (lower.low, upper.high)


def calls_behind(rule: RuleResult, metrics: Metrics | None) -> int:
    """How many things a rule looked at; for underestimation, cut-off calls are among them."""
    if rule.n is not None or metrics is None:
        return rule.n or 0
    return metrics.samples + (metrics.censored if rule.rule == "underestimation" else 0)
