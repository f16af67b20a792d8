"""Which recorded calls have to be looked at together: those of one part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import sqlalchemy as sa

from coefgate.core.disjoint_sets import DisjointSets
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.replay.metrics import Integers
from coefgate.samples.foreign.paths import without_folders
from coefgate.telemetry.call_table import UNKNOWN
from coefgate.telemetry.reading import began_between
from coefgate.telemetry.schema import calls

_AT_ONCE: Final = 1000
_NOTHING: Final = -1
"""In the place of a hash, which is never this number."""


@dataclass(frozen=True, slots=True)
class CallParts:
    """The calls of a store by number: from 0, by start, recorder and sequence.

    ``writer``: which of ``writers`` recorded each, under the number ``sequence``. ``part``: the
    part that it is of; parts are numbered in the order of their first calls.
    """

    writers: Sequence[str]
    writer: Integers
    sequence: Integers
    part: Integers

    def batches(
        self, size: int, *, holding: Collection[int] | None = None
    ) -> Iterator[Sequence[int]]:
        """The numbers of all calls, or of those whose parts are ``holding`` these, in order.

        Each batch holds whole parts: as many as have ``size`` calls together, the last as a whole.
        """
        found = np.argsort(self.part, kind="stable")
        if holding is not None:
            wanted = self.part[np.fromiter(holding, np.int64, len(holding))]
            found = found[np.isin(self.part[found], wanted)]
        ends = np.append(np.flatnonzero(np.diff(self.part[found])) + 1, len(found))
        start = 0
        while start < len(found):
            last = min(int(np.searchsorted(ends, start + size)), len(ends) - 1)
            stop = int(ends[last])
            yield np.sort(found[start:stop]).tolist()
            start = stop

    def keys(self, numbers: Iterable[int]) -> list[tuple[str, int]]:
        """What the records of these calls are known by."""
        at = np.fromiter(numbers, np.int64)
        writers = map(self.writers.__getitem__, self.writer[at].tolist())
        return list(zip(writers, self.sequence[at].tolist(), strict=True))


def call_parts(
    connection: sa.Connection, *, since: int | None = None, until: int | None = None
) -> CallParts:
    """The calls that began between the two, and the earlier ones of their phases.

    Of one part are calls of a phase, calls with one ``call_id``, and calls that began in the same
    microsecond and needed as many tokens (no others are copies), directly or by way of others.
    Where hashes are equal by chance a part is larger than it need be.
    """
    writers: dict[str, int] = {}
    began, needed, writer, sequence, work, call = _read(connection, _chosen(since, until), writers)
    alphabetical = np.argsort(np.argsort(np.array(list(writers), np.str_)))
    order = np.lexsort((sequence, alphabetical[writer], began))
    content = began * (MAX_TOKENS + 2) + needed
    own = np.arange(len(order))
    work, call = (np.where(one == _NOTHING, own, one) for one in (work, call))
    part = np.unique(work[order], return_inverse=True)[1]
    part = _joined(part, (call[order], content[order]))
    _, first, part = np.unique(part, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return CallParts(
        list(writers),
        writer[order].astype(np.int32),
        sequence[order],
        rank[part].astype(np.int32),
    )


def _read(
    connection: sa.Connection, chosen: sa.ColumnElement[bool], writers: dict[str, int]
) -> Integers:
    """For each of these columns a row, in any order of calls; ``writers`` are numbered."""
    found = [np.empty((6, 0), np.int64)]
    needed = sa.func.coalesce(calls.c.actual_output_tokens, UNKNOWN)
    who = calls.c.writer, calls.c.sequence, calls.c.origin, calls.c.phase_id, calls.c.call_id
    query = sa.select(calls.c.started_at, needed, *who).where(chosen)
    reading = connection.execution_options(yield_per=_AT_ONCE)
    for rows in reading.execute(query).partitions():
        began, tokens, names, numbers, origins, phases, ids = zip(*rows, strict=True)
        codes = [writers.setdefault(name, len(writers)) for name in names]
        named = (_NOTHING if one is None else hash(one) for one in ids)
        columns = began, tokens, codes, numbers, map(_phase, origins, phases), named
        found.append(np.stack([np.fromiter(one, np.int64, len(rows)) for one in columns]))
    return np.concatenate(found, axis=1)


def _phase(origin: str, phase: str | None) -> int:
    """As an importer reads it: an id that is a path is the last name of it."""
    named = None if phase is None else without_folders(phase)
    return _NOTHING if named is None else hash((origin, named))


def _joined(part: Integers, keys: Iterable[Integers]) -> Integers:
    """The parts of calls once those that share one of the ``keys`` are of one part."""
    sets = DisjointSets[int]()
    for key in keys:
        order = np.argsort(key, kind="stable")
        same = np.flatnonzero(key[order][1:] == key[order][:-1])
        pairs = part[order[same]], part[order[same + 1]]
        for one, other in zip(*(side.tolist() for side in pairs), strict=True):
            sets.join(one, other)
    stands = np.arange(len(part))
    for one in sets.joined():
        stands[one] = sets.first(one)
    return stands[part]


def _chosen(since: int | None, until: int | None) -> sa.ColumnElement[bool]:
    """Began between the two, or is of a phase that another one that did belongs to."""
    between = began_between(since, until)
    if since is None:
        return between
    phase = sa.tuple_(calls.c.origin, calls.c.phase_id)
    went_on = sa.select(calls.c.origin, calls.c.phase_id).where(
        between, calls.c.phase_id.is_not(None)
    )
    return sa.or_(between, sa.and_(began_between(None, until), phase.in_(went_on)))
