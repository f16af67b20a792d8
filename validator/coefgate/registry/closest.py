"""What to say of a name under which a registry holds no number."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from coefgate.registry.wording import listed

_MARGIN = "margin."


def hint(name: str, names: Collection[str]) -> str:
    """A sentence that leads from a wrong name to one of ``names``."""
    cell = name.removeprefix(_MARGIN)
    if name.startswith(_MARGIN) and cell in names:
        return f"The cell {cell} has no margin of its own: margin.default serves it."
    near = get_close_matches(name, names, 3, 0.5)
    if near:
        return f"Did you mean {listed(near, 'or')}?"
    return "Numbers are named like docs.low, marginal.create.test, margin.default or fallback.overhead."
