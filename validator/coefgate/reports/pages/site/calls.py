"""The stored calls: what they are good for, where they come from, what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coefgate.registry.wording import count
from coefgate.replay.scores import ScoredCall
from coefgate.reports.figures import call_words, cell_words, count_words
from coefgate.reports.page import (
    MOST_ROWS,
    Cells,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    code,
    plain,
    sentence,
    whole,
)
from coefgate.reports.pages.audit import label_lines, origin_lines, statuses_table
from coefgate.reports.pages.coverage import aims_table, cells_tables
from coefgate.reports.pages.fallback import fallback_lines
from coefgate.reports.pages.movers import actual_tokens
from coefgate.reports.pages.site.addresses import TOP, anchor, calls_page
from coefgate.samples.coverage import CoveredCell
from coefgate.samples.status import SCORED, Audited, counts_by_label_origin, counts_by_origin
from coefgate.use_cases.site.contents import SiteContents

_CALL_COLUMNS: Final = (
    *("sample", "call", "kind of work", "predicted", "actual", "observed"),
    *("model", "origin", "status"),
)


def calls_overview(site: SiteContents, places: Mapping[str, str]) -> Page:
    """How many calls have each status, from where, what they cover, and what was taken out.

    ``places``: of calls, by their ids.
    """
    report, audited = site.report, _audited(site)
    scored = count_words(report.scores.all.calls.count)
    yield Paragraph(plain(f"{count(len(audited), 'stored call')}; scored: {scored}."))
    yield _pages(len(audited))
    yield statuses_table(audited, "Which of them count")
    yield from fallback_lines(report.scores.fallback)
    yield from _origins(site)
    yield from origin_lines(counts_by_origin(audited))
    yield from label_lines(counts_by_label_origin(audited))
    yield from cells_tables(
        report.coverage, site.registry.complexities, ("The newest of them, in UTC", _newest)
    )
    yield aims_table(report.coverage)
    yield from _taken_out(site, places)


def _audited(site: SiteContents) -> Sequence[Audited]:
    return site.report.scores.predicted.evidence.given


def _pages(calls: int) -> Items:
    rows = [
        Item((TOP.link(_range(number, calls), calls_page(number), "plain"),))
        for number in range(1, page_count(calls) + 1)
    ]
    return Items(rows, title="Every call, the oldest first", fold=len(rows) > 20)


def page_count(calls: int) -> int:
    """Pages that list so many calls."""
    return -(-calls // MOST_ROWS)


def _range(number: int, calls: int) -> str:
    first = (number - 1) * MOST_ROWS + 1
    return f"calls {first:,} to {min(number * MOST_ROWS, calls):,}"


def _newest(cell: CoveredCell | None) -> str:
    return "–" if cell is None or cell.newest is None else cell.newest.isoformat()


def _origins(site: SiteContents) -> Page:
    rows: list[Cells] = [
        (code(one.name), plain(f"{one.lines:,}"), plain(count_words(one.calls)))
        for one in site.origins
    ]
    if rows:
        yield TableBlock(
            ("origin", "stored lines", "scored"),
            rows,
            "Where they come from",
            "samples/README.md is where a registry states the licence of each.",
            figures=(1,),
        )


def _taken_out(site: SiteContents, places: Mapping[str, str]) -> Iterator[TableBlock]:
    """Lines that are no longer scored, or say something else than they did, each with why."""
    store = site.report.head.store

    def line(identity: str) -> Span:
        place = places.get(identity)
        return TOP.link(identity, place, "id") if place else Span(identity, "id")

    superseded = [
        (line(one.supersedes), line(one.id), code(f"{one.file}:{one.line}"))
        for one in store.samples
        if one.supersedes
    ]
    retired = [
        (line(one.id), sentence(one.reason), code(f"{one.file}:{one.line}"))
        for one in store.retired.values()
    ]
    erased = [
        (
            line(one.id),
            line(one.by),
            sentence(one.reason),
            code(f"{one.file}:{one.line}"),
        )
        for one in store.erased.values()
    ]
    for title, about, columns, rows in (
        (
            "Retired",
            "No longer scored, for base and head alike.",
            ("sample", "why", "set in"),
            retired,
        ),
        (
            "Corrected",
            "A correction is a new line; the line that it corrects is no longer scored.",
            ("line", "corrected by", "stored in"),
            superseded,
        ),
        (
            "Erased",
            "Names in these lines were replaced by salted ones.",
            ("line", "replaced by", "why", "set in"),
            erased,
        ),
    ):
        if rows:
            table = TableBlock(
                columns, rows, f"{title}: {len(rows):,}", about, fold=len(rows) > 20
            )
            yield from whole(table)


# --- The list of all calls, page by page


def calls_list(site: SiteContents, scored: Mapping[str, ScoredCall], number: int) -> Page:
    """The calls of the page with this number; ``scored``: their predictions, by id."""
    audited = _audited(site)
    first = (number - 1) * MOST_ROWS
    yield TableBlock(
        _CALL_COLUMNS,
        [_row(one, scored.get(one.sample.id)) for one in audited[first : first + MOST_ROWS]],
        f"{_range(number, len(audited)).capitalize()} of {len(audited):,}",
        figures=(3, 4, 5),
    )


def _row(one: Audited, scored: ScoredCall | None) -> Cells:
    sample = one.sample
    return (
        Span(sample.id, "id", anchor=anchor(sample.id)),
        code(call_words(sample)),
        code(cell_words(sample)),
        plain("" if scored is None else f"{scored.predicted:,}"),
        plain(actual_tokens(sample, at_least=one.status == "censored")),
        plain((sample.observed_at or "")[:10]),
        code(sample.model) if sample.model else "",
        code(sample.origin),
        (plain(one.status), plain(": "), one.reason) if one.status not in SCORED else one.status,
    )
