"""What records are grouped by: of each dimension the values, and which one a record has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from coefgate.replay.strata import CUT_OFF, UNKNOWN, WITHOUT_TOKENS, CategoryNames, how_many
from coefgate.telemetry.call_table import CallTable, Codes, NameColumn
from coefgate.telemetry.counted import STANDINGS, Standing, Standings

ALL: Final = "all"
_ENDINGS: Final[Mapping[Standing, str]] = {
    "eligible": "succeeded",
    "no-tokens": "succeeded",
    "censored": CUT_OFF,
    "same-ceiling": CUT_OFF,
    "failed": "failed",
    "failed-without-tokens": WITHOUT_TOKENS,
}


def values_of(
    table: CallTable, found: Standings, dimension: str, canonical: CategoryNames
) -> NameColumn:
    """The value of each record, of which ``found`` are the standings; ``unknown`` is a value too.

    ``canonical``: from the names and aliases of categories to their names.
    """
    return _VALUES[dimension](table, found, canonical)


def _merged(codes: Codes | Standings, names: Sequence[str]) -> NameColumn:
    """Equal names are one value; one that is not known is a value as well."""
    every = [*names, UNKNOWN]
    values = sorted(set(every))
    places = np.array([values.index(name) for name in every], dtype=np.int32)
    return NameColumn(places[codes], values)  # UNKNOWN is the last place


def _of(column: NameColumn) -> NameColumn:
    return _merged(column.codes, column.names)


def _category(table: CallTable, canonical: CategoryNames) -> NameColumn:
    names = [canonical.get(name, name) for name in table.category.names]
    return _merged(table.category.codes, names)


def _cell(table: CallTable, canonical: CategoryNames) -> NameColumn:
    category, complexity = _category(table, canonical), _of(table.complexity)
    names = [f"{one}/{other}" for one in category.names for other in complexity.names]
    return _merged(category.codes * len(complexity.names) + complexity.codes, names)


def _deliverables(table: CallTable) -> NameColumn:
    most = int(table.deliverables.max(initial=0))
    return _merged(table.deliverables, [how_many(count) for count in range(most + 1)])


_VALUES: Final[Mapping[str, Callable[[CallTable, Standings, CategoryNames], NameColumn]]] = {
    ALL: lambda table, *_: NameColumn(np.zeros(len(table), dtype=np.int32), [ALL]),
    "category": lambda table, _, names: _category(table, names),
    "complexity": lambda table, *_: _of(table.complexity),
    "cell": lambda table, _, names: _cell(table, names),
    "deliverables": lambda table, *_: _deliverables(table),
    "model": lambda table, *_: _of(table.model),
    "success": lambda _, found, __: _merged(
        found, [_ENDINGS.get(one, UNKNOWN) for one in STANDINGS]
    ),
    "basis": lambda table, *_: _of(table.basis),
    "runner": lambda table, *_: _of(table.runner),
}
DIMENSIONS: Final = tuple(_VALUES)
"""What records may be broken down by."""
