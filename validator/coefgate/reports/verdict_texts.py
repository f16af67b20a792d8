"""A verdict as text: verdict and stakes first, then what is bad, what changed, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.changes.sample_moves import Correction
from coefgate.gates.verdict import RuleResult
from coefgate.reports.comparison_texts import (
    changes_text,
    indented,
    line,
    movers_text,
    strata_text,
)
from coefgate.reports.console import count, short, table
from coefgate.reports.correction_wording import correction_words, field_lines
from coefgate.reports.fallbacks import fallback_sentence
from coefgate.reports.figures import count_figure
from coefgate.reports.from_base_to_head import side_figures, side_titles, stakes_sentence
from coefgate.reports.headlines import headline_words, measured_on
from coefgate.reports.metrics import (
    FIGURES_TITLE,
    figure_columns,
    figures_table,
    later_lines,
)
from coefgate.reports.verdict_figures import (
    RULE_FIGURES,
    bounds_in,
    calls_behind,
    head_figure,
    interval_of,
)
from coefgate.reports.verdict_wording import (
    SAYS,
    answer_words,
    bad_news,
    base_words,
    margin_sentence,
    not_asked,
    restore_sentence,
    since_anchor_words,
    whose_coefficients,
)
from coefgate.reports.visible import visible
from coefgate.use_cases.report import CellMove, HeadlineKind, Report

_STYLES: Final[Mapping[HeadlineKind, str]] = {
    "pass": "bold green",
    "alone": "bold",
    "unchanged": "bold green",
    "no-worse": "bold yellow",
    "restore": "bold yellow",
    "fail": "bold red",
    "not-measurable": "bold yellow",
}
_MOST_CELLS: Final = 8
_MOST_PLACES: Final = 3


def verdict_text(report: Report) -> list[RenderableType]:
    """A report for a reader; what compares with a base is left out where there is none."""
    against, figures = report.comparison, report.scores.all
    parts: list[RenderableType] = [headline_text(report)]
    if report.stakes:
        parts.append(Text(stakes_sentence(report.stakes, against)))
    if fallen := fallback_sentence(report.scores.fallback):
        parts.append(line(fallen, "bold yellow"))
    parts += [Text(""), *_said_loudly(report)]
    if against:
        parts += changes_text(against)
    parts += [_figures_table(report), Text(""), *_messages(report)]
    if against:
        parts += [*movers_text(against), *strata_text(report)]
    if figures.metrics:
        parts.append(Text(margin_sentence(report.feasible_margin)))
    parts += _later(report)
    parts += _coverage(report)
    parts += _sides(report)
    parts += [line(f"note: {note}") for note in report.notes]
    parts += [line(f"next: {step}") for step in report.next]
    return parts


def headline_text(report: Report) -> Text:
    """The first line, which a long report ends with as well; green only where something was compared."""
    headline = report.headline
    words = visible(headline_words(headline))
    return Text.assemble((words, _STYLES[headline.kind]), measured_on(report, "  on "))


def _said_loudly(report: Report) -> Iterator[RenderableType]:
    lines: list[RenderableType] = []
    if report.restored is not None:
        lines.append(line(restore_sentence(report.restored), "bold"))
    lines += [
        line(f"BAD NEWS: {whose_coefficients(report)} {rule.asks}. {message}", "bold yellow")
        for rule, message in bad_news(report)
    ]
    if skipped := not_asked(report):
        lines.append(line(f"not asked of a restore: {', '.join(skipped)}"))
    if report.comparison:
        lines += [
            line(
                f"RETIRED by this change: {short(one.id)} ({one.file}:{one.line}): {one.reason}",
                "bold",
            )
            for one in report.comparison.retired
        ]
        for correction in report.comparison.corrected:
            lines.append(line(f"CORRECTED by this change: {_corrected(correction)}", "bold"))
            lines += map(indented, field_lines(correction))
        lines += [
            line(
                f"ACKNOWLEDGED: {answer_words(one)} ({one.file}:{one.line}): {one.reason}", "bold"
            )
            for one in report.comparison.acknowledged
        ]
    if lines:
        yield from lines
        yield Text("")


def _corrected(one: Correction) -> str:
    before, after = one.before.sample, one.after.sample
    by = f"{short(before.id)} by {short(after.id)} ({after.file}:{after.line})"
    return f"{by}: {correction_words(one)}"


def _figures_table(report: Report) -> RenderableType:
    rules = [rule for rule in report.rules if rule.rule in RULE_FIGURES]
    figures = report.scores.all
    rows: list[list[str | Text]]
    if report.comparison is None:
        rows = [
            [
                rule.rule,
                Text(rule.status, style=_STYLES[rule.status]),
                head_figure(rule),
                line(rule.limit),
                interval_of(rule, figures),
                line(f"{rule.file}:{rule.line}"),
            ]
            for rule in rules
        ]
        return table("rule", "verdict", "figure", "limit", "95% interval", "set in", rows=rows)
    rows = [
        [
            rule.rule,
            _verdict(rule),
            *side_figures(rule, report),
            line(rule.limit),
            f"{calls_behind(rule, figures.metrics):,}",
            interval_of(rule, figures),
        ]
        for rule in rules
    ]
    return table("rule", "verdict", *side_titles(report), "limit", "n", "95% interval", rows=rows)


def _verdict(rule: RuleResult) -> Text:
    if rule.status == "pass" and not rule.met:
        return Text("pass, missed", style=_STYLES["no-worse"])
    return Text(rule.status, style=_STYLES[rule.status])


def _messages(report: Report) -> Iterator[RenderableType]:
    """What each rule says that does not pass, and how many others do."""
    for rule in report.rules:
        if rule.status == "pass":
            continue
        yield line(f"{rule.rule} {SAYS[rule.status]} {rule.required}: {rule.told}")
        if rule.findings or report.comparison:  # else the table of rules names the limit's place
            yield indented(f"at {_places(rule)}")
    others = sum(rule.status == "pass" and rule.rule not in RULE_FIGURES for rule in report.rules)
    if others:
        yield Text(f"{count(others, 'other rule')} {'passes' if others == 1 else 'pass'}")


def _later(report: Report) -> Iterator[RenderableType]:
    """Figures of what came in later, or why there are none."""
    yield from map(line, later_lines(report.scores.later))
    if report.scores.later.measurable:
        yield figures_table(figure_columns(report.scores), FIGURES_TITLE, bounds_in(report))
        yield Text("")


def _places(rule: RuleResult) -> str:
    shown = ", ".join(f"{file}:{number}" for file, number in rule.places[:_MOST_PLACES])
    further = len(rule.places) - _MOST_PLACES
    return f"{shown} and {further:,} more" if further > 0 else shown


def _coverage(report: Report) -> Iterator[RenderableType]:
    against = report.comparison
    for title, moves in (("lost", against.lost), ("gained", against.gained)) if against else ():
        if moves:
            yield line(f"coverage {title}: {_cells(moves)}")
    yield from (
        line(f"coverage: {aim.aim}: {aim.missing}") for aim in report.coverage.aims if not aim.met
    )
    yield from (line(f"retired: {short(one.id)}: {one.reason}") for one in report.retired_before)


def _cells(moves: Sequence[CellMove]) -> str:
    shown = [f"{one.category}/{one.complexity} {_step(one)}" for one in moves[:_MOST_CELLS]]
    more = f" and {len(moves) - _MOST_CELLS} more" if len(moves) > _MOST_CELLS else ""
    return f"{', '.join(shown)}{more}"


def _step(one: CellMove) -> str:
    return " → ".join(map(count_figure, (one.base, one.head)))


def _sides(report: Report) -> Iterator[RenderableType]:
    head = report.head
    if report.comparison is None:
        yield line(f"coefficients {head.version} ({head.revision}), digest {short(head.digest)}")
        return
    base = report.comparison.base
    yield line(
        f"base {base.version} ({base.revision}), {base_words(base)}, digest {short(base.digest)}"
    )
    yield line(f"head {head.version} ({head.revision}), digest {short(head.digest)}")
    if report.comparison.since_anchor is not None:
        yield line(since_anchor_words(report.comparison.since_anchor))
