"""The rules of a verdict: each figure beside its limit, and why one does not pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.gates.verdict import Ends, RuleResult
from coefgate.registry.wording import and_more, count
from coefgate.replay.figure_text import Bounds, from_float, rate_words
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import FIGURES, NOT_MEASURABLE
from coefgate.reports.page import (
    Cells,
    Details,
    Item,
    Items,
    Page,
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
from coefgate.reports.pages.headline import BY_VALUES, by_calls, steps
from coefgate.use_cases.report import Report

UNDECIDED: Final = (
    "In brackets: what a rate is at least and at most, since how long cut-off calls would have "
    "become is not known."
)
RULE_FIGURES: Final = {
    "smape": "smape_mean",
    "underestimation": "underestimation_kaplan_meier",
    "waste-band": "waste_median",
    "waste-p90": "waste_p90",
}
"""Rules that compare a figure with a limit, and its metric."""
SAYS: Final = {"pass": "passes", "fail": "fails", "not-measurable": "is not measurable"}
_MOST_PLACES: Final = 5


def rules_blocks(report: Report) -> Page:
    """Rules with a figure, what those say that do not pass, and how many others do."""
    red = red_rules(report)
    yield Details(lambda: [limits_table(report, "narrow")])
    yield limits_table(report, "wide")
    yield Details([Items([_objection(rule, report) for rule in red], title="Why", weight=97)])
    others = [
        rule for rule in report.rules if rule.status == "pass" and rule.rule not in RULE_FIGURES
    ]
    if others:
        title = f"{count(len(others), 'other rule')} {'passes' if len(others) == 1 else 'pass'}"
        rows = [(rule.rule, plain(f"{rule.n or 0:,}"), sentence(rule.told)) for rule in others]
        passing = Paragraph(title, width="narrow")
        yield Details([passing]) if red else passing
        yield TableBlock(
            ("rule", "n", ""), rows, title, figures=(1,), fold=True, weight=35, width="wide"
        )


def red_rules(report: Report) -> Sequence[RuleResult]:
    """The rules that do not pass, those that fail first."""
    red = [rule for rule in report.rules if rule.status != "pass"]
    return sorted(red, key=lambda rule: rule.status != "fail")


def limits_table(report: Report, width: Width) -> TableBlock:
    """The rules that compare a figure with a limit.

    Wide formats show the others that do not pass as well, narrow ones only why. The short form
    has no room for what stands behind the limit.
    """
    wide, columns = width == "wide", ("rule", "verdict", *_sides(report), "limit")
    if width != "brief":
        columns += ("n", "95% interval", "set in")
    rules = [
        rule
        for rule in report.rules
        if rule.rule in RULE_FIGURES or (wide and rule.status != "pass")
    ]
    return TableBlock(
        columns,
        lambda: [_row(rule, report, width) for rule in rules],
        "Rules" if wide else "",
        UNDECIDED if wide and any(rule.ends for rule in rules) else "",
        figures=range(2, len(columns) - 1) if wide else (),
        width=width,
    )


def _row(rule: RuleResult, report: Report, width: Width) -> Cells:
    figures, alone = report.scores.all, report.comparison is None
    measured = rule.rule in RULE_FIGURES
    sides = map(plain, _sides(report, *(_figures(rule) if measured else ())).values())
    first = (plain(rule.rule), verdict_words(rule), *sides, sentence(rule.limit))
    if width == "brief":
        return first
    counted = width == "wide" or not alone
    return (
        *first,
        plain(f"{calls_behind(rule, figures.metrics):,}" if counted else ""),
        plain(_interval_of(rule, figures) if measured else ""),
        f"{rule.file}:{rule.line}" if alone else "",
    )


def verdict_words(rule: RuleResult) -> Span:
    """What a rule says in a word or two."""
    if rule.unasked == "no-calls":
        return Span("not asked yet", "no-calls")
    return Span("pass, missed", "no-worse") if rule.missed else Span(rule.status, rule.status)


def _objection(rule: RuleResult, report: Report) -> Item:
    """Where nothing is compared, the table says where the limit of such a rule is set."""
    says, command = SAYS[rule.status], f"coefgate explain {rule.rule}"
    told = [(one.message, (one.file, one.line)) for one in rule.findings]
    own = (f"{rule.asks}: {rule.told}", (rule.file, rule.line))
    return Item(
        (strong(rule.rule), f" {says} {rule.required}", plain(": "), rule.told),
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


def _sides(report: Report, known: str = "", base: str = "", head: str = "") -> dict[str, str]:
    """The figures of a rule under the columns that lead from base to head.

    An arrow marks a move: ``41.3`` of base on its own calls, ``→ 50.8``, ``50.8``.
    """
    against = report.comparison
    if against is None:
        return {"figure": head}
    if against.known is None:
        return {"base": base, "head": head}
    by_new, by_values = (
        new if new == old else f"→ {new}" for old, new in pairwise((known, base, head))
    )
    return {"base": known, by_calls(against.known.moved): by_new, BY_VALUES: by_values}


def bad_news(report: Report) -> Iterator[tuple[RuleResult, Sequence[str], str]]:
    """The metric rules that pass although they are missed, what each says, and who misses it.

    ``41.3 → 50.8 by new calls → 48.2 by values.`` comes first where calls and the figure move.
    """
    against = report.comparison
    whose = "today's coefficients miss"
    if report.restored:
        whose = "the restored coefficients miss"
    elif against and against.base.digest != report.head.digest:
        whose = "these coefficients still miss"
    for rule in report.missed:
        if rule.rule in RULE_FIGURES:
            figures, known = _figures(rule), against.known if against else None
            moves = known is not None and len(set(figures)) > 1
            way = [f"{steps(figures, known.moved, '{} {}')}."] if known and moves else []
            yield rule, [*way, *rule.sentences], whose


def _figures(rule: RuleResult) -> tuple[str, str, str]:
    """``1.40``, a rate as ``5.7% (1.6%–9.5%)``: of base on its own calls, of base, of head."""
    return (
        _figure(rule, rule.known, rule.known_ends),
        _figure(rule, rule.base, rule.base_ends),
        _figure(rule, rule.head, rule.ends),
    )


def _figure(rule: RuleResult, found: Fraction | None, ends: Ends | None) -> str:
    """Told apart from the limit; where that is missed, from the other figures as well."""
    if found is None:
        return NOT_MEASURABLE
    others = [one for one in (rule.known, rule.base, rule.head) if one not in (None, found)]
    _, form = FIGURES[RULE_FIGURES[rule.rule]]
    written = form.beside(*rule.bounds, *([] if rule.met else filter(None, others)))
    return rate_words(found, ends or (found, found), written)


def _interval_of(rule: RuleResult, figures: Figures) -> str:
    """The 95% interval of a rule's figure: ``31.8–50.6``."""
    ends = rule_interval(rule, figures)
    if ends is None:
        return NOT_MEASURABLE
    _, form = FIGURES[RULE_FIGURES[rule.rule]]
    written = form.beside(*rule.bounds)
    return "–".join(written(from_float(end)) for end in ends)


def bounds_in(report: Report) -> Bounds:
    """What the metrics of a report are held against."""
    return {metric: rule.bounds for rule in report.rules for metric in RULES[rule.rule].metrics}


def rule_interval(rule: RuleResult, figures: Figures) -> tuple[float, float] | None:
    """The interval of a rule's figure; ``None`` for a rule that compares none."""
    found = figures.intervals.get(RULE_FIGURES.get(rule.rule, ""))
    return None if found is None else (found.low, found.high)


def calls_behind(rule: RuleResult, metrics: Metrics | None) -> int:
    """How many things a rule looked at; for underestimation, cut-off calls are among them."""
    if rule.n is not None or metrics is None:
        return rule.n or 0
    return metrics.samples + (metrics.censored if rule.rule == "underestimation" else 0)
