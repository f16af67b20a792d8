"""Records out of a store: many as columns, or each by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from coefgate.core.garbage_collector import collector_paused
from coefgate.replay.metrics import Integers
from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.call_table import UNKNOWN, CallTable, Codes, NameColumn, week_of
from coefgate.telemetry.schema import calls

RecordKey = tuple[str, int]
"""The ``writer`` of a record and its ``sequence``."""
_AT_ONCE: Final = 1000
"""Rows that are taken from the database together: more would leave the processor's cache."""
_KEYS_AT_ONCE: Final = 200
_FIRST: Final = 64 * _AT_ONCE
"""Rows that there is room for at first."""

_TEXTS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "writer": calls.c.writer,
    "runner": calls.c.runner,
    "category": calls.c.category,
    "complexity": calls.c.complexity,
    "model": calls.c.model,
    "version": calls.c.registry_version,
    "digest": calls.c.digest,
    "basis": calls.c.basis,
    "unit": calls.c.unit,
    "phase": calls.c.origin + "/" + calls.c.phase_id,
}


def _known(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """PostgreSQL makes no other kind of number of a boolean."""
    return sa.func.coalesce(sa.cast(column, sa.Integer()), UNKNOWN)


def _is(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    """As the database says it, so that nobody looks at every value once more."""
    return sa.type_coerce(condition, sa.Integer())


_NUMBERS: Final[Mapping[str, tuple[sa.ColumnElement[Any], type[np.generic]]]] = {
    "started_at": (calls.c.started_at, np.int64),
    "finished_at": (calls.c.finished_at, np.int64),
    "sequence": (calls.c.sequence, np.int64),
    "deliverables": (calls.c.deliverable_count, np.int32),
    "sizes_unknown": (calls.c.sizes_unknown, np.int32),
    "predicted": (calls.c.predicted_tokens, np.int32),
    "budget": (calls.c.budget, np.int32),
    "limit": (_known(calls.c.max_output_tokens), np.int32),
    "actual": (_known(calls.c.actual_output_tokens), np.int32),
    "truncated": (_known(calls.c.truncated), np.int8),
    "success": (_known(calls.c.success), np.int8),
    "finished": (_is(calls.c.state == "finished"), np.bool_),
    "faulty": (_is(calls.c.fault.is_not(None)), np.bool_),
}
COLUMNS: Final = frozenset((*_TEXTS, *_NUMBERS))
"""What may be left out where nobody asks for it, beside ``week``."""
_ALWAYS: Final = frozenset(("started_at", "finished", "faulty"))


class _Numbering(dict[str | None, int]):
    """A number for each text, in the order in which they come."""

    def __missing__(self, text: str | None) -> int:
        self[text] = code = len(self) - 1
        return code


@collector_paused()
def read_calls(
    connection: sa.Connection,
    *,
    since: int | None = None,
    until: int | None = None,
    columns: Collection[str] = COLUMNS,
) -> CallTable:
    """The records of calls that began from ``since`` on and before ``until``, in microseconds.

    ``columns``: those that are asked for; the others say ``UNKNOWN`` everywhere, and cost neither
    time nor memory. A phase goes by ``origin/phase_id``.
    """
    wanted = _ALWAYS.union(columns)
    texts = {name: _Numbering({None: UNKNOWN}) for name in _TEXTS if name in wanted}
    kinds: dict[str, type[np.generic]] = dict.fromkeys(texts, np.int32)
    kinds |= {name: kind for name, (_, kind) in _NUMBERS.items() if name in wanted}
    found = _read(connection, texts, kinds, _between(since, until))
    count = len(found["started_at"])
    for name in COLUMNS - wanted:
        kind = _NUMBERS[name][1] if name in _NUMBERS else np.int32
        found[name] = np.broadcast_to(kind(UNKNOWN), count)
    names: dict[str, Sequence[str]] = {
        name: [text for text in texts.get(name, ()) if text is not None] for name in _TEXTS
    }
    order = _order(found, names["writer"])
    if order is not None:
        found |= {name: found[name][order] for name in kinds}
    made: dict[str, Any] = {name: found[name] for name in _NUMBERS}
    made |= {name: NameColumn(found[name], names[name]) for name in _TEXTS}
    return CallTable(**made, week=week_of(made["started_at"]))


def _read(
    connection: sa.Connection,
    texts: Mapping[str, _Numbering],
    kinds: Mapping[str, type[np.generic]],
    between: sa.ColumnElement[bool],
) -> dict[str, Any]:
    asked = [_TEXTS[name] if name in texts else _NUMBERS[name][0] for name in kinds]
    found: dict[str, Any] = {name: np.empty(0, kind) for name, kind in kinds.items()}
    reading, start = connection.execution_options(yield_per=_AT_ONCE), 0
    for rows in reading.execute(sa.select(*asked).where(between)).partitions():
        stop = start + len(rows)
        if stop > len(found["started_at"]):
            found = {name: _longer(column) for name, column in found.items()}
        for (name, kind), values in zip(kinds.items(), zip(*rows, strict=False), strict=True):
            coded = map(texts[name].__getitem__, values) if name in texts else values
            # An array takes a tuple four times as slowly.
            found[name][start:stop] = np.fromiter(coded, kind, len(rows))
        start = stop
    return {name: column[:start] for name, column in found.items()}


def _longer(column: Any) -> Any:
    """Twice as long; how many records there are would take a look at all of them."""
    longer = np.empty(max(2 * len(column), _FIRST), column.dtype)
    longer[: len(column)] = column
    return longer


def _between(since: int | None, until: int | None) -> sa.ColumnElement[bool]:
    started = calls.c.started_at
    return sa.and_(
        sa.true() if since is None else started >= since,
        sa.true() if until is None else started < until,
    )


def _order(found: Mapping[str, Any], writers: Sequence[str]) -> Codes | None:
    """By start, writer and sequence; ``None`` where they stand so already."""
    started: Integers = found["started_at"]
    if (started[1:] > started[:-1]).all():
        return None
    ranks = np.argsort(np.argsort(np.array(writers, dtype=np.str_)))
    by_name = ranks[found["writer"]] if len(writers) else found["writer"]
    return np.lexsort((found["sequence"], by_name, started)).astype(np.int32)


def read_records(
    connection: sa.Connection,
    *,
    keys: Collection[RecordKey] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> Iterator[CallRecord]:
    """Records as they were written, by start, writer and sequence; ``keys``: only these."""
    columns = [calls.c[one.name] for one in fields(CallRecord)]
    identity = calls.c.writer, calls.c.sequence
    asked = sa.select(*columns).where(_between(since, until))
    asked = asked.order_by(calls.c.started_at, *identity)
    reading = connection.execution_options(yield_per=_AT_ONCE)
    if keys is None:
        for row in reading.execute(asked):
            yield CallRecord(*row)
        return
    wanted, found = list(dict.fromkeys(keys)), list[CallRecord]()
    for first in range(0, len(wanted), _KEYS_AT_ONCE):
        some = sa.tuple_(*identity).in_(wanted[first : first + _KEYS_AT_ONCE])
        found += (CallRecord(*row) for row in reading.execute(asked.where(some)))
    yield from sorted(found, key=lambda one: (one.started_at, one.writer, one.sequence))
