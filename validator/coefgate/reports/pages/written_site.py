"""What was written: how many pages, of which state, and how to look at them."""

from __future__ import annotations

import shlex
from typing import Any

from coefgate.registry.wording import count
from coefgate.reports.figures import short
from coefgate.reports.page import Item, Items, Page, Paragraph, code, plain
from coefgate.reports.pages.site.addresses import START
from coefgate.reports.render.json import picked
from coefgate.use_cases.site.contents import SiteContents
from coefgate.use_cases.site.folder import MANIFEST, WrittenSite


def written_page(site: SiteContents, written: WrittenSite) -> Page:
    """The state, the pages and their size; then where to begin to read."""
    head, source = site.report.head, site.source
    size = sum(written.files.values()) / 1e6
    pages = f"{count(len(written.files), 'page')}, {size:.1f} MB"
    new = f"{len(written.changed):,} new or changed, {len(written.removed):,} removed"
    yield Paragraph((plain(f"{pages} in "), code(str(written.folder)), plain(f": {new}")))
    of = f", commit {short(source.commit)}" if source.commit else ""
    changed = f", {count(len(source.changed), 'file')} not committed" if source.changed else ""
    words = f"coefficients {head.version}{of}{changed}, digest {short(head.digest)}"
    yield Paragraph(words)
    yield Items([Item(("open ", code(shlex.quote(str(written.folder / START)))))], label="next")


def written_dict(site: SiteContents, written: WrittenSite) -> dict[str, Any]:
    """The state, and every file with its size in bytes."""
    return {
        "registry": picked(site.report.head, "version", "revision", "digest"),
        "commit": site.source.commit,
        "not_committed": list(site.source.changed),
        "folder": str(written.folder),
        "manifest": MANIFEST,
        "files": [
            {"file": name, "bytes": size, "changed": name in written.changed}
            for name, size in written.files.items()
        ],
        "removed": list(written.removed),
    }
