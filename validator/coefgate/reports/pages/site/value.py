"""One value: what it is and rests on, every number that it had, and the calls that it decides."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from coefgate.registry.key import Key
from coefgate.registry.model import Value
from coefgate.registry.number_history import NumberHistory
from coefgate.replay.scores import ScoredCall
from coefgate.reports.charts.history import history_chart
from coefgate.reports.estimate_words import PARTS, unit_words
from coefgate.reports.figures import count_words, further, number_words
from coefgate.reports.page import (
    Cells,
    ChartBlock,
    Item,
    Items,
    Page,
    Paragraph,
    TableBlock,
    code,
    plain,
)
from coefgate.reports.pages.explanation import ends_words
from coefgate.reports.pages.history import history_table
from coefgate.reports.pages.replay import CALL_COLUMNS, call_row
from coefgate.reports.pages.site.addresses import BELOW, WHAT_IF
from coefgate.use_cases.site.contents import SiteContents

_BASIS: Final = {
    "prior": "prior, a published figure that is not based on stored calls",
    "fit": "fit, from stored calls",
    "correction": "correction of a value that was wrong when it was written",
}


MOST_CHARTS: Final = 40
"""Histories that are drawn: to draw one takes as long as to write twenty pages."""


def drawn_keys(lives: Mapping[Key, NumberHistory]) -> frozenset[Key]:
    """The numbers whose history is drawn: of those that changed the ones that did most often."""
    changed = [key for key, life in lives.items() if len(life.steps) > 1]
    changed.sort(key=lambda key: -len(lives[key].steps))
    return frozenset(changed[:MOST_CHARTS])


def value_blocks(
    site: SiteContents, key: Key, places: Mapping[str, str], *, drawn: bool = True
) -> Page:
    """``places``: of calls, by their ids. ``drawn``: is the history drawn as well?"""
    value = site.registry.numbers[key]
    unit = unit_words(key)
    yield Paragraph(plain(f"{number_words(value.number, key)} {unit}".strip()), emphasis="strong")
    yield Paragraph(plain(PARTS[key.part][1]))
    yield Items(list(_facts(value)), title="What it is based on")
    yield from _history(site, key, drawn=drawn)
    yield from _calls(site, key, places)
    command = shlex.join(("coefgate", "try", "--range", value.name))
    yield Items(
        [
            Item((BELOW.link("What if", WHAT_IF, "plain"), plain(": try another number here"))),
            Item((plain("Show in a clone which other numbers would pass: "), code(command))),
        ],
        title="Next",
    )


def _facts(value: Value) -> Iterator[Item]:
    key, basis, answer = value.key, value.basis, value.acknowledge
    yield Item(plain("Set in"), (value.file, value.line))
    yield Item((plain("Basis: "), plain(_BASIS[basis.kind])))
    if basis.samples is not None:
        yield Item(
            plain(f"Stored calls that it was based on when it was written: {basis.samples:,}")
        )
    if basis.interval is not None:
        yield Item(plain(f"Interval: {ends_words(value)}"))
    yield Item((plain("Documented in: "), code(basis.reference)))
    if answer is not None:
        before, now = (number_words(one, key) for one in (answer.previous, answer.current))
        yield Item(plain(f"Acknowledged: {before} → {now}"), after=answer.reason)


def _history(site: SiteContents, key: Key, *, drawn: bool) -> Page:
    life = site.lives.get(key)
    if life is None or not life.steps:
        why = site.unknown_because or "no commit has it"
        yield Paragraph(f"Its history is unknown: {why}", label="history")
        return
    yield history_table(life, "Every number that it has had")
    if drawn:
        yield ChartBlock(partial(history_chart, life), "The same, drawn")


def _calls(site: SiteContents, key: Key, places: Mapping[str, str]) -> Page:
    resting = site.resting[key]
    if not resting.first:
        yield Paragraph(
            "No scored call uses it, so the figures of this registry say nothing about it."
        )
        return
    shown, every = len(resting.first), resting.count.scored
    command = shlex.join(("coefgate", "explain", key.name, "--format", "json"))
    yield TableBlock(
        CALL_COLUMNS,
        [_row(one, places) for one in resting.first],
        f"The calls that use it: {count_words(resting.count)}",
        "The largest error comes first. Calls that were cut off come last; they needed at least "
        "the tokens shown.",
        figures=range(3, 7),
        further=further(range(every), shown, command),
    )


def _row(call: ScoredCall, places: Mapping[str, str]) -> Cells:
    identity = call.audited.sample.id
    return (BELOW.link(identity, places[identity], "id"), *call_row(call)[1:])
