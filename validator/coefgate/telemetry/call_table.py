"""Many records as columns: what figures, detectors and alarms are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from coefgate.replay.metrics import Indices, Integers

Codes: TypeAlias = NDArray[np.int32]

UNKNOWN: Final = -1
"""Where a number, a name or an answer is not known."""


class RecordId(NamedTuple):
    """The identity of a record."""

    writer: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.writer}:{self.sequence}"


@dataclass(frozen=True, slots=True)
class NameColumn:
    """A column of texts: each row is a place in ``names``, or ``UNKNOWN``."""

    codes: Codes
    names: Sequence[str]

    def codes_of(self, name: str) -> list[int]:
        """The places of ``name``; none where no row says it."""
        return [code for code, one in enumerate(self.names) if one == name]


@dataclass(frozen=True, slots=True)
class CallTable:
    """Records in the order of ``started_at``, ``writer`` and ``sequence``: arrays of one length.

    ``started_at`` and ``finished_at``: microseconds since 1970, UTC. ``week``: the Monday of its
    ISO week in UTC, in days since 1970. ``actual``, ``limit`` (the ceiling that was set) and
    ``truncated``/``success`` (0 or 1) are ``UNKNOWN`` where nobody said. ``faulty``: counts in no
    figure. ``finished``: somebody said how it ended.
    """

    started_at: Integers
    finished_at: Integers
    week: Codes
    writer: NameColumn
    sequence: Integers
    runner: NameColumn
    category: NameColumn
    complexity: NameColumn
    model: NameColumn
    version: NameColumn
    digest: NameColumn
    basis: NameColumn
    unit: NameColumn
    phase: NameColumn
    deliverables: Codes
    sizes_unknown: Codes
    predicted: Codes
    budget: Codes
    limit: Codes
    actual: Codes
    truncated: NDArray[np.int8]
    success: NDArray[np.int8]
    finished: NDArray[np.bool_]
    faulty: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a number below zero, which no recorder writes."""
        numbers = (self.deliverables, self.sizes_unknown, self.predicted, self.budget)
        if any(one.min(initial=0) < UNKNOWN for one in (*numbers, self.limit, self.actual)):
            raise ValueError("a record holds a number below zero")

    def __len__(self) -> int:
        return len(self.started_at)

    def where(self, rows: NDArray[np.bool_ | np.intp]) -> CallTable:
        """The records of a mask, or at these indices."""
        return CallTable(*(_at(getattr(self, one.name), rows) for one in fields(self)))


def record_ids(table: CallTable, rows: Indices) -> list[RecordId]:
    """The identities of these records."""
    names = table.writer.names
    writers = (names[code] for code in table.writer.codes[rows].tolist())
    return list(map(RecordId, writers, table.sequence[rows].tolist()))


def phase_numbers(phase: Codes) -> Indices:
    """The phase of each call as a number; a call of which nobody knows it is one of its own."""
    alone = np.flatnonzero(phase == UNKNOWN)
    found = phase.astype(np.intp)
    found[alone] = int(phase.max(initial=UNKNOWN)) + 1 + alone
    return found


def _at(column: Any, rows: NDArray[np.bool_ | np.intp]) -> Any:
    if isinstance(column, NameColumn):
        return NameColumn(column.codes[rows], column.names)
    return column[rows]
