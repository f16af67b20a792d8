"""The first page: what this is, what the registry is worth today, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from coefgate.registry.wording import count, first_of, listed
from coefgate.reports.figures import count_words, short
from coefgate.reports.page import (
    Item,
    Items,
    Page,
    Paragraph,
    Sign,
    TableBlock,
    Title,
    code,
    plain,
    strong,
)
from coefgate.reports.pages.fallback import fallback_words
from coefgate.reports.pages.headline import measured_on, no_calls_words, stakes_sentence
from coefgate.reports.pages.metrics import figure_columns, figures_table
from coefgate.reports.pages.rules import bounds_in, limits_table
from coefgate.reports.pages.site import addresses
from coefgate.reports.pages.site.addresses import NAVIGATION, TOP, rule_page
from coefgate.reports.pages.verdict_in_full import drawn_verdict, whole_strata
from coefgate.use_cases.report import Report
from coefgate.use_cases.site.contents import SiteContents

_MOST_FILES: Final = 8


def start_page(site: SiteContents) -> Page:
    """The verdict first, then what it is about, figures on unseen calls, and where to go on."""
    report = site.report
    yield _verdict(report)
    yield Paragraph(
        "This registry predicts how many output tokens a call of an LLM coding agent needs, "
        "before the call is made. Every number has a basis and a history, and every change is "
        "judged on stored real calls before it is merged."
    )
    yield from state_blocks(site)
    if report.stakes:
        yield Paragraph(plain(stakes_sentence(report.stakes)))
    if fallen := fallback_words(report.scores.fallback):
        yield Paragraph(fallen, emphasis="warning")
    yield _limits(report)
    yield Items(
        [Item((strong(one.rule), plain(": "), one.message)) for one in report.rules if not one.met]
    )
    columns = figure_columns(report.scores)
    if columns:
        yield figures_table(columns, bounds_in(report), "Figures")
    if "unseen run" in columns:
        yield Paragraph(
            "Quote “unseen run”: each run of calls is left out in turn, everything is fitted "
            "without it, and its calls are predicted. “Fitted” scores the numbers on the calls "
            "that they were fitted to, which looks better than new work will."
        )
    yield from drawn_verdict(report)
    yield from whole_strata(report)
    yield Items(list(_further(site)), title="More pages")


def _verdict(report: Report) -> Title:
    words, sign = _words(report)
    return Title(words, sign, measured_on(report))


def _words(report: Report) -> tuple[str, Sign]:
    if report.headline == "no-calls":
        return no_calls_words(report.scores), "no-calls"
    if report.scores.all.metrics is None:
        return "Not measurable: no stored call is scored", "not-measurable"
    if unmet := [one.rule for one in report.rules if not one.met]:
        words = f"Misses {len(unmet)} of {len(report.rules)} limits: {listed(unmet)}"
        known = report.verdict == "pass"
        return words, "no-worse" if known else report.headline
    return f"Meets the {len(report.rules)} limits", "alone"


def state_blocks(site: SiteContents) -> Iterator[Paragraph]:
    """Which state is shown, and what of it is not committed."""
    head, source = site.report.head, site.source
    said = [plain("Coefficients "), code(head.version)]
    if source.commit:
        on = "the files in the folder, on commit" if source.changed else "commit"
        when = source.committed_at[:10]
        said += [plain(f", {on} "), code(short(source.commit)), plain(f" of {when}")]
    yield Paragraph([*said, plain(", digest "), code(short(head.digest)), plain(".")])
    if source.changed:
        files = first_of(source.changed, _MOST_FILES)
        yield Paragraph(
            f"Not committed: {files}. This page shows the files as they are in the folder.",
            emphasis="warning",
        )
    elif site.unknown_because:
        yield Paragraph(f"No history is shown: {site.unknown_because}", emphasis="warning")
    if site.cut:
        yield Paragraph(f"The history is not complete: {site.cut}", emphasis="warning")


def _limits(report: Report) -> TableBlock:
    """The four limits, each leading to what its rule asks."""
    table = limits_table(report, "wide")
    rows = [
        (TOP.link(rule.rule, rule_page(rule.rule), "plain"), *cells[1:])
        for rule, cells in zip(report.rules, table.cells, strict=True)
    ]
    about = "This state by itself, on its stored calls."
    return replace(
        table, rows=rows, title="The limits, and where the registry stands", about=about
    )


def _further(site: SiteContents) -> Iterator[Item]:
    registry, releases = site.registry, site.releases
    scored = site.report.scores.all.calls.count
    stored = len(site.report.scores.predicted.evidence.given)
    number, gone = len(releases.releases), len(releases.withdrawals)
    released = f"{count(number, 'release')}, {gone:,} withdrawn" if number or gone else "none yet"
    for address, words in (
        (
            addresses.VALUES,
            f"{count(len(registry.numbers), 'number')}, each with its basis, history and calls",
        ),
        (
            addresses.CALLS,
            f"{count(stored, 'stored call')}; scored are {count_words(scored)}; coverage",
        ),
        (addresses.RELEASES, released),
        (addresses.GATES, "what each rule requires, and what to do if it fails"),
        (addresses.WHAT_IF, "try other numbers, and estimate a call"),
        (addresses.SEARCH, "every value, rule, release and call in one list"),
    ):
        title = NAVIGATION[address]
        yield Item((TOP.link(title, address, "plain"), plain(": "), plain(words)))
