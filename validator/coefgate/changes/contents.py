"""What a registry holds under the key of a change: a number, what stands behind it, where an alias leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation
from coefgate.registry.model import IntervalWidths, Registry, Value
from coefgate.registry.values import margin_of, overhead_of

Content = Fraction | str | tuple[str, ...]
MEASURED: Final = "samples behind it"
UNMEASURED: Final = "no sample behind it"
_OPERATIONS: Final[Mapping[str, Operation]] = {
    operation: operation for operation in PRICED_OPERATIONS
}


def content_of(
    registry: Registry, kind: str, key: tuple[str, ...], names: Sequence[str] = ()
) -> Content | None:
    """What ``registry`` holds where a change of this kind has this key, to compare with its two sides.

    A number, whether samples stand behind it, what it claims, the category that an alias leads to,
    or how far intervals reach. ``names``: of an overhead or a margin, what its category may be
    called there; the first that is known.
    """
    if key[0] == "alias":
        return registry.canonical_category.get(key[1])
    if key[0] == "interval":
        return shown_interval(registry.interval)
    value = value_of(registry, key, names)
    if value is None:
        return None
    match kind:
        case "basis":
            return behind(value)
        case "claim" | "reference":
            return claimed(value, kind)
    return value.number


def value_of(registry: Registry, key: tuple[str, ...], names: Sequence[str] = ()) -> Value | None:
    """The value that ``registry`` has under the key of a change; ``names`` as in ``content_of``."""
    known = next((name for name in names if name in registry.canonical_category), None)
    return _value_at(registry, key if known is None else (key[0], known, key[2]))


def _value_at(registry: Registry, key: tuple[str, ...]) -> Value | None:
    match key:
        case ("overhead", category, complexity):
            return overhead_of(registry, category, complexity)
        case ("margin",):
            return registry.default_margin
        case ("margin", category, complexity):
            declared = overhead_of(registry, category, complexity) is not None
            return margin_of(registry, category, complexity) if declared else None
        case ("marginal", operation, kind):
            return registry.marginal_costs.get((_OPERATIONS[operation], kind))
        case ("fallback",):
            return registry.fallback_overhead
        case ("no_deliverables", complexity):
            return registry.no_deliverables.get(complexity)
    return None


def behind(value: Value) -> str:
    """Do samples stand behind this number? In the words of a change of basis."""
    return MEASURED if value.basis.measured else UNMEASURED


def claimed(value: Value, kind: str) -> str:
    """What a value says of itself: of a ``claim`` number, kind and samples, of a ``reference`` the page."""
    basis = value.basis
    return (
        basis.reference
        if kind == "reference"
        else f"{value.number}: {basis.kind}, {basis.samples or 0}"
    )


def shown_interval(interval: IntervalWidths) -> str:
    """How far an estimate's interval reaches, in words."""
    ends = f"-{float(100 * interval.below):g}% to +{float(100 * interval.above):g}%"
    holds = "not measured" if interval.coverage is None else f"{float(100 * interval.coverage):g}%"
    return f"{ends}, coverage {holds}"
