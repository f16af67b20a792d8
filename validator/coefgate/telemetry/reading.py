"""Records out of a store, as columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from coefgate.core.garbage_collector import collector_paused
from coefgate.core.problems import InvalidDocument
from coefgate.replay.metrics import Integers
from coefgate.telemetry.call_table import UNKNOWN, CallTable, Codes, NameColumn
from coefgate.telemetry.schema import calls
from coefgate.telemetry.times import weeks_of

_AT_ONCE: Final = 1000
"""Rows that are taken from the database together: more would leave the processor's cache."""
_FIRST: Final = 64 * _AT_ONCE
"""Rows that there is room for at first."""

_TEXTS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "writer": calls.c.writer,
    "runner": calls.c.runner,
    "phase": calls.c.origin + "/" + calls.c.phase_id,
}
_LABELS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    "category": calls.c.category,
    "complexity": calls.c.complexity,
    "model": calls.c.model,
    "version": calls.c.registry_version,
    "digest": calls.c.digest,
    "basis": calls.c.basis,
    "unit": calls.c.unit,
}
"""Texts of few values, which come as one: each value of a row takes as long as any other."""
_APART: Final = "\n"
"""Between them; no name holds a line end."""


def _known(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(column, UNKNOWN)


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
}
COLUMNS: Final = frozenset((*_TEXTS, *_LABELS, *_NUMBERS))
"""What may be left out where nobody asks for it."""


def _answer(column: sa.ColumnElement[Any], times: int) -> sa.ColumnElement[Any]:
    """Nothing where nobody said, one time where it is false, two times where it is true."""
    return sa.case((column.is_(True), 2 * times), (column.is_(False), times), else_=0)


_ENDING: Final = (
    _answer(calls.c.truncated, 1)
    + _answer(calls.c.success, 3)
    + sa.case((calls.c.state == "finished", 9), else_=0)
    + sa.case((calls.c.fault.is_not(None), 18), else_=0)
)
"""Four answers in one number."""


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

    ``columns``: those of ``COLUMNS`` that are asked for; the others say ``UNKNOWN`` everywhere,
    and cost neither time nor memory. A phase goes by ``origin/phase_id``.
    """
    wanted = {"started_at", *columns}
    labels = [name for name in _LABELS if name in wanted]
    asked: dict[str, tuple[sa.ColumnElement[Any], type[np.generic]]] = {
        "ending": (_ENDING, np.int8),
        **{name: (_TEXTS[name], np.int32) for name in _TEXTS if name in wanted},
        **{name: _NUMBERS[name] for name in _NUMBERS if name in wanted},
    }
    if labels:
        asked["labels"] = _joined([_LABELS[name] for name in labels]), np.int32
    texts = {name: _Numbering({None: UNKNOWN}) for name in ("labels", *_TEXTS) if name in asked}
    found = _read(connection, asked, texts, began_between(since, until))
    writers = [one for one in texts.get("writer", ()) if one is not None]
    if (order := _order(found, writers)) is not None:
        for name in found:  # one after the other, so that only one is there twice
            found[name] = found[name][order]
    return _table(found, texts, labels)


def _joined(columns: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    first, *others = (sa.func.coalesce(one, "") for one in columns)
    joined: sa.ColumnElement[Any] = first
    for one in others:
        joined = joined.concat(_APART).concat(one)
    return joined


def _table(
    found: Mapping[str, Any], texts: Mapping[str, _Numbering], labels: Sequence[str]
) -> CallTable:
    """``found``: columns as they were read; ``texts``: what their codes stand for."""
    count, ending = len(found["started_at"]), found["ending"]
    unknown = NameColumn(np.broadcast_to(np.int32(UNKNOWN), count), [])
    made: dict[str, Any] = dict.fromkeys((*_TEXTS, *_LABELS), unknown)
    made |= {name: np.broadcast_to(kind(UNKNOWN), count) for name, (_, kind) in _NUMBERS.items()}
    made |= {name: found[name] for name in _NUMBERS if name in found}
    for name in _TEXTS.keys() & found.keys():
        names = [text for text in texts[name] if text is not None]
        made[name] = NameColumn(found[name], names)
    if labels:
        rows = [text.split(_APART) for text in texts["labels"] if text is not None]
        if any(len(row) != len(labels) for row in rows):
            raise InvalidDocument(
                "the store holds a name with a line end, which no recorder writes: something else "
                "wrote into it. Take those records out, or bring the others into a new store."
            )
        for name, said in zip(labels, zip(*rows, strict=True), strict=False):
            made[name] = _label(found["labels"], said)
    return CallTable(
        **made,
        week=weeks_of(found["started_at"]),
        truncated=ending % 3 - 1,
        success=ending // 3 % 3 - 1,
        finished=ending // 9 % 2 == 1,
        faulty=ending >= 18,
    )


def _label(codes: Codes, said: Sequence[str]) -> NameColumn:
    """Of joined texts what they say of one label, which is empty where nobody said it."""
    names = {name: at for at, name in enumerate(dict.fromkeys(filter(None, said)))}
    places = np.array([names.get(name, UNKNOWN) for name in said], dtype=np.int32)
    return NameColumn(places[codes], list(names))


def _read(
    connection: sa.Connection,
    asked: Mapping[str, tuple[sa.ColumnElement[Any], type[np.generic]]],
    texts: Mapping[str, _Numbering],
    between: sa.ColumnElement[bool],
) -> dict[str, Any]:
    found: dict[str, Any] = {name: np.empty(0, kind) for name, (_, kind) in asked.items()}
    reading, start = connection.execution_options(yield_per=_AT_ONCE), 0
    query = sa.select(*(column for column, _ in asked.values())).where(between)
    for rows in reading.execute(query).partitions():
        stop = start + len(rows)
        if stop > len(found["started_at"]):
            found = {name: _longer(column) for name, column in found.items()}
        for name, values in zip(asked, zip(*rows, strict=False), strict=True):
            coded = map(texts[name].__getitem__, values) if name in texts else values
            if coded is values and type(sum(values)) is not int:  # a whole number is taken of each
                raise ValueError("a record holds a number that is not whole")
            # An array takes a tuple four times as slowly.
            found[name][start:stop] = np.fromiter(coded, asked[name][1], len(rows))
        start = stop
    return {name: column[:start] for name, column in found.items()}


def _longer(column: Any) -> Any:
    """Twice as long; how many records there are would take a look at all of them."""
    longer = np.empty(max(2 * len(column), _FIRST), column.dtype)
    longer[: len(column)] = column
    return longer


def began_between(since: int | None, until: int | None) -> sa.ColumnElement[bool]:
    """Did a call begin from ``since`` on and before ``until``, as far as they are given?"""
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
    keys = [started]
    if writers:
        keys.insert(0, np.argsort(np.argsort(np.array(writers, dtype=np.str_)))[found["writer"]])
    if "sequence" in found:
        keys.insert(0, found["sequence"])
    return np.lexsort(keys).astype(np.int32)
