"""The numbers of a registry: which serves a call, how far each may go, others in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final, TypeVar

from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, ModelRule, Value
from coefgate.registry.model_globs import covered

StoredWhenSet = Callable[[Mapping[Key, Fraction]], Mapping[Key, Collection[str] | None]]
"""From numbers to the samples that were stored when each was set.

``None`` stands for all of them; numbers that were there from the start are left out.
"""
K = TypeVar("K")
V = TypeVar("V")
_OPERATIONS: Final[Mapping[str, Operation]] = {one: one for one in PRICED_OPERATIONS}


def overhead_of(registry: Coefficients, label: str, complexity: str) -> Value | None:
    """The overhead that a call with this label gets, ``None`` where the fallback serves it."""
    category = registry.canonical_category.get(label)
    return None if category is None else registry.categories[category].overhead.get(complexity)


def margin_of(registry: Coefficients, label: str, complexity: str) -> Value:
    """The safety margin that a call of this declared cell gets: its own, or the default."""
    category = registry.canonical_category.get(label, label)
    return registry.cell_margins.get((category, complexity), registry.default_margin)


def value_of(registry: Coefficients, key: Key) -> Value | None:
    """What calls get where this number is asked for; an alias may stand for its category.

    That is the default margin where a declared cell has none of its own, and of a glob of models
    the factor of the rule that takes all of them.
    """
    match key.part, key.of:  # of many states each is asked once, so that no table of all is made
        case "overhead" | "margin", (label, complexity):
            served = overhead_of(registry, label, complexity)
            return margin_of(registry, label, complexity) if served and key.is_factor else served
        case "marginal", (operation, kind):
            return registry.marginal_costs.get((_OPERATIONS[operation], kind))
        case "per_kilobyte", (kind,):
            sized = registry.per_kilobyte.get(kind)
            return sized.value if sized else None
        case "no_deliverables", (complexity,):
            return registry.no_deliverables.get(complexity)
        case "model", (glob,):
            return factor_of(registry, glob)
        case "model", _:
            return registry.default_model_factor
        case "retry", (ended,):
            return registry.retry.get(ended)
    return registry.default_margin if key.is_factor else registry.fallback_overhead


def serving_rule(registry: Coefficients, glob: str) -> ModelRule | None:
    """The rule of the models that match ``glob``, ``None`` where the default factor serves them.

    Its own rule, or else the first that surely takes all of them.
    """
    own = (rule for rule in registry.model_rules if glob in rule.globs)
    wider = (rule for rule in registry.model_rules if covered((glob,), rule.globs))
    return next(own, None) or next(wider, None)


def factor_of(registry: Coefficients, glob: str) -> Value | None:
    """The factor of the models that match ``glob``; ``None`` where no models are told apart."""
    rule = serving_rule(registry, glob)
    return registry.default_model_factor if rule is None else rule.value


def rises(registry: Coefficients) -> bool:
    """Do the overheads of each category, and ``no_deliverables``, rise with the complexity?"""
    overheads = (category.overhead for category in registry.categories.values())
    ladders = (
        [ladder[name].number for name in registry.complexities if name in ladder]
        for ladder in (*overheads, registry.no_deliverables)
    )
    return all(numbers == sorted(numbers) for numbers in ladders)


def limits_of(registry: Coefficients, key: Key) -> tuple[int, int]:
    """The lowest and highest that a number may be while all others stay, in smallest steps."""
    low, high = key.ends
    if key.part not in {"overhead", "no_deliverables"}:
        return low, high
    rank = registry.complexities.index
    for other in registry.complexities:
        neighbour = registry.numbers.get(Key(key.part, (*key.of[:-1], other)))
        if neighbour is not None and rank(other) < rank(key.of[-1]):
            low = max(low, neighbour.steps)
        elif neighbour is not None and rank(other) > rank(key.of[-1]):
            high = min(high, neighbour.steps)
    return low, high


def moved(registry: Coefficients, numbers: Mapping[Key, Fraction]) -> Coefficients:
    """``registry`` with other numbers at declared keys; everything else of each value stays.

    But an acknowledgement that names another number goes.
    """
    present = ((registry.numbers[key], number) for key, number in numbers.items())
    return with_values(
        registry,
        {
            value.key: replace(value, number=number, acknowledge=value.answer_beside(number))
            for value, number in present
        },
    )


def one_margin(registry: Coefficients, margin: Fraction) -> Mapping[Key, Fraction]:
    """One margin for all cells of a registry."""
    return {key: margin for key in registry.numbers if key.part == "margin"}


def with_values(registry: Coefficients, values: Mapping[Key, Value | None]) -> Coefficients:
    """``registry`` with these values, and without those that are ``None``.

    Each is of a category that is there, or of a rule of models, and one per kilobyte of a kind
    that has one. The default factors and the fallback are never without.
    """
    categories, margins = dict(registry.categories), dict(registry.cell_margins)
    costs, without = dict(registry.marginal_costs), dict(registry.no_deliverables)
    sizes = dict(registry.per_kilobyte)
    default, fallback = registry.default_margin, registry.fallback_overhead
    rules = {rule.globs[0]: rule for rule in registry.model_rules}
    default_factor, retry = registry.default_model_factor, dict(registry.retry)
    for key, value in values.items():
        match key.part, key.of:
            case "overhead", (category, complexity):
                overhead = dict(categories[category].overhead)
                _put(overhead, complexity, value)
                categories[category] = replace(categories[category], overhead=overhead)
            case "margin", (category, complexity):
                _put(margins, (category, complexity), value)
            case "marginal", (operation, kind):
                _put(costs, (_OPERATIONS[operation], kind), value)
            case "per_kilobyte", (kind,):
                _put(sizes, kind, replace(sizes[kind], value=value) if value else None)
            case "no_deliverables", (complexity,):
                _put(without, complexity, value)
            case "model", (glob,):
                _put(rules, glob, ModelRule(rules[glob].globs, value) if value else None)
            case "retry", (ended,):
                _put(retry, ended, value)
            case "model", _:
                default_factor = value or default_factor
            case "margin", _:
                default = value or default
            case _:
                fallback = value or fallback
    return replace(
        registry,
        categories=categories,
        cell_margins=margins,
        marginal_costs=costs,
        per_kilobyte=sizes,
        no_deliverables=without,
        default_margin=default,
        fallback_overhead=fallback,
        model_rules=tuple(rules.values()),
        default_model_factor=default_factor,
        retry=retry,
    )


def _put(entries: dict[K, V], key: K, value: V | None) -> None:
    if value is None:
        entries.pop(key, None)
    else:
        entries[key] = value


def rounded_steps(steps: Fraction) -> int:
    """The nearest whole number of steps, half up."""
    return (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)


def written(number: Fraction) -> str:
    """A number as it is written in YAML: ``1800``, ``1.25``."""
    return f"{number.numerator}" if number.denominator == 1 else f"{float(number):.12g}"
