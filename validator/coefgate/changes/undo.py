"""A registry with some of its changes taken back, as a value, and the part that they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from coefgate.changes.change import Change
from coefgate.changes.undo_model_factors import MODEL_KINDS, without_model_changes
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import with_values


def taken_back(head: Coefficients, base: Coefficients, changes: Iterable[Change]) -> Coefficients:
    """``head`` as it would be without these of its changes against ``base``."""
    # No prediction rests on a basis.
    these = tuple(change for change in changes if change.kind != "basis")
    # What head no longer knows may come back; alone, a newer semantics moves no prediction.
    head = replace(head, semantics=max(head.semantics, base.semantics))
    for change in these:
        label, category = change.label, change.category
        if label and category and _was_another(head, base, label, category):
            head = _apart(head, base, label)
    head = without_model_changes(head, base, [one for one in these if one.kind in MODEL_KINDS])
    for change in these:
        if change.kind not in MODEL_KINDS:
            head = _without(head, base, change)
    return head


def _without(head: Coefficients, base: Coefficients, change: Change) -> Coefficients:
    key, before = change.key, change.base
    if not isinstance(key, Key):
        match change.kind:
            case "alias":
                return _alias(head, key, before if isinstance(before, str) else None)
            case "path-rules":
                return replace(head, path_rules=base.path_rules, default_kind=base.default_kind)
            case "applies-to":
                return replace(head, applies_to=base.applies_to)
            case "setting":
                return _setting(head, base, key)
        return head
    if change.label is not None and change.label in head.categories:
        key = key.within(change.label)
    number = before if isinstance(before, Fraction) else None
    if key.part == "overhead":
        return _overhead(head, base, change, key, number)
    if key.part == "margin":
        present = head.numbers.get(key, head.default_margin)
        number = present.number if number is None else number
        return with_values(head, {key: replace(present, key=key, number=number)})
    if key.part == "per_kilobyte" and (number is None or change.head is None):
        return _sizes_of(head, base, *key.of)
    return with_values(head, {key: base.numbers.get(key)})


def _setting(head: Coefficients, base: Coefficients, name: str) -> Coefficients:
    """How files are written, or charged for their size, as in base; no other setting."""
    if name == "output_mode":
        return replace(head, output_mode=base.output_mode)
    number, _, setting = name.rpartition(".")
    key = Key.named(number)
    if key is None or key.part != "per_kilobyte":
        return head
    (kind,) = key.of
    before = getattr(base.per_kilobyte[kind], setting)
    sized = replace(head.per_kilobyte[kind], **{setting: before})
    return replace(head, per_kilobyte={**head.per_kilobyte, kind: sized})


def _sizes_of(head: Coefficients, base: Coefficients, kind: str) -> Coefficients:
    """Of a file kind the sizes are charged as in base, or not at all."""
    sizes = {one: sized for one, sized in head.per_kilobyte.items() if one != kind}
    if kind in base.per_kilobyte:
        sizes[kind] = base.per_kilobyte[kind]
    return replace(head, per_kilobyte=sizes)


def _was_another(head: Coefficients, base: Coefficients, label: str, category: str) -> bool:
    """Does head serve calls by ``category`` that base tells apart from those of ``label``?"""
    if head.canonical_category.get(label) != category or label == category:
        return False
    led = {base.canonical_category.get(name) for name in head.categories[category].names}
    return len(led - {None, base.canonical_category.get(label)}) > 0


def _apart(head: Coefficients, base: Coefficients, label: str) -> Coefficients:
    """``label`` as a category of its own again: base's aliases, and the figures of head."""
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


def _overhead(
    head: Coefficients, base: Coefficients, change: Change, key: Key, number: Fraction | None
) -> Coefficients:
    category, complexity = key.of
    if category not in head.categories:
        lost, taken = base.categories[category], head.canonical_category
        free = tuple(alias for alias in lost.aliases if alias not in taken)
        entry = replace(lost, aliases=free, overhead={}, acknowledge=None)
        head = replace(head, categories={**head.categories, category: entry})
    if number is None:
        return with_values(head, {key: None})
    if change.head is not None:
        return with_values(head, {key: replace(head.numbers[key], number=number)})
    # The cell is there again, with the margin that it had.
    before = base.canonical_category[change.label or category]
    overhead = base.categories[before].overhead[complexity]
    margin = base.cell_margins.get((before, complexity))
    return with_values(head, {key: overhead, Key("margin", key.of): margin})


def _alias(head: Coefficients, label: str, target: str | None) -> Coefficients:
    categories = {
        name: replace(entry, aliases=tuple(alias for alias in entry.aliases if alias != label))
        for name, entry in head.categories.items()
    }
    home = head.canonical_category.get(target, target) if target else None
    if home in categories:
        categories[home] = replace(categories[home], aliases=(*categories[home].aliases, label))
    return replace(head, categories=categories)


def excerpt(registry: Coefficients, names: Iterable[str]) -> Coefficients:
    """The registry with no other categories than those that these names lead to."""
    owners = _owners(registry, names)
    cells = [(name, complexity) for name in owners for complexity in registry.complexities]
    margins = registry.cell_margins
    return replace(
        registry,
        categories={name: registry.categories[name] for name in owners},
        cell_margins={cell: margins[cell] for cell in cells if cell in margins},
    )


def touched_names(
    changes: Iterable[Change], base: Coefficients, head: Coefficients
) -> frozenset[str] | None:
    """The names whose calls changes of cells and aliases move; ``None`` with others among them."""
    named: set[str] = set()
    for change in changes:
        sides = (change.base, change.head)
        if category := change.category:
            named |= {category, change.label or category}
        elif change.kind == "alias" and isinstance(change.key, str):
            named |= {change.key, *(side for side in sides if isinstance(side, str))}
        else:
            return None
    owners = ((side, name) for side in (base, head) for name in _owners(side, named))
    return frozenset(named).union(*(side.categories[name].names for side, name in owners))


def _owners(registry: Coefficients, names: Iterable[str]) -> list[str]:
    """The categories that these names lead to, in the order of their files."""
    canonical = registry.canonical_category
    return sorted({canonical[name] for name in names if name in canonical})
