"""What categories are called now."""

from __future__ import annotations

from collections.abc import Sequence

from coefgate.changes.renames import Renamed, rename_words
from coefgate.reports.figures import count_words
from coefgate.reports.page import Item, Items, Remark, code, unmarked


def renames_block(found: Sequence[Renamed]) -> Items:
    """Each with what becomes of its calls."""
    return Items(list(map(_item, found)), "Names of categories", section=True, weight=91)


def _item(one: Renamed) -> Item:
    rename, place = rename_words(one.rename, code), (one.rename.file, one.rename.line)
    calls = f"{count_words(one.calls)}; predicted differently: {count_words(one.moved)}"
    remark = Remark("notice", "names of categories", f"{unmarked(rename)}: {calls}.", place)
    return Item(rename, place, nested=[calls], remark=remark)
