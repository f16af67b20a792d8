"""The rules of a verdict: each figure beside its limit, and why one does not pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from coefgate.gates.verdict import RuleResult
from coefgate.reports.figures import count
from coefgate.reports.page import (
    GAP,
    Block,
    Item,
    Items,
    Paragraph,
    Remark,
    Span,
    Table,
    Width,
    Words,
    code,
    joined,
    plain,
    sentence,
    strong,
)
from coefgate.reports.pages.rule_figures import (
    RULE_FIGURES,
    calls_behind,
    interval_of,
)
from coefgate.reports.pages.stakes import side_figures, side_titles
from coefgate.use_cases.report import Report

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
        yield Table(
            ("rule", "n", ""), rows, title, figures=(1,), fold=True, weight=35, width="wide"
        )


def _figures_table(report: Report, width: Width) -> Table:
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
    return Table(
        (*columns, "set in") if alone else columns,
        partial(_rows, rules, report, counted=bool(counted)),
        "Rules" if width == "wide" else "",
        figures=range(2, len(columns)) if width == "wide" else (),
        width=width,
    )


def _rows(
    rules: Sequence[RuleResult], report: Report, *, counted: bool
) -> Sequence[Sequence[Words]]:
    return [_row(rule, report, counted=counted) for rule in rules]


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
    """Where nothing is compared, the table says where the limit of a rule without findings is set."""
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
    further = len(rule.places) - _MOST_PLACES
    more = f" and {further:,} more" if further > 0 else ""
    return [plain("at "), *joined(at), plain(more)]
