"""JSON lines of any fields: a mapping file says what they hold, or their names do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.mapped_calls import mapped_calls
from coefgate.samples.foreign.tables.mapping_guess import guess_columns
from coefgate.samples.foreign.tables.mapping_proposal import column_map_of, proposal

FILES: Final = ("*.jsonl", "*.ndjson", "*.json")
UNITS: Final[tuple[SampleUnit, ...]] = ("call", "turn")


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """One call for each object."""
    mapped, records = column_map_of(source.records(), source, options)
    yield from mapped_calls(records, mapped, source, options.unit or UNITS[0])


def mapping_file(source: ForeignSource) -> str:
    """A mapping file for ``source``, guessed."""
    return proposal(source.records(), source)


def recognises(fields: Mapping[str, Any]) -> bool:
    """Whether output tokens are found among the fields."""
    return guess_columns([fields]).is_sure
