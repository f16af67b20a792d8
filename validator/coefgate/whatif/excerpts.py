"""The part of a registry that some names lead to: as much as decides on the calls that carry them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from coefgate.changes.change import Change
from coefgate.registry.model import Registry


class Excerpts:
    """Parts of one registry, each found in a time that depends on the part alone."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._rank = {name: rank for rank, name in enumerate(registry.categories)}

    def names(self, names: Iterable[str]) -> set[str]:
        """These names, and every other name of the categories that they lead to."""
        found = set(names)
        for category in self._owners(found):
            found |= set(self._registry.categories[category].names)
        return found

    def of(self, names: Collection[str]) -> Registry:
        """The registry with no other categories than those that these names lead to."""
        whole, owners = self._registry, self._owners(names)
        cells = [(name, complexity) for name in owners for complexity in whole.complexities]
        return replace(
            whole,
            categories={name: whole.categories[name] for name in owners},
            cell_margins={
                cell: whole.cell_margins[cell] for cell in cells if cell in whole.cell_margins
            },
        )

    def _owners(self, names: Iterable[str]) -> list[str]:
        canonical = self._registry.canonical_category
        return sorted(
            {canonical[name] for name in names if name in canonical}, key=self._rank.__getitem__
        )


def touched_names(
    changes: Iterable[Change], base: Excerpts, head: Excerpts
) -> frozenset[str] | None:
    """Every name whose calls changes of cells and aliases can move; ``None`` where others are among them.

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
    return frozenset(base.names(named) | head.names(named))
