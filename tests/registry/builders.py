"""A small registry as a value, and steps from it to others, without any file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import get_args

from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation
from coefgate.registry.key import Key
from coefgate.registry.model import (
    Basis,
    BasisKind,
    Category,
    Coefficients,
    CoverageAims,
    Gates,
    IntervalWidths,
    Limits,
    PathRule,
    PerKilobyte,
    Scope,
    Value,
)
from coefgate.registry.numbers import moved as numbers_moved

COMPLEXITIES = ("low", "medium", "high")
KINDS = ("backend", "test", "doc")


def key(name: str) -> Key:
    """The key with a dotted name."""
    found = Key.named(name)
    assert found is not None, name
    return found


def value(name: str, number: Fraction | int, *, kind: str = "fit", line: int = 1) -> Value:
    """A number under its dotted name, with five samples behind it unless it is a ``prior``."""
    (basis,) = (one for one in get_args(BasisKind) if one == kind)
    return Value(
        key=key(name),
        number=Fraction(number),
        basis=Basis(basis, "docs/x.md", None if kind == "prior" else 5),
        acknowledge=None,
        file="coefficients/x.yaml",
        line=line,
    )


def values_of(one: Coefficients) -> dict[str, Value]:
    """Every number by its dotted name."""
    return {at.name: number for at, number in one.numbers.items()}


def moved(one: Coefficients, numbers: Mapping[str, Fraction]) -> Coefficients:
    """The registry with other numbers at these dotted names."""
    return numbers_moved(one, {key(name): number for name, number in numbers.items()})


def category(name: str, tokens: Mapping[str, int], *aliases: str, kind: str = "fit") -> Category:
    """A category with its overheads by complexity."""
    overhead = {at: value(f"{name}.{at}", number, kind=kind) for at, number in tokens.items()}
    return Category(name, aliases, overhead, file=f"coefficients/overhead/{name}.yaml")


def registry() -> Coefficients:
    """``docs`` (or ``documentation``), ``tests`` (or ``testing``), ``database`` without high.

    Every figure differs from every other, so that none can be taken for another.
    """
    categories = (
        category("docs", {"low": 100, "medium": 200, "high": 300}, "documentation", "manual"),
        category("tests", {"low": 110, "medium": 220, "high": 330}, "testing"),
        category("database", {"low": 120, "medium": 240}),
    )
    return Coefficients(
        format=1,
        semantics=1,
        unit="call",
        complexities=COMPLEXITIES,
        applies_to=("claude-*",),
        fallback_overhead=value("fallback.overhead", 500, kind="prior"),
        no_deliverables={
            at: value(f"no_deliverables.{at}", 8000 + n, kind="prior")
            for n, at in enumerate(COMPLEXITIES)
        },
        categories={one.name: one for one in categories},
        marginal_costs=dict(
            marginal
            for n, kind in enumerate(KINDS)
            for marginal in (cost("create", kind, 40 + n), cost("modify", kind, 30 + n))
        ),
        path_rules=(
            PathRule("test", ("test_*.py",), "coefficients/file_kinds.yaml", 3),
            PathRule("doc", ("*.md", "*.rst"), "coefficients/file_kinds.yaml", 5),
        ),
        default_kind="backend",
        default_margin=value("margin.default", Fraction("1.1")),
        cell_margins={("docs", "low"): value("margin.docs.low", Fraction("1.5"))},
        interval=IntervalWidths(Fraction("0.3"), Fraction("0.3"), None),
        gates=gates(),
    )


def gates() -> Gates:
    """The shipped thresholds."""
    return Gates(
        Limits(Fraction(50), Fraction(1, 10), Fraction(1), Fraction(3, 2), Fraction(3)),
        {"smape": 4, "underestimation": 5, "waste-band": 6, "waste-p90": 7},
        Scope(None, None),
        CoverageAims(30, 50, 2, 1, 1),
    )


def cost(operation: Operation, kind: str, tokens: int) -> tuple[tuple[Operation, str], Value]:
    """One entry of the marginal costs."""
    assert operation in PRICED_OPERATIONS
    return (operation, kind), value(f"marginal.{operation}.{kind}", tokens)


# --- Steps


def with_sizes(
    one: Coefficients,
    kind: str = "backend",
    tokens: int = 300,
    *,
    up_to: int = 8192,
    assumed: int = 2048,
    output_modes: tuple[str, ...] = ("full_file",),
) -> Coefficients:
    """The size of files of a kind is charged where they are written whole, so semantics 2."""
    number = value(f"marginal.modify.{kind}.per_kilobyte", tokens)
    sized = PerKilobyte(number, up_to, assumed, output_modes)
    return replace(one, semantics=2, per_kilobyte={**one.per_kilobyte, kind: sized})


def with_overhead(one: Coefficients, name: str, complexity: str, tokens: int) -> Coefficients:
    """The overhead of a cell is another, or there for the first time."""
    entry = one.categories[name]
    overhead = {**entry.overhead, complexity: value(f"{name}.{complexity}", tokens)}
    ordered = {at: overhead[at] for at in one.complexities if at in overhead}
    return replace(one, categories={**one.categories, name: replace(entry, overhead=ordered)})


def without_overhead(one: Coefficients, name: str, complexity: str) -> Coefficients:
    """A cell is gone, with the margin of its own."""
    entry = one.categories[name]
    overhead = {at: number for at, number in entry.overhead.items() if at != complexity}
    margins = {
        cell: number for cell, number in one.cell_margins.items() if cell != (name, complexity)
    }
    categories = {**one.categories, name: replace(entry, overhead=overhead)}
    return replace(one, categories=categories, cell_margins=margins)


def with_margin(one: Coefficients, name: str, complexity: str, factor: Fraction) -> Coefficients:
    """A cell has this margin of its own."""
    own = value(f"margin.{name}.{complexity}", factor)
    return replace(one, cell_margins={**one.cell_margins, (name, complexity): own})


def with_aliases(one: Coefficients, name: str, *aliases: str) -> Coefficients:
    """A category has these aliases, and no other category has them."""
    categories = {
        each: replace(
            entry, aliases=tuple(alias for alias in entry.aliases if alias not in aliases)
        )
        for each, entry in one.categories.items()
    }
    return replace(
        one, categories={**categories, name: replace(categories[name], aliases=aliases)}
    )


def renamed(one: Coefficients, old: str, new: str, *, alias: bool = True) -> Coefficients:
    """A category under another name, with the old one as an alias unless told otherwise."""
    entry = one.categories[old]
    aliases = (*(name for name in entry.aliases if name != new), *([old] if alias else []))
    overhead = {
        at: replace(number, key=number.key.within(new)) for at, number in entry.overhead.items()
    }
    categories = {name: each for name, each in one.categories.items() if name != old}
    margins = {
        (new if name == old else name, at): own for (name, at), own in one.cell_margins.items()
    }
    return replace(
        one,
        categories={
            **categories,
            new: replace(entry, name=new, aliases=aliases, overhead=overhead),
        },
        cell_margins=margins,
    )


def merged(one: Coefficients, gone: str, into: str) -> Coefficients:
    """A category is gone, and its names lead to another one."""
    rest = removed(one, gone)
    names = (*rest.categories[into].aliases, gone, *one.categories[gone].aliases)
    return with_aliases(rest, into, *names)


def removed(one: Coefficients, gone: str) -> Coefficients:
    """A category is gone with its aliases and its margins."""
    return replace(
        one,
        categories={name: entry for name, entry in one.categories.items() if name != gone},
        cell_margins={cell: own for cell, own in one.cell_margins.items() if cell[0] != gone},
    )


def split(
    one: Coefficients, alias: str, tokens: Mapping[str, int], *, kind: str = "fit"
) -> Coefficients:
    """An alias becomes a category of its own."""
    categories = {
        name: replace(entry, aliases=tuple(each for each in entry.aliases if each != alias))
        for name, entry in one.categories.items()
    }
    return replace(one, categories={**categories, alias: category(alias, tokens, kind=kind)})
