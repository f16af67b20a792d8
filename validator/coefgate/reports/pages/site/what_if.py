"""Other numbers, tried in the page: the same arithmetic as that of ``coefgate try``."""

from __future__ import annotations

from coefgate.reports.page import Page, Paragraph, code, plain
from coefgate.reports.pages.live_what_if import live_block
from coefgate.use_cases.site.contents import SiteContents


def what_if_page(site: SiteContents) -> Page:
    """What it is for, and the live what-if itself."""
    yield Paragraph(
        (
            plain("Without scripts, use these commands in a clone of the registry: "),
            *(code("coefgate try NAME=NUMBER"), plain(" and "), code("coefgate estimate")),
            plain("."),
        )
    )
    evidence = site.report.scores.predicted.evidence
    yield live_block(site.report.head, evidence, title="Other numbers")
