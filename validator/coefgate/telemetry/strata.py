"""What records are grouped by: of each dimension the values, and which one a record has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from coefgate.replay.metrics import Indices
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


def _merged(codes: Indices | Codes | Standings, names: Sequence[str]) -> NameColumn:
    """Equal names are one value; one that is not known is a value as well."""
    every = [*names, UNKNOWN]
    values = sorted(set(every))
    place = {value: at for at, value in enumerate(values)}
    places = np.array([place[name] for name in every], dtype=np.int32)
    return NameColumn(places[codes], values)  # UNKNOWN is the last place


def _of(column: NameColumn) -> NameColumn:
    return _merged(column.codes, column.names)


def _category(table: CallTable, canonical: CategoryNames) -> NameColumn:
    names = [canonical.get(name, name) for name in table.category.names]
    return _merged(table.category.codes, names)


def _cell(table: CallTable, canonical: CategoryNames) -> NameColumn:
    category, complexity = _category(table, canonical), _of(table.complexity)
    pairs = category.codes.astype(np.int64) * len(complexity.names) + complexity.codes
    there, codes = np.unique(pairs, return_inverse=True)
    names = [
        f"{category.names[one]}/{complexity.names[other]}"
        for one, other in (divmod(pair, len(complexity.names)) for pair in there.tolist())
    ]
    return _merged(codes, names)


def _deliverables(table: CallTable) -> NameColumn:
    there, codes = np.unique(table.deliverables, return_inverse=True)
    return _merged(codes, [how_many(count) for count in there.tolist()])


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
