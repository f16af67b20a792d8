"""The topics of ``coefgate help``."""

from __future__ import annotations

from collections.abc import Iterable

from coefgate.reports.page import GAP, Page, Paragraph, code, joined, plain


def topics_page(commands: Iterable[str], rules: Iterable[str], words: Iterable[str]) -> Page:
    """Each kind of topic with its names."""
    yield Paragraph((plain("One topic at a time: "), code("coefgate help TOPIC")))
    for label, names in (("commands", commands), ("rules", rules), ("words", words)):
        yield GAP
        yield Paragraph(joined(map(plain, names)), label=label)
