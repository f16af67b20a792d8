"""CSV files of any columns: a mapping file says what they hold, or their names do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.column_map import require_columns
from coefgate.samples.foreign.tables.csv_records import csv_table
from coefgate.samples.foreign.tables.mapped_calls import mapped_calls
from coefgate.samples.foreign.tables.mapping_proposal import column_map_of, proposal

FILES: Final = ("*.csv", "*.tsv")
UNITS: Final[tuple[SampleUnit, ...]] = ("call", "turn")


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """One call for each record below the line of names."""
    table = csv_table(source)
    mapped, records = column_map_of(table.records, source, options)
    if table.columns or table.repeated:
        missing = [one for one in mapped.columns.values() if not _has(table.columns, one)]
        require_columns(mapped, missing, table.columns, source.name)
    yield from mapped_calls(records, mapped, source, options.unit or UNITS[0])


def _has(columns: tuple[str, ...], wanted: str) -> bool:
    """Is there such a column, or one whose JSON it may lead into?"""
    return any(wanted == one or wanted.startswith(f"{one}.") for one in columns)


def mapping_file(source: ForeignSource) -> str:
    """A mapping file for ``source``, guessed."""
    return proposal(csv_table(source).records, source)


def recognises(_: Mapping[str, Any]) -> bool:
    """No record of it is JSON."""
    return False
