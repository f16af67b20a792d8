"""The part of a registry that some names lead to: what decides on calls that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from coefgate.changes.change import Change
from coefgate.registry.model import Coefficients


def excerpt(registry: Coefficients, names: Iterable[str]) -> Coefficients:
    """The registry with no other categories than those that these names lead to.

    It takes a time that depends on these alone.
    """
    owners = _owners(registry, names)
    cells = [(name, complexity) for name in owners for complexity in registry.complexities]
    margins = registry.cell_margins
    return replace(
        registry,
        categories={name: registry.categories[name] for name in owners},
        cell_margins={cell: margins[cell] for cell in cells if cell in margins},
    )


def touched_names(
    changes: Iterable[Change], base: Coefficients, head: Coefficients
) -> frozenset[str] | None:
    """Every name whose calls changes of cells and aliases move; ``None`` with others among them.

    Taking such changes back looks at no category of either side but those that these names lead
    to.
    """
    named: set[str] = set()
    for change in changes:
        sides = (change.base, change.head)
        if category := change.category:
            named |= {category, change.label or category}
        elif change.kind == "alias" and isinstance(change.key, str):
            named |= {change.key, *(side for side in sides if isinstance(side, str))}
        else:
            return None
    owners = ((side, name) for side in (base, head) for name in _owners(side, named))
    return frozenset(named).union(*(side.categories[name].names for side, name in owners))


def _owners(registry: Coefficients, names: Iterable[str]) -> list[str]:
    """The categories that these names lead to, in the order of their files."""
    canonical = registry.canonical_category
    return sorted({canonical[name] for name in names if name in canonical})
