"""Do two registries give every possible call the same prediction?

Numbers may be split otherwise: a margin of 1.25 with every price × 0.8 is a margin of 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product, starmap
from operator import attrgetter
from typing import Any, Final

from coefgate.changes.interval_changes import interval_changes
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.numbers import margin_of, overhead_of

_Margins = tuple[Fraction, Fraction]
"""Base's and head's margin of the same calls."""
_NO_MARGIN: Final = (Fraction(1), Fraction(1))


def same_predictions(base: Coefficients, head: Coefficients) -> bool:
    """Do both know the same names, paths and models, and agree in prices and in what they rest on?

    A category may be called otherwise, as long as every name of base leads on.
    """
    return (
        _settings(base) == _settings(head)
        and not any(one.changes_estimates for one in interval_changes(base, head))
        and _names_lead_on(base, head)
        and _same_prices(base, head)
    )


def _settings(registry: Coefficients) -> object:
    """Everything beside numbers and names that can change an estimate."""
    names = ("format", "semantics", "unit", "complexities", "interval", "output_mode")
    settings = attrgetter(*names, "path_rules_fingerprint")(registry)
    sizes = {kind: one.settings for kind, one in registry.per_kilobyte.items()}
    return settings, sizes, set(registry.applies_to), _model_rules(registry), _retry(registry)


def _model_rules(registry: Coefficients) -> object:
    default = registry.default_model_factor
    rules = [(set(rule.globs), rule.value.number) for rule in registry.model_rules]
    return rules, default and default.number


def _retry(registry: Coefficients) -> object:
    return {one: (by.number, by.basis.measured) for one, by in registry.retry.items()}


def _names_lead_on(base: Coefficients, head: Coefficients) -> bool:
    """Does head know every name of base, and no other but what base's categories became?"""
    before, after = base.canonical_category.keys(), head.canonical_category
    return before <= after.keys() and after.keys() - before <= {
        after[name] for name in base.categories
    }


def _same_prices(base: Coefficients, head: Coefficients) -> bool:
    """Does each part of a call cost the same with any margin it may get, and rest on as much?"""
    pairs = {(base.default_margin.number, head.default_margin.number)}
    if not _same(base.fallback_overhead, head.fallback_overhead, *pairs):
        return False
    for label, complexity in product(base.canonical_category, base.complexities):
        was, now = (overhead_of(side, label, complexity) for side in (base, head))
        if was is None or now is None:
            if was is not now:
                return False
            continue
        before, after = (margin_of(side, label, complexity).number for side in (base, head))
        if not _same(was, now, (before, after)):
            return False
        pairs.add((before, after))
    prices = [(_costs(base), _costs(head), pair) for pair in pairs]
    without = (base.no_deliverables, head.no_deliverables, _NO_MARGIN)
    return all(starmap(_same_values, [*prices, without]))


def _costs(registry: Coefficients) -> Mapping[str, Value]:
    """All that deliverables cost."""
    costs = (*registry.marginal_costs.values(), *registry.size_costs)
    return {value.name: value for value in costs}


def _same_values(
    before: Mapping[Any, Value], after: Mapping[Any, Value], margins: _Margins
) -> bool:
    return before.keys() == after.keys() and all(
        _same(value, after[key], margins) for key, value in before.items()
    )


def _same(before: Value, after: Value, margins: _Margins) -> bool:
    return (
        before.basis.measured == after.basis.measured
        and before.number * margins[0] == after.number * margins[1]
    )
