"""A registry with some of its changes taken back, as a value; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from coefgate.changes.registry_changes import Change
from coefgate.core.vocabulary import Operation
from coefgate.registry.model import Category, Registry, Value

K = TypeVar("K")


def taken_back(head: Registry, base: Registry, changes: Iterable[Change]) -> Registry:
    """``head`` as it would be without these of its changes against ``base``."""
    these = tuple(
        change for change in changes if change.kind != "basis"
    )  # no prediction rests on it
    for change in these:
        if change.label is not None and _was_another(head, base, change.label, change.key[1]):
            head = _apart(head, base, change.label)
    for change in these:
        head = _without(head, base, change)
    return head


def _without(head: Registry, base: Registry, change: Change) -> Registry:
    number = change.base if isinstance(change.base, Fraction) else None
    if change.label is not None and change.label in head.categories:
        change = replace(change, key=(change.key[0], change.label, change.key[2]))
    match change.key:
        case ("overhead", _, _):
            return _overhead(head, base, change)
        case ("margin",):
            return replace(head, default_margin=_changed(head.default_margin, number))
        case ("margin", category, complexity):
            own = head.cell_margins.get((category, complexity), head.default_margin)
            return replace(
                head,
                cell_margins={**head.cell_margins, (category, complexity): _changed(own, number)},
            )
        case ("marginal", operation, kind):
            return replace(
                head,
                marginal_costs=_marginal(head, base, operation, kind),  # type: ignore[arg-type]
            )
        case ("fallback",):
            return replace(head, fallback_overhead=base.fallback_overhead)
        case ("no_deliverables", complexity):
            return replace(
                head,
                no_deliverables=_entry(head.no_deliverables, complexity, base.no_deliverables),
            )
        case ("alias", label):
            return _alias(head, label, change.base if isinstance(change.base, str) else None)
        case ("file_kinds",):
            return replace(head, path_rules=base.path_rules, default_kind=base.default_kind)
        case ("applies_to",):
            return replace(head, applies_to=base.applies_to)
        case _:
            return head


def _was_another(head: Registry, base: Registry, label: str, category: str) -> bool:
    """Does head serve calls by ``category`` that base tells apart from those of ``label``?"""
    if head.canonical_category.get(label) != category or label == category:
        return False
    led = {base.canonical_category.get(name) for name in head.categories[category].names}
    return len(led - {None, base.canonical_category.get(label)}) > 0


def _apart(head: Registry, base: Registry, label: str) -> Registry:
    """``label`` as a category of its own again, with its aliases of base, and the figures that head has."""
    together = head.categories[head.canonical_category[label]]
    own = [name for name, owner in base.canonical_category.items() if owner == label]
    aliases = tuple(name for name in together.aliases if name in own and name != label)
    rest = tuple(name for name in together.aliases if name not in own)
    margins = {
        (label, complexity): number
        for (category, complexity), number in head.cell_margins.items()
        if category == together.name
    }
    return replace(
        head,
        categories={
            **head.categories,
            together.name: replace(together, aliases=rest),
            label: replace(together, name=label, aliases=aliases),
        },
        cell_margins={**head.cell_margins, **margins},
    )


def _changed(value: Value, number: Fraction | None) -> Value:
    return value if number is None else replace(value, number=number)


def _overhead(head: Registry, base: Registry, change: Change) -> Registry:
    _, category, complexity = change.key
    number = change.base if isinstance(change.base, Fraction) else None
    entry = head.categories.get(category)
    if entry is None:
        lost = base.categories[category]
        taken = set(head.canonical_category)
        free = tuple(alias for alias in lost.aliases if alias not in taken)
        entry = Category(lost.name, free, {}, None, lost.line, lost.file)
    overhead, margins = dict(entry.overhead), dict(head.cell_margins)
    if number is None:
        overhead.pop(complexity, None)
    elif change.head is not None:
        overhead[complexity] = _changed(overhead[complexity], number)
    else:  # the cell is there again, with the margin that it had
        before = base.canonical_category[change.label or category]
        overhead[complexity] = base.categories[before].overhead[complexity]
        margins.pop((category, complexity), None)
        if (before, complexity) in base.cell_margins:
            margins[category, complexity] = base.cell_margins[before, complexity]
    categories = {**head.categories, category: replace(entry, overhead=overhead)}
    return replace(head, categories=categories, cell_margins=margins)


def _marginal(
    head: Registry, base: Registry, operation: Operation, kind: str
) -> Mapping[tuple[Operation, str], Value]:
    return _entry(head.marginal_costs, (operation, kind), base.marginal_costs)


def _entry(here: Mapping[K, Value], key: K, there: Mapping[K, Value]) -> dict[K, Value]:
    entries = dict(here)
    if key in there:
        entries[key] = there[key]
    else:
        entries.pop(key, None)
    return entries


def _alias(head: Registry, label: str, target: str | None) -> Registry:
    categories = {
        name: replace(entry, aliases=tuple(alias for alias in entry.aliases if alias != label))
        for name, entry in head.categories.items()
    }
    home = head.canonical_category.get(target, target) if target else None
    if home in categories:
        categories[home] = replace(categories[home], aliases=(*categories[home].aliases, label))
    return replace(head, categories=categories)
