"""Records out of a store, each as it was written: those with some keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Final

import sqlalchemy as sa

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.schema import calls

_ROWS_AT_ONCE: Final = 1000
_KEYS_AT_ONCE: Final = 200


def read_records(
    connection: sa.Connection, keys: Iterable[tuple[str, int]]
) -> Iterator[CallRecord]:
    """The records with these writers and sequences, by start, writer and sequence."""
    asked = sa.select(*(calls.c[one.name] for one in fields(CallRecord)))
    reading = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    found = [
        CallRecord(*row)
        for writers, numbers in _in_rectangles(keys)
        # Of pairs together SQLite reads the whole table; of these it goes to each record.
        for row in reading.execute(
            asked.where(calls.c.writer.in_(writers), calls.c.sequence.in_(numbers))
        )
    ]
    found.sort(key=lambda one: (one.started_at, one.writer, one.sequence), reverse=True)
    while found:  # so that each may go once it was looked at
        yield found.pop()


def _in_rectangles(
    keys: Iterable[tuple[str, int]],
) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
    """The same keys as writers of each of whom the same numbers are asked for.

    A process may have made thousands of these calls, or each call may be of one of its own.
    """
    of_writer: dict[str, list[int]] = {}
    for writer, sequence in sorted({*keys}):
        of_writer.setdefault(writer, []).append(sequence)
    alike: dict[tuple[int, ...], list[str]] = {}
    for writer, numbers in of_writer.items():
        for first in range(0, len(numbers), _KEYS_AT_ONCE):
            some = tuple(numbers[first : first + _KEYS_AT_ONCE])
            alike.setdefault(some, []).append(writer)
    for some, writers in alike.items():
        together = max(1, _KEYS_AT_ONCE // len(some))
        for first in range(0, len(writers), together):
            yield writers[first : first + together], some
