"""How many calls something rests on, in the words that every report has for it."""

from __future__ import annotations

from coefgate.reports.console import count
from coefgate.samples.call_count import CallCount


def count_words(found: CallCount) -> str:
    """``3 calls + 2 cut off, 4 phases``."""
    if not found.scored:
        return "no call"
    cut_off = f" + {found.censored:,} cut off" if found.censored else ""
    return f"{count(found.samples, 'call')}{cut_off}, {count(found.phases, 'phase')}"


def count_figure(found: CallCount) -> str:
    """``3 + 2`` of eligible calls and those that were cut off, for a column of a table."""
    return f"{found.samples:,} + {found.censored:,}" if found.censored else f"{found.samples:,}"
