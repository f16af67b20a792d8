"""Stores that hold given records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.records_by_key import read_records
from coefgate.telemetry.schema import calls
from coefgate.telemetry.store import make_store, open_store


def store_with(address: str | Path, records: Iterable[CallRecord]) -> str:
    """Put ``records`` into the store at ``address``, which is made if need be; the address."""
    place = str(address)
    make_store(place)
    with open_store(place, write=True) as store, store.write() as connection:
        add_records(connection, records)
    return place


def add_records(connection: sa.Connection, records: Iterable[CallRecord]) -> None:
    """Insert ``records`` as they are."""
    connection.execute(calls.insert(), list(map(asdict, records)))


def records_in(connection: sa.Connection) -> list[CallRecord]:
    """Every record, by start, writer and sequence."""
    keys = connection.execute(sa.select(calls.c.writer, calls.c.sequence))
    return list(read_records(connection, map(tuple, keys)))
