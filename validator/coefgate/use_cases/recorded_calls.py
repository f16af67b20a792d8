"""The calls of a store of telemetry, as one source of calls among others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from coefgate.runner.call_record import CallRecord
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.recorded_calls import ORIGIN, recorded_call
from coefgate.samples.foreign.source import ForeignSource
from coefgate.telemetry.call_parts import CallParts, call_parts
from coefgate.telemetry.records_by_key import read_records
from coefgate.telemetry.spool import waiting_records
from coefgate.telemetry.store import open_store
from coefgate.use_cases.new_calls import CallsOfSources


@contextmanager
def recorded_calls(
    address: str, *, since: int | None = None, until: int | None = None
) -> Iterator[RecordedCalls]:
    """The calls of the store at ``address``, as an importer gives a file with its own.

    They began from ``since`` to before ``until``, in microseconds since 1970, or are of a phase
    that went on since then: what is stored of a phase is all of it.
    """
    with open_store(address) as store, store.read() as connection:
        notes: list[str] = []
        if waiting := waiting_records(store.address):
            take_in = store.address.command("telemetry ingest")
            notes.append(f"without {waiting:,} that wait beside the store: {take_in}")
        calls = call_parts(connection, since=since, until=until)
        yield RecordedCalls(calls, partial(read_records, connection), notes)


@dataclass(frozen=True, slots=True)
class RecordedCalls:
    """The calls of an open store: a few numbers of each are in memory, records part by part."""

    calls: CallParts
    read: Callable[[Iterable[tuple[str, int]]], Iterator[CallRecord]]
    notes: Sequence[str]

    def parts(
        self, size: int, *, holding: Collection[int] | None = None
    ) -> Iterator[CallsOfSources]:
        """All calls, or those of the parts with these numbers."""
        for numbers in self.calls.batches(size, holding=holding):
            source = ForeignSource(ORIGIN, BytesIO())
            source.notes += self.notes
            source.count = len(numbers)
            yield [(source, self._calls(numbers))]

    def _calls(self, numbers: Sequence[int]) -> Iterator[ForeignCall]:
        records = self.read(self.calls.keys(numbers))
        for number, record in zip(numbers, records, strict=True):
            yield recorded_call(record, number)
