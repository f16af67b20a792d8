"""Every number of a registry under its dotted name, and the names that calls may carry."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from coefgate.registry.model import Registry, Value


def values_of(registry: Registry) -> dict[str, Value]:
    """Every declared value by its name (``docs.low``, ``marginal.create.test``, ``margin.default`` …)."""
    return {value.name: value for _, value in keyed_values(registry)}


def keyed_values(registry: Registry) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Every declared value under the key that a change of it has."""
    for name, category in registry.categories.items():
        for complexity, value in category.overhead.items():
            yield ("overhead", name, complexity), value
    for (operation, kind), value in registry.marginal_costs.items():
        yield ("marginal", operation, kind), value
    yield ("margin",), registry.default_margin
    for (name, complexity), value in registry.cell_margins.items():
        yield ("margin", name, complexity), value
    yield ("fallback",), registry.fallback_overhead
    for complexity, value in registry.no_deliverables.items():
        yield ("no_deliverables", complexity), value


def cell_of_key(key: tuple[str, ...]) -> tuple[str, str] | None:
    """Category and complexity, where the value under this key is that of one cell."""
    match key:
        case ("overhead" | "margin", category, complexity):
            return category, complexity
    return None


def overhead_of(registry: Registry, label: str, complexity: str) -> Value | None:
    """The overhead that a call with this label gets, ``None`` where the fallback serves it."""
    category = registry.canonical_category.get(label)
    return None if category is None else registry.categories[category].overhead.get(complexity)


def margin_of(registry: Registry, label: str, complexity: str) -> Value:
    """The safety margin that a call of this declared cell gets: its own, or the default."""
    category = registry.canonical_category.get(label, label)
    return registry.cell_margins.get((category, complexity), registry.default_margin)


def rises(registry: Registry) -> bool:
    """Do the overheads of each category, and ``no_deliverables``, rise with the complexity?"""
    ladders = [category.overhead for category in registry.categories.values()]
    return all(
        _in_order([ladder[name].number for name in registry.complexities if name in ladder])
        for ladder in (*ladders, registry.no_deliverables)
    )


def _in_order(numbers: list[Fraction]) -> bool:
    return all(lower <= higher for lower, higher in pairwise(numbers))
