"""A verdict: what it comes to first, then what is bad, what changed, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from coefgate.changes.sample_moves import Correction
from coefgate.registry.number_history import NumberHistory
from coefgate.registry.wording import count
from coefgate.replay.attainability import attainability
from coefgate.replay.e_value import LOUD_FROM
from coefgate.reports.page import (
    GAP,
    TELLER,
    Details,
    Item,
    Items,
    Page,
    Paragraph,
    Remark,
    Span,
    Title,
    code,
    joined,
    plain,
    strong,
    unmarked,
)
from coefgate.reports.pages.approval import approval_blocks
from coefgate.reports.pages.attainability import attainability_lines
from coefgate.reports.pages.baselines import baselines_blocks
from coefgate.reports.pages.brief_rules import brief_rules_blocks
from coefgate.reports.pages.correction import correction_words, field_lines
from coefgate.reports.pages.coverage import moved_coverage_blocks
from coefgate.reports.pages.effects import answer_words, changed_block, changes_blocks
from coefgate.reports.pages.fallback import fallback_words
from coefgate.reports.pages.headline import headline_words, measured_on, stakes_sentence
from coefgate.reports.pages.live_what_if import live_block
from coefgate.reports.pages.metrics import (
    e_value_words,
    figure_columns,
    figures_table,
    later_lines,
    spread_words,
    unseen_lines,
)
from coefgate.reports.pages.movers import moved_strata_blocks, movers_blocks
from coefgate.reports.pages.rules import RULE_FIGURES, bad_news, bounds_in, rules_blocks
from coefgate.reports.pages.sides import judging_state, sides_blocks
from coefgate.reports.pages.verdict_in_full import drawn_verdict, in_full_blocks
from coefgate.samples.model import Erasure, Retirement
from coefgate.use_cases.report import Report
from coefgate.whatif.feasible_margin import FeasibleMargin

_LONGEST_VALUE: Final = 60
"""Characters of a value, so that every field of a correction but many files fits in a remark."""
_LONGEST_CORRECTION: Final = 3900


def verdict_page(report: Report, histories: Sequence[NumberHistory] = ()) -> Page:
    """The page; what compares with a base is left out where there is none.

    ``histories``: of the numbers that change, for formats that have room for them.
    """
    against, notes = report.comparison, [Paragraph(one, label="note") for one in report.notes]
    yield _title(report)
    if red := [strong(rule.rule) for rule in report.rules if rule.status != "pass"]:
        yield Paragraph((plain("Does not pass: "), *joined(red)), width="wide")
    if report.stakes:
        yield Paragraph(plain(stakes_sentence(report.stakes, against)))
    yield from judging_state(report)
    if against:
        yield from changed_block(against)
    if fallen := fallback_words(report.scores.fallback):
        remark = Remark("warning", "the fallback serves calls", f"{unmarked(fallen)}.")
        yield Paragraph(fallen, emphasis="warning", remark=remark)
    yield GAP
    if report.restored is not None:
        yield Paragraph(_restore_sentence(report.restored), emphasis="strong")
    # A terminal is read from its end, a page from its top.
    yield Details(partial(sides_blocks, report, "wide"))
    yield from (replace(one, width="wide") for one in notes)
    yield from _said_loudly(report)
    if against:
        yield from changes_blocks(against)
    yield from brief_rules_blocks(report)
    yield from rules_blocks(report)
    yield from approval_blocks(report)
    yield from drawn_verdict(report)
    yield Details(partial(_figures, report))
    yield from in_full_blocks(report, histories)
    yield Details(partial(sides_blocks, report, "narrow"))
    yield from (replace(one, width="narrow", remark=Remark("warning", TELLER)) for one in notes)
    steps = [Item(code(one.words) if one.is_command else one.words) for one in report.next]
    yield Items(steps, title="Next", label="next", section=True, unbroken=True)
    yield live_block(report.head, report.scores.predicted.evidence)


def _figures(report: Report) -> Page:
    """All that was measured, beyond what the rules are held against."""
    rows = [Item(words) for words in _below_the_rules(report)]
    yield Items(rows, title="Also measured")
    if report.scores.later.measurable or report.scores.unseen:
        yield figures_table(figure_columns(report.scores), bounds_in(report))
    yield from baselines_blocks(report.baselines, report.scores, bounds_in(report))
    if report.comparison:
        yield from movers_blocks(report.comparison.movers)
        yield from moved_strata_blocks(report)
    yield from moved_coverage_blocks(report)


def _title(report: Report) -> Title:
    """The headline, and a remark for who sees nothing else."""
    words, on = headline_words(report), measured_on(report)
    said = [f"{words}, on {on}." if on else f"{words}."]
    if report.restored is not None:
        said.append(_restore_sentence(report.restored))
    if report.stakes is not None:
        said.append(stakes_sentence(report.stakes, report.comparison))
    return Title(words, report.headline, on, Remark("notice", TELLER, " ".join(said)))


def _restore_sentence(commit: str) -> str:
    return (
        f"This change restores the coefficients of {commit[:12]}. Today's figures are shown, but "
        "block nothing."
    )


def _said_loudly(report: Report) -> Page:
    news = [
        Item(
            (
                *(plain(f"{whose} "), strong(rule.rule), f" {rule.required}: {first}"),
                *(f" {one}" for one in more),
            ),
            remarks=[Remark("warning", f"{rule.rule} is missed", place=(rule.file, rule.line))],
        )
        for rule, (first, *more), whose in bad_news(report)
    ]
    bet = report.scores.later.e_value
    if bet is not None and bet >= LOUD_FROM:
        remark = Remark("warning", "prospective calls are missed", e_value_words(bet))
        news.append(Item(plain(e_value_words(bet)), remarks=[remark]))
    yield Items(news, title="Bad news", label="BAD NEWS", emphasis="warning", weight=98)
    if skipped := [rule.rule for rule in report.missed if rule.rule not in RULE_FIGURES]:
        yield Items(
            [Item(plain(", ".join(skipped)))],
            title="Not asked of a restore",
            label="not asked of a restore",
            weight=98,
        )
    against = report.comparison
    if against is None:
        return
    retired = list(map(_retired, against.retired))
    # Short ones first, so that no long one hides them where a page is too long.
    corrected = sorted(map(_corrected, against.corrected), key=lambda one: len(one.nested))
    reasons = [
        Item(answer_words(one), (one.file, one.line), code(one.reason))
        for one in against.acknowledged
    ]
    erased = list(map(_erased, against.erased))
    calls, lines = count(len(corrected), "stored call"), count(len(erased), "stored line")
    for rows, does, label, weight in (
        (retired, f"retires {count(len(retired), 'sample')}", "RETIRED by this change", 85),
        (corrected, f"corrects {calls}", "CORRECTED by this change", 85),
        (erased, f"erases names in {lines}", "ERASED by this change", 85),
        (reasons, "acknowledges", "ACKNOWLEDGED", 86),
    ):
        title = f"This change {does}"
        yield Items(rows, title=title, label=label, emphasis="strong", weight=weight)


def _retired(one: Retirement) -> Item:
    message = f"Sample {one.id} is no longer scored: {one.reason}"
    remark = Remark("warning", "retired by this change", message)
    return Item(Span(one.id, "id"), (one.file, one.line), code(one.reason), remarks=[remark])


def _erased(one: Erasure) -> Item:
    message = f"Sample {one.id} has salted names, and is {one.by} now: {one.reason}"
    remark = Remark("warning", "erased by this change", message)
    words = (Span(one.id, "id"), plain(" by "), Span(one.by, "id"))
    return Item(words, (one.file, one.line), code(one.reason), remarks=[remark])


def _corrected(one: Correction) -> Item:
    before, after = one.before.sample, one.after.sample
    return Item(
        (Span(before.id, "id"), plain(" by "), Span(after.id, "id")),
        (after.file, after.line),
        code(correction_words(one)),
        [code(field, longest=len(field)) for field in field_lines(one)],
        remarks=[Remark("warning", "corrected by this change", _told_otherwise(one))],
    )


def _told_otherwise(one: Correction) -> str:
    """A correction with a line for each field, as many as a remark holds."""
    told = f"A stored call is recorded differently: {correction_words(one)}"
    lines = field_lines(one, _LONGEST_VALUE)
    for number, line in enumerate(lines):
        if len(told) + len(line) > _LONGEST_CORRECTION:
            more = count(len(lines) - number, "more line")
            return f"{told}\nand {more}: the report has all of them."
        told += f"\n{line}"
    return told


def _below_the_rules(report: Report) -> Iterator[str]:
    if report.scores.all.metrics:
        yield _margin_sentence(report.feasible_margin)
        yield f"spread: {spread_words(report.scores.all)}; less distinguishes calls better"
    yield from attainability_lines(attainability(report.scores, bounds_in(report)))
    yield from unseen_lines(report.scores.unseen)
    yield from later_lines(report.scores.later)


def _margin_sentence(margin: FeasibleMargin | None) -> str:
    """Which single safety margin would meet the limits of the four rules that compare figures."""
    meets = "meets the four limits on these calls"
    if margin is None:
        return f"feasible margin: none; no single safety margin {meets}"
    low, high = margin.low / 1000, margin.high / 1000
    rest = "" if margin.whole else ", and some others"
    return f"feasible margin: any single safety margin from {low:g} to {high:g}{rest} {meets}"
