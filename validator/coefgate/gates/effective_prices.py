"""What calls pay: numbers times the margin that they get, so that another split of both moves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from coefgate.changes.contents import value_of
from coefgate.changes.registry_changes import Change, names_before
from coefgate.registry.model import Registry
from coefgate.registry.values import margin_of, overhead_of

Prices = Mapping[str, Fraction]
"""Tokens with the margin in them, by the part of a call that costs them."""


class EffectivePrices:
    """The prices that one change from ``base`` to ``head`` touches, in any state of the registry."""

    def __init__(self, change: Change, base: Registry, head: Registry) -> None:
        self._change = change
        self._head = head
        self.names = names_before(change, base, head)

    def of(self, registry: Registry) -> Prices:
        """What the parts cost in ``registry``, as far as it has them."""
        key = self._change.key
        margin = registry.default_margin.number
        match key:
            case ("alias", label):
                return dict(self._of_label(registry, label))
            case ("margin",):
                return {
                    **dict(self._without_own_margin(registry)),
                    **_every_cost(registry, margin),
                }
            case ("margin", category, complexity):
                label = self._name(registry, category, self.names)
                own = margin_of(registry, label, complexity).number
                return {
                    **_cell(registry, label, complexity, category),
                    **_every_cost(registry, own),
                }
            case ("overhead", category, complexity):
                return _cell(
                    registry, self._name(registry, category, self.names), complexity, category
                )
        value = value_of(registry, key)
        return {self._change.name: value.number * self.margin(registry)} if value else {}

    def margin(self, registry: Registry) -> Fraction:
        """The margin that ``registry`` puts on the number of the change; 1 where that takes none."""
        match self._change.key:
            case ("overhead", category, complexity):
                return margin_of(
                    registry, self._name(registry, category, self.names), complexity
                ).number
            case ("marginal", _, _) | ("fallback",):
                return registry.default_margin.number
        return Fraction(1)

    def _name(self, registry: Registry, category: str, names: Sequence[str]) -> str:
        """What ``registry`` calls a category of head."""
        if registry is self._head:
            return category
        return next((name for name in names if name in registry.canonical_category), category)

    def _of_label(self, registry: Registry, label: str) -> Iterator[tuple[str, Fraction]]:
        """What calls of one label pay, complexity by complexity; the fallback where it has no figure."""
        if label not in registry.canonical_category:
            return
        for complexity in registry.complexities:
            served = overhead_of(registry, label, complexity)
            margin = margin_of(registry, label, complexity) if served else registry.default_margin
            yield (
                f"{label}.{complexity}",
                (served or registry.fallback_overhead).number * margin.number,
            )

    def _without_own_margin(self, registry: Registry) -> Iterator[tuple[str, Fraction]]:
        """The cells that take head's default margin, and the fallback."""
        for category in self._head.categories.values():
            label = self._name(registry, category.name, category.names)
            for complexity in category.overhead:
                if (category.name, complexity) not in self._head.cell_margins:
                    yield from _cell(registry, label, complexity, category.name).items()
        yield (
            "fallback.overhead",
            registry.fallback_overhead.number * registry.default_margin.number,
        )


def _cell(registry: Registry, label: str, complexity: str, category: str) -> Prices:
    """The overhead of one cell with its margin, under the name that head has for its ``category``."""
    overhead = overhead_of(registry, label, complexity)
    if overhead is None:
        return {}
    return {
        f"{category}.{complexity}": overhead.number * margin_of(registry, label, complexity).number
    }


def _every_cost(registry: Registry, margin: Fraction) -> Prices:
    """The marginal costs, each with a margin that calls pay on it."""
    return {
        f"marginal.{operation}.{kind}": cost.number * margin
        for (operation, kind), cost in registry.marginal_costs.items()
    }
