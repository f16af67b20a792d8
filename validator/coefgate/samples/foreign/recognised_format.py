"""Which importer may read a source, by its first record and its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from typing import Any, Final

from coefgate.core.problems import UsageProblem
from coefgate.samples.foreign.formats import format_names, importer_of, reads_any_columns
from coefgate.samples.foreign.source import STANDARD_INPUT, ForeignSource, foreign_files, opened

_LINES: Final = 200
"""Lines of a file that are looked at for its first records; one may stretch over several."""


def recognised_format(places: Sequence[str]) -> str | None:
    """The format whose importer recognises a first record of the first of these files.

    Those that read any columns are asked last: they may recognise whatever counts tokens.
    """
    if STANDARD_INPUT in places:
        return None
    for name in sorted(format_names(), key=lambda one: reads_any_columns(importer_of(one))):
        if any(map(importer_of(name).recognises, _first_records(places, name))):
            return name
    return None


def guessed_format(places: Sequence[str]) -> str:
    """The same, else by the name of a file. Raises ``UsageProblem`` where nothing tells it."""
    found = recognised_format(places)
    if found is not None:
        return found
    suffixes = {place.rpartition(".")[2].lower() for place in places}
    for name in ("csv", "jsonl"):
        if name in suffixes and name in format_names():
            return name
    raise UsageProblem(
        f"the format of {' '.join(places)} is not known. Name it with --format: "
        f"{', '.join(format_names())}"
    )


def _first_records(places: Sequence[str], name: str) -> Iterator[Mapping[str, Any]]:
    """Of the first file that a format reads, the records that its first lines hold."""
    for label, file in foreign_files(places, importer_of(name).FILES)[:1]:
        with opened(label, file) as source:
            head = b"".join(line for _, line in islice(source.lines(), _LINES))
            records = ForeignSource(label, BytesIO(head)).records()
            yield from (fields for _, fields in islice(records, _LINES))
