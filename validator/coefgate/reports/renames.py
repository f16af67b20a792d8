"""What categories are called now: one sentence each, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from coefgate.changes.renames import Rename
from coefgate.registry.wording import listed
from coefgate.reports.figures import count_words
from coefgate.whatif.renamed_calls import Renamed


def rename_words(one: Rename, quoted: Callable[[str], str] = str) -> str:
    """``docs → documentation (renamed; docs stays an alias)``; ``quoted`` writes a name."""
    names = [*map(quoted, one.names)]
    there = f"{listed(names)} {'leads' if len(names) == 1 else 'lead'} there now"
    old = quoted(one.base)
    match one.kind:
        case "split":
            what = f"split off; {there}"
        case "alias":
            what = f"{there}, to the same figures"
        case _:
            what = f"{one.kind}; {old} {'stays an alias' if one.kept else 'is no longer a name'}"
    return f"{old} → {quoted(one.head)} ({what})"


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
