"""The name of a number as its registry declares it, and what to say of one that it does not declare."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from coefgate.core.problems import UsageProblem
from coefgate.registry.model import Registry
from coefgate.registry.sources import OVERHEAD_FOLDER
from coefgate.registry.values import values_of
from coefgate.registry.wording import listed, printable

_MARGIN = "margin."


def declared_name(name: str, registry: Registry, *, others: Collection[str] = ()) -> str:
    """The name of the number itself: ``docs.low`` for ``documentation.low``.

    Raises ``UsageProblem`` with a hint where there is none; ``others``: what else may have been
    meant.
    """
    values = values_of(registry)
    own = _own(name, registry)
    if own in values:
        return own
    who = printable(name) or "an empty name"
    advice = _of_cell(own, registry) or hint(own, [*values, *others])
    raise UsageProblem(f"{who} is no number of this registry. {advice}")


def _own(name: str, registry: Registry) -> str:
    """``name`` with the category's own name in the place of an alias."""
    prefix = _MARGIN if name.startswith(_MARGIN) and name.count(".") > 1 else ""
    label, dot, complexity = name.removeprefix(prefix).rpartition(".")
    return f"{prefix}{registry.canonical_category.get(label, label)}{dot}{complexity}"


def _of_cell(name: str, registry: Registry) -> str:
    """What to do where the category is known, and the cell has no such number."""
    match name.split("."):
        case ["margin", category, complexity] if complexity in _declared(category, registry):
            return (
                f"The cell {category}.{complexity} has no margin of its own, so margin.default "
                "serves it. Give it one under cells in coefficients/safety_margins.yaml."
            )
        case [category, complexity] if category in registry.categories:
            if near := get_close_matches(complexity, _declared(category, registry), 1):
                return f"Did you mean {category}.{near[0]}?"
            return (
                f"{category} declares {listed(_declared(category, registry))}. "
                f"Add {printable(complexity)} in {OVERHEAD_FOLDER}/{category}.yaml."
            )
    return ""


def _declared(category: str, registry: Registry) -> Collection[str]:
    found = registry.categories.get(category)
    return found.overhead if found else ()


def closest_label(label: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that was probably meant, written in whatever case; ``None`` if none is close."""
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(label.casefold(), folded, 1)
    return folded[near[0]] if near else None


def closest_glob(model: str, globs: Iterable[str]) -> str | None:
    """The glob that was probably meant: one whose beginning is close to the model's."""
    heads = {glob.partition("*")[0]: glob for glob in globs if not glob.startswith("*")}
    near = [head for head in heads if closest_label(model[: len(head)], (head,))]
    return heads[max(near, key=len)] if near else None


def hint(name: str, names: Collection[str]) -> str:
    """A sentence that leads from a wrong name to one of ``names``."""
    cell = name.removeprefix(_MARGIN)
    if name.startswith(_MARGIN) and cell in names:
        return f"The cell {cell} has no margin of its own: margin.default serves it."
    near = get_close_matches(name, names, 3, 0.5)
    if near:
        return f"Did you mean {listed(near, 'or')}?"
    return "Numbers are named like docs.low, marginal.create.test, margin.default or fallback.overhead."
