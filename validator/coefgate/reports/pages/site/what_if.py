"""Other numbers, tried in the page: the same arithmetic as that of ``coefgate try``."""

from __future__ import annotations

from functools import partial

from coefgate.reports.page import LiveBlock, Page, Paragraph, code, plain
from coefgate.use_cases.site.contents import SiteContents
from coefgate.whatif.live_data import live_data


def what_if_page(site: SiteContents) -> Page:
    """What it is for, and the live what-if itself."""
    yield Paragraph(
        (
            plain("Where no script may run, a clone of the registry answers the same: "),
            *(code("coefgate try NAME=NUMBER"), plain(" and "), code("coefgate estimate")),
            plain("."),
        )
    )
    head, evidence = site.report.head, site.report.scores.predicted.evidence
    yield LiveBlock(partial(live_data, head.registry, evidence, version=head.version))
