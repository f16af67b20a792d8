"""What calls pay: numbers times the factors on them, so that another split moves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from coefgate.changes.change import Change, factor_number, key_in, names_before
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import margin_of, overhead_of, value_of

Prices = Mapping[str, Fraction]
"""Tokens with the factors in them, by the part of a call that costs them."""


class EffectivePrices:
    """The prices that a change of a number or an alias touches, in any state of the registry."""

    def __init__(self, change: Change, base: Coefficients, head: Coefficients) -> None:
        self.change, self.base, self.head = change, base, head
        self.names = names_before(change, base, head)

    def of(self, registry: Coefficients) -> Prices:
        """What the parts cost in ``registry``, as far as it has them, under head's names."""
        key = self.change.key
        if not isinstance(key, Key):
            return self._of_models(registry, dict(_of_label(registry, key)))
        match key.part:
            case "retry":
                value = value_of(registry, key)
                return {} if value is None else {key.name: value.number}
            case "no_deliverables":
                return dict(_paid(registry, key, self.names))
            case "model":
                factor = factor_number(registry, self.change.label)
                every = (Key("margin", cell) for cell in ((), *self.head.cell_margins))
                paid = {
                    name: price for one in every for name, price in self._taking(registry, one)
                }
                return {name: price * factor for name, price in paid.items()}
            case "margin":
                return self._of_models(registry, dict(self._taking(registry, key)))
        return self._of_models(registry, dict(_paid(registry, key, self.names)))

    def _of_models(self, registry: Coefficients, paid: Prices) -> Prices:
        """The same for calls of other models, and for those of each rule of head."""
        found = {name: price * factor_number(registry) for name, price in paid.items()}
        for rule in self.head.model_rules:
            factor = factor_number(registry, rule.globs[0])
            found |= {f"{name} of {rule.globs[0]}": price * factor for name, price in paid.items()}
        return found

    def margin(self, registry: Coefficients) -> Fraction:
        """The margin that ``registry`` puts on the changed number; 1 where it takes none."""
        key = self.change.key
        if not isinstance(key, Key) or key.is_factor:
            return Fraction(1)
        return _margin(registry, key_in(registry, key, self.names))

    def _taking(self, registry: Coefficients, margin: Key) -> Iterator[tuple[str, Fraction]]:
        """What takes this margin: overheads, and costs of deliverables in any of its cells."""
        yield from self._of_cells(registry, margin)
        number = _margin(registry, key_in(registry, margin, self.names))
        for value in (*registry.marginal_costs.values(), *registry.size_costs):
            yield value.name, value.number * number

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
