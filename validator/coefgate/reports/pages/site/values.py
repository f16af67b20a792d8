"""All values in one list, part by part of the formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coefgate.registry.key import Key
from coefgate.registry.model import Value
from coefgate.registry.wording import count
from coefgate.reports.estimate_words import PARTS, about_part
from coefgate.reports.figures import count_figure, number_words
from coefgate.reports.page import Cells, Page, Paragraph, TableBlock, plain, whole
from coefgate.reports.pages.explanation import ends_words
from coefgate.reports.pages.site.addresses import TOP, value_page
from coefgate.use_cases.site.contents import SiteContents

_COLUMNS: Final = ("value", "number", "basis", "samples", "interval", "calls", "set on", "by")


def values_page(site: SiteContents) -> Page:
    """A table for each part; each name leads to the page of the value."""
    registry = site.registry
    prior = sum(not value.basis.measured for value in registry.numbers.values())
    yield Paragraph(
        plain(
            f"{count(len(registry.numbers), 'number')}, of which "
            f"{prior:,} {'is' if prior == 1 else 'are'} not based on stored calls. “Calls” are "
            "the scored calls that use a number today; “+” counts those that were cut off."
        )
    )
    for part, (title, _) in PARTS.items():
        rows = [_row(site, key, one) for key, one in registry.numbers.items() if key.part == part]
        if rows:
            heading, about = f"{title}: {len(rows):,}", about_part(part)
            yield from whole(TableBlock(_COLUMNS, rows, heading, about, figures=(1, 3, 5, 6)))


def _row(site: SiteContents, key: Key, value: Value) -> Cells:
    basis = value.basis
    samples = "" if basis.samples is None else f"{basis.samples:,}"
    return (
        TOP.link(value.name, value_page(key)),
        plain(number_words(value.number, key)),
        plain(basis.kind),
        plain(samples),
        plain(ends_words(value)),
        plain(count_figure(site.resting[key].count)),
        *_last(site, key),
    )


def _last(site: SiteContents, key: Key) -> Iterator[str]:
    """When the number was last set, and by whom; as far as git says."""
    life = site.lives.get(key)
    step = life.steps[0] if life and life.steps else None
    if step is None:
        yield from ("", "")
    elif step.commit is None:
        yield from ("not committed", "")
    else:
        by = step.written or step.commit
        yield step.commit.committed_at[:10]
        yield by.author
