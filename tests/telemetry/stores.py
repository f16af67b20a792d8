"""Stores that hold given records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.schema import calls
from coefgate.telemetry.store import make_store, open_store


def store_with(address: str | Path, records: Iterable[CallRecord]) -> str:
    """Put ``records`` into the store at ``address``, which is made if need be; the address."""
    place = str(address)
    make_store(place)
    with open_store(place, write=True) as store, store.write() as connection:
        connection.execute(calls.insert(), list(map(asdict, records)))
    return place
