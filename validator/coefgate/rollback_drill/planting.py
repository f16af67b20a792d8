"""The one file that the drill writes: a category of its own."""

from __future__ import annotations

from coefgate.rollback_drill.model import CATEGORY


def category_file(complexity: str, tokens: int, *, previous: int | None = None) -> bytes:
    """The category with one overhead; ``previous``: the number that it moves from, with a reason given."""
    lines = [
        f"category: {CATEGORY}",
        "overhead:",
        f"  {complexity}:",
        f"    tokens: {tokens}",
        "    basis: {kind: prior, reference: planted by the drill}",
    ]
    if previous is not None:
        lines.append(f"    acknowledge: {{from: {previous}, to: {tokens}, reason: planted by the drill}}")
    return "\n".join([*lines, ""]).encode("ascii")
