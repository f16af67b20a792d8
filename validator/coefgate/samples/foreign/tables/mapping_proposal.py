"""A guess of columns in words: a mapping file to save, and what an import without one used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import chain, islice
from typing import Any, Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import first_of, printable
from coefgate.registry.yaml_text import block_lines
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.column_map import TOKENS, ColumnMap, read_column_map
from coefgate.samples.foreign.tables.column_names import NAMES
from coefgate.samples.foreign.tables.mapping_guess import FIRST_ROWS, Guess, guess_columns

_FIRST_BYTES: Final = 8 << 20
_UNUSED_SHOWN: Final = 40
_WANTED: Final[Mapping[str, str]] = {
    TOKENS: "the output tokens; without them there are no calls",
    "deliverables": "the files; without them a call is not scored",
    "category": "what kind of work it was; without it a call is not scored",
    "complexity": "how hard the work was; without it a call is not scored",
    "success": "could the reply be used? Without it, see whether stop_reason says enough",
    "truncated": "was the reply cut off? stop_reason says it too, or max_output_tokens",
    "observed_at": "when the call was made",
    "phase_id": "which piece of work the call belongs to",
    "model": "the name of the model",
}
_SAID_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "deliverables": ("created", "modified"),
    "success": ("stop_reason",),
    "truncated": ("stop_reason", "max_output_tokens"),
}

Records = Iterator[tuple[int, Mapping[str, Any]]]


class TokensNotFound(UsageProblem):
    """No column has a usual name of output tokens."""


def column_map_of(
    records: Records, source: ForeignSource, options: ImportOptions
) -> tuple[ColumnMap, Records]:
    """The map that ``options`` names, else a guess from the first records, and all records.

    ``source`` says which columns were guessed. Raises ``TokensNotFound``, with what was found,
    where no column of output tokens is.
    """
    if options.map_file is not None:
        return read_column_map(options.map_file), records
    first = list(_first(records, source))
    guess = guess_columns(record for _, record in first)
    if first and not guess.is_sure:
        raise TokensNotFound(
            f"{source.name}: which column holds the output tokens? None has a usual name. Save "
            "this as a file, write the name of the column in, and import with --map FILE:\n\n"
            + proposal_text(guess, source.name)
        )
    if first:
        source.notes.append(_what_was_used(guess.mapped))
    return guess.mapped, chain(first, records)


def proposal(records: Records, source: ForeignSource) -> str:
    """A mapping file for the table that begins with ``records``."""
    guess = guess_columns(record for _, record in _first(records, source))
    return proposal_text(guess, source.name)


def _first(records: Records, source: ForeignSource) -> Records:
    """Those that a guess looks at: all of them are in memory at once."""
    for one in islice(records, FIRST_ROWS):
        yield one
        if source.size > _FIRST_BYTES:
            return


def proposal_text(guess: Guess, name: str) -> str:
    """A mapping file that says what was guessed, and in comments what was not found."""
    return "\n".join([f"# What the columns of {printable(name)} hold.", *_lines(guess)]) + "\n"


def _lines(guess: Guess) -> Iterator[str]:
    mapped = guess.mapped
    yield "columns:"
    if not guess.is_sure:
        yield f"  # {TOKENS}: COLUMN   # write its name here"
    ordered = {name: mapped.columns[name] for name in NAMES if name in mapped.columns}
    if ordered:
        yield from block_lines(ordered, "  ")
    sections: dict[str, Mapping[str, Any]] = {
        "constants": mapped.constants,
        "words": mapped.words,
        "files": {key: one for key, one in asdict(mapped.files).items() if one is not None},
    }
    for section, held in sections.items():
        if held:
            yield f"{section}:"
            yield from block_lines(dict(held), "  ")
    if mapped.thousands is not None:
        yield f'thousands: "{mapped.thousands}"'
    if mapped.naive_times is not None:
        yield "naive_times: UTC  # the zone of times that state none; write yours"
    missing = list(_missing(mapped.columns))
    if missing:
        yield "# Not found among the columns (see docs/how-to/importers.md of Coefgate):"
        yield from (f"#   {name}: {what}" for name, what in missing)
    if guess.unused:
        yield f"# Not used: {first_of([printable(one) for one in guess.unused], _UNUSED_SHOWN)}"


def _missing(columns: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, what in _WANTED.items():
        if columns.keys().isdisjoint({name, *_SAID_BY.get(name, ())}):
            yield name, what


def _what_was_used(mapped: ColumnMap) -> str:
    pairs = ", ".join(
        f"{fact} from {printable(column)}" for fact, column in mapped.columns.items()
    )
    zone = "; times without a zone are taken for UTC" if mapped.naive_times else ""
    return f"columns by their names and values: {pairs}{zone}"
