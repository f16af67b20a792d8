"""What categories are called now: one sentence each, or JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coefgate.reports.figures import count_words
from coefgate.whatif.renamed_calls import Renamed


def renamed_calls_words(one: Renamed) -> str:
    """``3 calls + 2 cut off, 4 phases; predicted differently: no call``, whatever moved them."""
    return f"{count_words(one.calls)}; predicted differently: {count_words(one.moved)}"


def renamed_dict(one: Renamed) -> dict[str, Any]:
    """The fields of a rename for JSON."""
    rename = asdict(one.rename)
    return rename | {
        "names": list(one.rename.names),
        "calls": one.calls.scored,
        "moved": one.moved.scored,
        "counts": {"calls": asdict(one.calls), "moved": asdict(one.moved)},
    }
