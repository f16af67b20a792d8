"""Single numbers of a registry moved, as a value: how far each may go, and the registry with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.model import Registry, Value
from coefgate.registry.values import values_of

LEAST_FACTOR: Final = 1000
MOST_FACTOR: Final = 10_000
"""Ends of a margin, in thousandths; the schemas say the same, and of ``MAX_TOKENS``."""


def is_margin(name: str) -> bool:
    """Is this the name of a factor? All others are tokens."""
    return name.startswith("margin.") and (name == "margin.default" or name.count(".") == 2)


def steps_in(name: str) -> int:
    """How many of the smallest steps make one: 1 for tokens, 1,000 for margins."""
    return 1000 if is_margin(name) else 1


def steps_of(value: Value) -> int:
    """The number in its smallest steps: tokens, or thousandths of a margin."""
    return int(value.number * steps_in(value.name))


def number_of(name: str, steps: int) -> Fraction:
    """The number that so many of the smallest steps make."""
    return Fraction(steps, steps_in(name))


def rounded_steps(steps: Fraction) -> int:
    """The nearest whole number of steps, half up."""
    return (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)


def written(number: Fraction) -> str:
    """A number as it is written in YAML: ``1800``, ``1.25``."""
    return f"{number.numerator}" if number.denominator == 1 else f"{float(number):.12g}"


def limits_of(registry: Registry, name: str) -> tuple[int, int]:
    """The lowest and the highest that a number may be while all others stay, in its smallest steps.

    Tokens of a category, and of ``no_deliverables``, rise with the complexity.
    """
    if is_margin(name):
        return LEAST_FACTOR, MOST_FACTOR
    values = values_of(registry)
    family, _, complexity = name.rpartition(".")
    low, high = 0, MAX_TOKENS
    if complexity not in registry.complexities or name == "fallback.overhead" or "." in family:
        return low, high
    place = registry.complexities.index(complexity)
    for rank, other in enumerate(registry.complexities):
        neighbour = values.get(f"{family}.{other}")
        if neighbour is not None and rank < place:
            low = max(low, steps_of(neighbour))
        elif neighbour is not None and rank > place:
            high = min(high, steps_of(neighbour))
    return low, high


def moved(registry: Registry, numbers: Mapping[str, Fraction]) -> Registry:
    """``registry`` with these numbers under these names; everything else of each value stays."""

    def change(value: Value) -> Value:
        return replace(value, number=numbers[value.name]) if value.name in numbers else value

    return with_values(registry, change)


def with_values(registry: Registry, change: Callable[[Value], Value]) -> Registry:
    """``registry`` with each of its values as ``change`` makes it."""
    return replace(
        registry,
        fallback_overhead=change(registry.fallback_overhead),
        no_deliverables={name: change(value) for name, value in registry.no_deliverables.items()},
        categories={
            name: replace(
                category,
                overhead={
                    complexity: change(value) for complexity, value in category.overhead.items()
                },
            )
            for name, category in registry.categories.items()
        },
        marginal_costs={key: change(value) for key, value in registry.marginal_costs.items()},
        default_margin=change(registry.default_margin),
        cell_margins={key: change(value) for key, value in registry.cell_margins.items()},
    )
