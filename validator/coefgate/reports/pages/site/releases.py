"""The releases: versions, dates and digests, and what was withdrawn, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coefgate.registry.wording import count
from coefgate.reports.figures import short
from coefgate.reports.page import (
    Cells,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Words,
    code,
    plain,
    sentence,
    whole,
)
from coefgate.reports.pages.site.start import state_blocks
from coefgate.samples.model import moment
from coefgate.use_cases.releases.overview import ListedRelease, ListedWithdrawal
from coefgate.use_cases.site.contents import SiteContents

_WITHDRAWN: Final = (
    "version",
    "withdrawn on",
    "why",
    "use instead",
    "by",
    "commit",
    "since release",
)


def releases_page(site: SiteContents) -> Page:
    """Each release and whether it stands, then what was withdrawn; the newest first."""
    releases, withdrawals = site.releases.releases, site.releases.withdrawals
    yield from state_blocks(site)
    if not releases and not site.unknown_because:
        yield Paragraph(
            (plain("There is no release yet. To make one: "), code("coefgate release"))
        )
    rows = [_release(site, one) for one in releases]
    columns = ("version", "state", "released on", "commit", "digest")
    if rows:
        about = "Releases that this state contains. Each is an annotated tag with its snapshot."
        yield from whole(TableBlock(columns, rows, count(len(rows), "release"), about))
    unreadable = [
        Item((plain(f"{one.tag.version}: "), one.tag.why)) for one in releases if one.tag.why
    ]
    yield Items(unreadable, title="Tags that cannot be read as releases")
    gone = [_withdrawal(one) for one in withdrawals]
    if gone:
        about = "Runners that follow a channel skip these; runners pinned to one get a warning."
        yield from whole(TableBlock(_WITHDRAWN, gone, f"Withdrawn: {len(gone):,}", about))
    yield Items(list(_commands(site)), title="Next")


def _release(site: SiteContents, one: ListedRelease) -> Cells:
    withdrawn = one.tag.version in site.releases.withdrawn
    state: Words = Span("withdrawn", "fail") if withdrawn else Span("available", "pass")
    made = moment(one.tag.made_at)[:10] if one.tag.made_at else ""
    digest = code(one.digest.removeprefix("sha256:")) if one.digest else "not readable"
    return (
        plain(str(one.tag.version)),
        state,
        plain(made),
        Span(one.tag.commit, "id"),
        digest,
    )


def _withdrawal(one: ListedWithdrawal) -> Cells:
    yank, by = one.yank, one.by
    return (
        plain(str(one.version)),
        plain(yank.date),
        sentence(yank.reason),
        plain(yank.replacement or ""),
        "" if by is None else by.author,
        "" if by is None else code(short(by.id)),
        plain("" if one.release is None else str(one.release)),
    )


def _commands(site: SiteContents) -> Iterator[Item]:
    gone = site.releases.withdrawn
    standing = [one for one in site.releases.releases if one.tag.version not in gone]
    if standing:
        version = standing[0].tag.version
        yield Item((plain("Pin the newest: "), code(f"coefgate pin URL@{version}")))
    if gone:
        yield Item((plain("See who still uses a withdrawn one: "), code("coefgate runners")))
