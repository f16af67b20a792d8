"""What was done with a store of records."""

from __future__ import annotations

from coefgate.reports.page import Page, Paragraph, Words, code
from coefgate.use_cases.telemetry_store import MadeStore


def made_page(made: MadeStore) -> Page:
    """What became of the store."""
    where = code(made.address.shown)
    words: Words
    match made.before:
        case None:
            words = ["made the store ", where, f", version {made.version}"]
        case made.version:
            words = [where, f" is a store of the version {made.version}; nothing to do"]
        case _:
            words = ["migrated ", where, f" from the version {made.before} to {made.version}"]
    yield Paragraph(words, emphasis="strong")
