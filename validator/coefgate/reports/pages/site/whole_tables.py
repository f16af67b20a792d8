"""Tables of any length, as several that are each no longer than a browser lays out at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coefgate.reports.page import TableBlock
from coefgate.reports.pages.site.addresses import CALLS_A_PAGE


def whole(block: TableBlock) -> Iterator[TableBlock]:
    """``block``, or one for each ``CALLS_A_PAGE`` of its rows, which their titles say."""
    rows = block.cells
    if len(rows) <= CALLS_A_PAGE:
        yield block
        return
    for first in range(0, len(rows), CALLS_A_PAGE):
        some = rows[first : first + CALLS_A_PAGE]
        title = f"{block.title}, {first + 1:,} to {first + len(some):,} of {len(rows):,}"
        about = "" if first else block.about
        yield replace(block, rows=some, title=title, about=about)
