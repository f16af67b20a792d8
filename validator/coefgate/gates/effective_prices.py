"""What calls pay: numbers times their margin, so that another split of both moves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from coefgate.changes.change import Change, key_in, names_before
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import margin_of, overhead_of, value_of

Prices = Mapping[str, Fraction]
"""Tokens with the margin in them, by the part of a call that costs them."""


class EffectivePrices:
    """The prices that a change of a number or an alias touches, in any state of the registry."""

    def __init__(self, change: Change, base: Coefficients, head: Coefficients) -> None:
        self.change, self.base, self.head = change, base, head
        self.names = names_before(change, base, head)

    def of(self, registry: Coefficients) -> Prices:
        """What the parts cost in ``registry``, as far as it has them, under head's names."""
        key = self.change.key
        if not isinstance(key, Key):
            return dict(_of_label(registry, key))
        if not key.is_factor:
            return dict(_paid(registry, key, self.names))
        margin = _margin(registry, key_in(registry, key, self.names))
        costs = (*registry.marginal_costs.values(), *registry.size_costs)
        marginal = {value.name: value.number * margin for value in costs}
        return {**dict(self._of_cells(registry, key)), **marginal}

    def margin(self, registry: Coefficients) -> Fraction:
        """The margin that ``registry`` puts on the changed number; 1 where it takes none."""
        key = self.change.key
        if not isinstance(key, Key) or key.is_factor:
            return Fraction(1)
        return _margin(registry, key_in(registry, key, self.names))

    def _of_cells(self, registry: Coefficients, margin: Key) -> Iterator[tuple[str, Fraction]]:
        """The overheads that take this margin in head, and with the default one the fallback."""
        if margin.of:
            yield from _paid(registry, Key("overhead", margin.of), self.names)
            return
        for category in self.head.categories.values():
            for complexity in category.overhead:
                cell = category.name, complexity
                if cell not in self.head.cell_margins:
                    yield from _paid(registry, Key("overhead", cell), category.names)
        yield from _paid(registry, Key("fallback"), ())


def _paid(
    registry: Coefficients, key: Key, names: Sequence[str]
) -> Iterator[tuple[str, Fraction]]:
    """What ``registry`` asks for one number of head, with the margin."""
    there = key_in(registry, key, names)
    value = value_of(registry, there)
    if value is not None:
        yield key.name, value.number * _margin(registry, there)


def _margin(registry: Coefficients, key: Key) -> Fraction:
    if key.part == "no_deliverables":
        return Fraction(1)
    return (margin_of(registry, *key.cell) if key.cell else registry.default_margin).number


def _of_label(registry: Coefficients, label: str) -> Iterator[tuple[str, Fraction]]:
    """What calls of one label pay at each complexity; the fallback where it has no figure."""
    if label not in registry.canonical_category:
        return
    for complexity in registry.complexities:
        served = overhead_of(registry, label, complexity)
        margin = margin_of(registry, label, complexity) if served else registry.default_margin
        price = (served or registry.fallback_overhead).number * margin.number
        yield f"{label}.{complexity}", price
