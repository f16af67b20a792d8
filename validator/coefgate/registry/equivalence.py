"""Do two registries give every possible call the same prediction?

A prediction is the price of a call times its margin, so the same numbers may be split between both in
several ways: a margin of 1.25 with every price × 0.8 is a margin of 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeVar

from coefgate.registry.model import Registry, Value
from coefgate.registry.values import margin_of

K = TypeVar("K")
_Margins = tuple[Fraction, Fraction]
"""Base's and head's margin of the same calls."""
_NO_MARGIN: Final = (Fraction(1), Fraction(1))


def same_predictions(base: Registry, head: Registry) -> bool:
    """Do both know the same names, paths and models, and do their prices with the margin agree exactly?

    Registries that differ in what a number rests on are not the same: an estimate tells it.
    """
    return _names(base) == _names(head) and _same_prices(base, head)


def _names(registry: Registry) -> object:
    """Everything beside numbers that can change an estimate."""
    return (
        (registry.format, registry.semantics, registry.unit, registry.complexities, registry.interval),
        registry.canonical_category,
        set(registry.applies_to),
        registry.path_rules_fingerprint,
    )


def _same_prices(base: Registry, head: Registry) -> bool:
    """Does each part of a call cost the same with every margin that it may get, and rest on as much?"""
    before, after = _overheads(base), _overheads(head)
    if before.keys() != after.keys():
        return False
    pairs = {cell: (margin, after[cell][1]) for cell, (_, margin) in before.items()}
    return (
        all(_same(overhead, after[cell][0], pairs[cell]) for cell, (overhead, _) in before.items())
        and all(_same_values(base.marginal_costs, head.marginal_costs, pair) for pair in set(pairs.values()))
        and _same_values(base.no_deliverables, head.no_deliverables, _NO_MARGIN)
    )


def _overheads(registry: Registry) -> Mapping[tuple[str, str], tuple[Value, Fraction]]:
    """What each cell adds to a call, and the margin that the call gets there."""
    served = {
        (category.name, complexity): (value, margin_of(registry, category.name, complexity).number)
        for category in registry.categories.values()
        for complexity, value in category.overhead.items()
    }
    served["fallback", ""] = (registry.fallback_overhead, registry.default_margin.number)
    return served


def _same_values(before: Mapping[K, Value], after: Mapping[K, Value], margins: _Margins) -> bool:
    return before.keys() == after.keys() and all(
        _same(value, after[key], margins) for key, value in before.items()
    )


def _same(before: Value, after: Value, margins: _Margins) -> bool:
    return (
        before.basis.measured == after.basis.measured
        and before.number * margins[0] == after.number * margins[1]
    )
