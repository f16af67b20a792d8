"""What somebody meant by a name: the number that it leads to, or the names close to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from coefgate.core.problems import UsageProblem
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.wording import listed, printable


def declared_key(name: str, registry: Coefficients, *, others: Collection[str] = ()) -> Key:
    """The key of the number that somebody names: ``docs.low`` for ``documentation.low``.

    Raises ``UsageProblem`` with a hint to it, or to one of ``others``, where there is none.
    """
    key = Key.named(name)
    if key is not None and key.cell is not None:
        key = key.within(registry.canonical_category.get(key.cell[0], key.cell[0]))
    if key is not None and key in registry.numbers:
        return key
    who = printable(name) or "an empty name"
    names = [*(one.name for one in registry.numbers), *others]
    advice = _of_cell(key, registry) or hint(key.name if key else name, names)
    raise UsageProblem(f"{who} is not a number of this registry. {advice}")


def _of_cell(key: Key | None, registry: Coefficients) -> str:
    """What to do where the category is known, and the cell has no such number."""
    category, complexity = (key and key.cell) or ("", "")
    if key is None or category not in registry.categories:
        return ""
    declared = registry.categories[category].overhead
    if not key.is_factor:
        if near := get_close_matches(complexity, declared, 1):
            return f"Did you mean {category}.{near[0]}?"
        return (
            f"{category} declares {listed(declared)}. "
            f"Add {printable(complexity)} in {FOLDER}/{key.file}."
        )
    if complexity in declared:
        return (
            f"The cell {category}.{complexity} has no margin of its own, so margin.default "
            f"serves it. Give it one under cells in {FOLDER}/{key.file}."
        )
    return ""


def closest_label(label: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that was probably meant, in any case; ``None`` if none is close."""
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(label.casefold(), folded, 1)
    return folded[near[0]] if near else None


def hint(name: str, names: Collection[str]) -> str:
    """A sentence that leads from a wrong name to one of ``names``."""
    key = Key.named(name)
    cell = Key("overhead", key.cell).name if key and key.is_factor and key.cell else ""
    if cell in names:
        return f"The cell {cell} has no margin of its own: margin.default serves it."
    if near := get_close_matches(name, names, 3, 0.5):
        return f"Did you mean {listed(near, 'or')}?"
    forms = "docs.low, marginal.create.test, margin.default or fallback.overhead"
    return f"Numbers are named like {forms}."
