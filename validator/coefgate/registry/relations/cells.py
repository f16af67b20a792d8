"""Categories and cells that ``safety_margins.yaml`` names: those that have an overhead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.core.vocabulary import CATEGORY_NAME, COMPLEXITY_NAME
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.files import OVERHEAD_FOLDER
from coefgate.registry.wording import ValuePath, did_you_mean, printable

_CELLS: Final = ("cells",)
_OF_CELLS: Final = ("intervals", "cells")
_PLACES: Final[Mapping[ValuePath, tuple[str, str, str]]] = {
    _CELLS: ("margins", "is the margin of", "the default margin"),
    ("intervals", "categories"): ("intervals", "", ""),
    _OF_CELLS: ("intervals", "are intervals of", "the intervals of all calls"),
}
"""What stands there, what it is said to be, and what the fallback has in its place."""


def declared_cells(documents: Documents) -> Iterator[Problem]:
    """Margins and intervals of their own have only categories and cells with an overhead."""
    margins, known = documents.get("safety_margins"), dict(documents.readable_overheads)
    names = {*known, *documents.overheads}
    for place, (what, _, _) in _PLACES.items():
        for category, stated in margins.mapping_at(place).items():
            path = (*place, category)
            if not names or not CATEGORY_NAME.fullmatch(category):
                continue  # nothing to compare with, or the schema's to tell
            if category not in names:
                found = "names a category that has no file"
                allowed = f"{what} belong to declared categories"
                otherwise = f"Delete it, or add {OVERHEAD_FOLDER}/{printable(category)}.yaml."
                fix = did_you_mean(category, sorted(names), otherwise)
                yield Fault("undeclared-cell", found, allowed, fix, path).at(margins, key=True)
            elif place in (_CELLS, _OF_CELLS) and category in known:
                overheads = known[category].mapping_at(("overhead",))
                yield from _without_overhead(margins, path, stated, overheads)


def _without_overhead(
    margins: Document, path: ValuePath, stated: Any, overheads: Mapping[str, Any]
) -> Iterator[Problem]:
    _, what, instead = _PLACES[path[:-1]]
    for complexity in stated if isinstance(stated, dict) and overheads else ():
        if COMPLEXITY_NAME.fullmatch(complexity) and complexity not in overheads:
            found = f"{what} a cell without overhead"
            allowed = f"the fallback serves such a cell, with {instead}"
            fix = f"Delete it, or add {complexity} to {OVERHEAD_FOLDER}/{path[-1]}.yaml."
            place = (*path, complexity)
            yield Fault("undeclared-cell", found, allowed, fix, place).at(margins, key=True)
