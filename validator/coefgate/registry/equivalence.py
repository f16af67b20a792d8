"""Do two registries give every possible call the same prediction?

A prediction is the price of a call times its margin, so the same numbers may be split between both in
several ways: a margin of 1.25 with every price × 0.8 is a margin of 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from coefgate.registry.model import Registry, Value
from coefgate.registry.values import margin_of


def same_predictions(base: Registry, head: Registry) -> bool:
    """Do both know the same names, paths and models, and do their prices with the margin agree exactly?

    Registries that differ in what a number rests on are not the same: an estimate tells it.
    """
    return _names(base) == _names(head) and _prices(base) == _prices(head)


def _names(registry: Registry) -> object:
    """Everything beside numbers that can change an estimate."""
    return (
        (registry.format, registry.semantics, registry.unit, registry.complexities, registry.interval),
        registry.canonical_category,
        set(registry.applies_to),
        registry.path_rules_fingerprint,
    )


def _prices(registry: Registry) -> Mapping[tuple[str, ...], tuple[Fraction, bool]]:
    """What each part of a call costs with every margin that it may get, and whether that is measured."""
    served = {
        (category.name, complexity): (value, margin_of(registry, category.name, complexity).number)
        for category in registry.categories.values()
        for complexity, value in category.overhead.items()
    }
    served["fallback", ""] = (registry.fallback_overhead, registry.default_margin.number)
    prices: dict[tuple[str, ...], tuple[Fraction, bool]] = {
        ("overhead", *cell): _times(overhead, margin) for cell, (overhead, margin) in served.items()
    }
    for cell, (_, margin) in served.items():
        for priced, value in registry.marginal_costs.items():
            prices["marginal", *cell, *priced] = _times(value, margin)
    for complexity, value in registry.no_deliverables.items():
        prices["no_deliverables", complexity] = _times(value, Fraction(1))
    return prices


def _times(value: Value, margin: Fraction) -> tuple[Fraction, bool]:
    return value.number * margin, value.basis.measured
