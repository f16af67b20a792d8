"""The calls of a store of telemetry, as one source of calls among others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from coefgate.runner.call_record import CallRecord
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.recorded_calls import ORIGIN, recorded_call
from coefgate.samples.foreign.source import ForeignSource
from coefgate.telemetry.reading import read_records
from coefgate.telemetry.spool import waiting_records
from coefgate.telemetry.store import open_store
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.store_errors import explained_store
from coefgate.use_cases.import_samples import CallsOfSources


def told_by_store(
    address: str, *, since: int | None = None, until: int | None = None
) -> CallsOfSources:
    """The store at ``address`` with its calls, as an importer gives a file with its own.

    They began from ``since`` to before ``until``, in microseconds since 1970, or are of a phase
    that went on since then: what is stored of a phase is all of it.
    """
    with open_store(address) as store, store.read() as connection:
        source = ForeignSource(ORIGIN, BytesIO())
        if waiting := waiting_records(store.address):
            take_in = store.address.command("telemetry ingest")
            source.notes.append(f"without {waiting:,} that wait beside the store: {take_in}")
        yield (
            source,
            _calls(
                source,
                store.address,
                read_records(connection, since=since, until=until, whole_phases=True),
            ),
        )


def _calls(
    source: ForeignSource, address: StoreAddress, records: Iterable[CallRecord]
) -> Iterator[ForeignCall]:
    """Read while others take the calls, so what the database says is explained here."""
    with explained_store(address):
        for record in records:
            source.count += 1
            yield recorded_call(record)
