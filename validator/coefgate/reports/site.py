"""The site of a registry as files: the same contents give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coefgate.core.counting import counted
from coefgate.gates.rules import RULES
from coefgate.reports.figures import short
from coefgate.reports.page import Page
from coefgate.reports.pages.site import addresses
from coefgate.reports.pages.site.addresses import BELOW, NAVIGATION, TOP, Way
from coefgate.reports.pages.site.calls import calls_list, calls_overview, page_count
from coefgate.reports.pages.site.gates import gates_page, rule_blocks
from coefgate.reports.pages.site.releases import releases_page
from coefgate.reports.pages.site.search import search_page
from coefgate.reports.pages.site.start import start_page
from coefgate.reports.pages.site.value import drawn_keys, value_blocks
from coefgate.reports.pages.site.values import values_page
from coefgate.reports.pages.site.what_if import what_if_page
from coefgate.reports.render.html import Frame, Link, html
from coefgate.use_cases.help_topics import rule_sections
from coefgate.use_cases.site.contents import SiteContents

_TITLE: Final = "A registry of output-token coefficients"
_STYLES: Final = ("report.css", "site.css")


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page: its ``address``, the one of ``NAVIGATION`` that it belongs to, and what it says."""

    address: str
    title: str
    below: str
    blocks: Page
    scripts: tuple[str, ...] = ()

    @property
    def way(self) -> Way:
        """From here to other pages."""
        return BELOW if "/" in self.address else TOP


def site_files(site: SiteContents) -> Iterator[tuple[str, bytes]]:
    """Each page as a file, by its way from the folder of the site."""
    foot = _foot(site)
    for page in counted(site_pages(site), "pages"):
        up = page.way.up
        frame = Frame(
            title=page.title,
            navigation=[
                Link(words, f"{up}{to}", current=to == page.below)
                for to, words in NAVIGATION.items()
            ],
            foot=foot,
            styles=_STYLES,
            scripts=page.scripts,
        )
        yield page.address, f"{html(page.blocks, frame)}\n".encode()


def site_pages(site: SiteContents) -> Iterator[SitePage]:
    """Every page of the site, each made when it is asked for."""
    sections = rule_sections()
    scores = site.report.scores
    given = scores.predicted.evidence.given
    places = addresses.call_places(one.sample.id for one in given)
    scored = {one.audited.sample.id: one for one in scores.scored}
    yield SitePage(addresses.START, _TITLE, addresses.START, start_page(site))
    yield _top(addresses.VALUES, values_page(site))
    drawn = drawn_keys(site.lives)
    for key, value in site.registry.numbers.items():
        blocks = value_blocks(site, key, places, drawn=key in drawn)
        yield SitePage(addresses.value_page(key), value.name, addresses.VALUES, blocks)
    yield _top(addresses.CALLS, calls_overview(site, places))
    for number in range(1, page_count(len(given)) + 1):
        address, blocks = addresses.calls_page(number), calls_list(site, scored, number)
        yield SitePage(address, f"Calls, page {number}", addresses.CALLS, blocks)
    yield _top(addresses.RELEASES, releases_page(site))
    yield _top(addresses.GATES, gates_page(site, sections))
    for rule in RULES:
        blocks = rule_blocks(site, rule, sections.get(rule, ""))
        yield SitePage(addresses.rule_page(rule), f"Gate: {rule}", addresses.GATES, blocks)
    yield _top(addresses.WHAT_IF, what_if_page(site))
    yield _top(addresses.SEARCH, search_page(site, sections, places), "filter.js")


def _top(address: str, blocks: Page, *scripts: str) -> SitePage:
    return SitePage(address, NAVIGATION[address], address, blocks, scripts)


def _foot(site: SiteContents) -> str:
    head, source = site.report.head, site.source
    commit = f", commit {short(source.commit)}" if source.commit else ""
    changed = " with files that are not committed" if source.changed else ""
    return f"Coefficients {head.version}{commit}{changed}, digest {short(head.digest)}."
