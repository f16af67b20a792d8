"""A verdict as Markdown for a pull request: what a reviewer must know first, the rest in folds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from coefgate.changes.sample_moves import Correction
from coefgate.gates.verdict import RuleResult
from coefgate.reports.comparison_markdowns import changes_parts, movers_parts, strata_parts
from coefgate.reports.console import SCREEN, count, short
from coefgate.reports.correction_wording import correction_words, field_lines
from coefgate.reports.fallbacks import fallback_sentence
from coefgate.reports.figures import count_figure
from coefgate.reports.from_base_to_head import side_figures, side_titles, stakes_sentence
from coefgate.reports.headlines import headline_words, measured_on
from coefgate.reports.markdown import Part, code, page, place, prose, table_part
from coefgate.reports.metrics import FIGURES_TITLE, figure_columns, figure_rows, later_lines
from coefgate.reports.verdict_figures import (
    RULE_FIGURES,
    bounds_in,
    calls_behind,
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
from coefgate.samples.model import Retirement
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.use_cases.report import CellMove, HeadlineKind, Report

LONGEST: Final = 60_000
"""UTF-16 units; a comment on GitHub takes 65,536."""
_SIGNS: Final[Mapping[HeadlineKind, str]] = {
    "pass": "✅",
    "alone": "☑️",
    "unchanged": "✅",
    "no-worse": "🟡",
    "restore": "↩️",
    "fail": "❌",
    "not-measurable": "⚠️",
}
_MOST_PLACES: Final = 5


def verdict_markdown(report: Report, further: Iterable[Part] = ()) -> str:
    """The page; whatever the registry or the samples say stands in it as text, never as markup.

    ``further``: what follows on the page. Where a screen does not hold it all, the verdict is its
    last line.
    """
    parts = [*_parts(report), *further]
    if sum(part.height for part in parts) >= SCREEN:
        parts.append(Part(100, f"**{_headline(report)}**"))
    return page(parts, LONGEST)


def _headline(report: Report) -> str:
    headline = report.headline
    return (
        f"{_SIGNS[headline.kind]} {prose(headline_words(headline))}{measured_on(report, ', on ')}"
    )


def _parts(report: Report) -> Iterator[Part]:
    against = report.comparison
    yield Part(100, _top(report))
    if against and against.retired:
        title = f"**This change retires {count(len(against.retired), 'sample')}**\n"
        yield Part(85, title, tuple(_retirement(one, new=True) for one in against.retired))
    if against and against.corrected:
        title = f"**This change corrects {count(len(against.corrected), 'stored call')}**\n"
        yield Part(85, title, _corrections(against.corrected))
    if against and against.acknowledged:
        rows = tuple(map(_acknowledged, against.acknowledged))
        yield Part(86, "**This change acknowledges**\n", rows)
    if news := tuple(_bad_news(report)):
        yield Part(98, "**Bad news**\n", news)
    if against:
        yield from changes_parts(against)
    yield from _rules(report)
    yield Part(99, _below_the_rules(report))
    yield from _later(report)
    if against:
        yield from movers_parts(against)
        yield from strata_parts(report)
    yield from _coverage(report)
    yield from _retired_before(report)
    yield Part(99, "### Next\n", tuple(map(_step, report.next)))


def _step(step: str) -> str:
    return f"- {code(step) if step.startswith('coefgate ') else prose(step)}"


def _retirement(one: Retirement, *, new: bool) -> str:
    where = f" {place(one.file, one.line)}" if new else ""
    return f"-{where} {code(one.id)}: {code(one.reason)}"


def _corrections(found: Iterable[Correction]) -> tuple[str, ...]:
    """A row for every correction and for every field; short ones first, so that no long one hides them."""
    return tuple(row for rows in sorted(map(_correction, found), key=len) for row in rows)


def _correction(one: Correction) -> list[str]:
    before, after = one.before.sample, one.after.sample
    by = f"{code(before.id)} by {code(after.id)}"
    told = f"- {place(after.file, after.line)} {by}: {code(correction_words(one))}"
    return [told, *(f"  - {code(field, len(field))}" for field in field_lines(one))]


def _acknowledged(one: GivenReason) -> str:
    return f"- {place(one.file, one.line)} {prose(answer_words(one))}: {code(one.reason)}"


def _top(report: Report) -> str:
    against = report.comparison
    lines = [f"## {_headline(report)}"]
    if red := [rule.rule for rule in report.rules if rule.status != "pass"]:
        lines.append(f"Does not pass: **{'**, **'.join(red)}**")
    if report.stakes:
        lines.append(stakes_sentence(report.stakes, against))
    if fallen := fallback_sentence(report.scores.fallback, code):
        lines.append(f"**Note:** {fallen}")
    if report.restored is not None:
        lines.append(f"**Restore.** {prose(restore_sentence(report.restored))}")
    head = report.head
    if against:
        behind = (
            f", {count(against.base.behind, 'commit')} behind its target"
            if against.base.behind
            else ""
        )
        lines.append(
            f"Coefficients from {code(against.base.version)} (base "
            f"{code(against.base.revision[:12])}, {base_words(against.base, code)}) to "
            f"{code(head.version)} (head {code(head.revision[:12])}{behind}), digest "
            f"{code(short(against.base.digest))} → {code(short(head.digest))}."
        )
    else:
        lines.append(
            f"Coefficients {code(head.version)} ({code(head.revision[:12])}), "
            f"digest {code(short(head.digest))}."
        )
    if against and against.since_anchor:
        lines.append(prose(since_anchor_words(against.since_anchor)))
    lines += [f"**Note:** {prose(note)}" for note in report.notes]
    return "\n\n".join(lines)


def _bad_news(report: Report) -> Iterator[str]:
    for rule, message in bad_news(report):
        yield f"- {whose_coefficients(report)} **{rule.rule}** {prose(rule.required)}: {prose(message)}"
    if skipped := not_asked(report):
        yield f"- Not asked of a restore: {', '.join(skipped)}"


def _rules(report: Report) -> Iterator[Part]:
    """Rules with a figure and those that do not pass, then why; the others are folded away."""
    sides = side_titles(report)
    columns = ("rule", "verdict", *sides, "limit", "n", "95% interval")
    limit = 2 + len(sides)
    figures = [n for n in range(2, len(columns)) if n != limit]
    first = [rule for rule in report.rules if rule.rule in RULE_FIGURES or rule.status != "pass"]
    rows = [_rule_row(rule, report) for rule in first]
    yield table_part(99, columns, rows, figures=figures, above="### Rules")
    if red := [rule for rule in first if rule.status != "pass"]:
        yield Part(97, "**Why**\n", tuple(_red(rule) for rule in red))
    if others := [rule for rule in report.rules if rule not in first]:
        rows = [(rule.rule, f"{rule.n or 0:,}", prose(rule.told)) for rule in others]
        title = f"{count(len(others), 'other rule')} {'passes' if len(others) == 1 else 'pass'}"
        yield table_part(35, ("rule", "n", ""), rows, figures=(1,), fold=title)


def _rule_row(rule: RuleResult, report: Report) -> Sequence[str]:
    figures = report.scores.all
    missed = rule.status == "pass" and not rule.met
    verdict = (
        f"{_SIGNS['no-worse']} pass, missed" if missed else f"{_SIGNS[rule.status]} {rule.status}"
    )
    measured = rule.rule in RULE_FIGURES
    return (
        rule.rule,
        verdict,
        *(side_figures(rule, report) if measured else [""] * len(side_titles(report))),
        prose(rule.limit),
        f"{calls_behind(rule, figures.metrics):,}",
        interval_of(rule, figures) if measured else "",
    )


def _red(rule: RuleResult) -> str:
    text = f"- **{rule.rule}** {SAYS[rule.status]} {prose(rule.required)}: {prose(rule.told)}"
    shown = ", ".join(place(*one) for one in rule.places[:_MOST_PLACES])
    further = len(rule.places) - _MOST_PLACES
    more = f" and {further:,} more" if further > 0 else ""
    return f"{text}\n  - at {shown}{more}; why, and what to do: {code(f'coefgate explain {rule.rule}')}"


def _below_the_rules(report: Report) -> str:
    lines = []
    if report.scores.all.metrics:
        lines.append(f"- {prose(margin_sentence(report.feasible_margin))}")
    return "\n".join([*lines, *(f"- {prose(told)}" for told in later_lines(report.scores.later))])


def _later(report: Report) -> Iterator[Part]:
    """Figures of what came in later, where there are enough phases for them."""
    if report.scores.later.measurable:
        columns = figure_columns(report.scores)
        rows = figure_rows(*columns.values(), bounds=bounds_in(report))
        right = range(1, 1 + len(columns))
        yield table_part(99, ("metric", *columns), rows, figures=right, above=FIGURES_TITLE)


def _coverage(report: Report) -> Iterator[Part]:
    against = report.comparison
    rows = []
    for title, moves in (("lost", against.lost), ("gained", against.gained)) if against else ():
        rows += [_cell_row(title, move) for move in moves]
    if rows:
        columns = ("coverage", "cell", "base", "head")
        yield table_part(70, columns, rows, figures=(2, 3), above="### Coverage")
    if unmet := [aim for aim in report.coverage.aims if not aim.met]:
        columns = ("aim", "wanted", "have", "missing")
        rows = [
            (code(aim.aim), prose(aim.wanted), f"{aim.have:,}", prose(aim.missing))
            for aim in unmet
        ]
        fold = f"Coverage that is aimed at and not reached: {len(unmet)}"
        yield table_part(30, columns, rows, figures=(2,), fold=fold)


def _cell_row(title: str, move: CellMove) -> tuple[str, ...]:
    cell = code(f"{move.category}/{move.complexity}")
    return (title, cell, count_figure(move.base), count_figure(move.head))


def _retired_before(report: Report) -> Iterable[Part]:
    if report.retired_before:
        rows = tuple(_retirement(one, new=False) for one in report.retired_before)
        yield Part(20, "", rows, f"Retired earlier: {count(len(rows), 'sample')}")
