"""Everything that has a name, in one list: it is read without a script, and narrowed with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from coefgate.gates.rules import RULES
from coefgate.registry.wording import count
from coefgate.reports.estimate_words import unit_words
from coefgate.reports.figures import call_words, cell_words, number_words, short
from coefgate.reports.page import Item, Items, Page, Paragraph, plain
from coefgate.reports.pages.site.addresses import CALLS, RELEASES, TOP, rule_page, value_page
from coefgate.reports.pages.site.markdown_words import first_sentence
from coefgate.use_cases.site.contents import SiteContents

MOST_ENTRIES: Final = 10_000
"""Calls and values that are listed; a page with more is too large to open on a telephone."""


def search_page(
    site: SiteContents, sections: Mapping[str, str], places: Mapping[str, str]
) -> Page:
    """Values, rules, releases, origins and calls; ``places``: of calls, by id."""
    yield Paragraph(
        "Every value, rule, release and call on this site. With scripts, type words above the "
        "list to narrow it; without them, use your browser's search."
    )
    yield Items(list(_values(site)), title=count(len(site.registry.numbers), "value"))
    yield Items(list(_rules(sections)), title=count(len(RULES), "rule"))
    yield Items(list(_releases(site)), title="Releases")
    yield Items(list(_origins(site)), title="Origins of calls")
    most = max(1, MOST_ENTRIES - len(site.registry.numbers))
    more = f"{len(places) - most:,} older calls are not listed here, but on the pages of calls."
    yield Items(
        list(_calls(site, dict(list(places.items())[-most:]))),
        title=count(len(places), "call"),
        further=more if len(places) > most else "",
    )


def _values(site: SiteContents) -> Iterator[Item]:
    for key, value in site.registry.numbers.items():
        words = f"{number_words(value.number, key)} {unit_words(key)}".strip()
        yield Item(
            (TOP.link(value.name, value_page(key)), plain(f": {words}, {value.basis.kind}"))
        )


def _rules(sections: Mapping[str, str]) -> Iterator[Item]:
    for rule in RULES:
        asks = first_sentence(sections.get(rule, ""))
        yield Item((TOP.link(rule, rule_page(rule)), plain(": "), *asks))


def _releases(site: SiteContents) -> Iterator[Item]:
    gone = site.releases.withdrawn
    for one in site.releases.releases:
        state = "withdrawn: " if one.tag.version in gone else "commit "
        said = (
            gone[one.tag.version].yank.reason if one.tag.version in gone else short(one.tag.commit)
        )
        yield Item((TOP.link(str(one.tag.version), RELEASES), plain(f": {state}"), said))
    known = {one.tag.version for one in site.releases.releases}
    for version, lost in gone.items():
        if version not in known:
            link = TOP.link(str(version), RELEASES)
            yield Item((link, plain(": withdrawn: "), lost.yank.reason))


def _origins(site: SiteContents) -> Iterator[Item]:
    for one in site.origins:
        yield Item((TOP.link(one.name, CALLS), plain(f": {count(one.lines, 'stored line')}")))


def _calls(site: SiteContents, places: Mapping[str, str]) -> Iterator[Item]:
    for one in site.report.scores.predicted.evidence.given:
        if (place := places.get(one.sample.id)) is not None:
            words = f"{call_words(one.sample)}, {cell_words(one.sample)}, "
            yield Item((TOP.link(one.sample.id, place, "id"), ": ", words, plain(one.status)))
