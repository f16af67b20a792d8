"""What categories are called now: one sentence each, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from coefgate.gates.renamed import Renamed
from coefgate.registry.renames import Rename
from coefgate.registry.wording import listed
from coefgate.reports.console import count


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
    """``0 of its 5 calls are predicted differently``, whatever moved them."""
    if not one.calls:
        return "no scored call carries its name"
    are = "is" if one.moved == 1 else "are"
    return f"{one.moved:,} of its {count(one.calls, 'scored call')} {are} predicted differently"


def renamed_dict(one: Renamed) -> dict[str, Any]:
    """The fields of a rename for JSON."""
    rename = one.rename
    return asdict(rename) | {"names": list(rename.names), "calls": one.calls, "moved": one.moved}
