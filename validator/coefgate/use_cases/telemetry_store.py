"""What is done with a store of records: it is made, filled, shipped, exported, pruned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coefgate.runner.call_record import SCHEMA_VERSION
from coefgate.telemetry import ingest, ship
from coefgate.telemetry.adding import AddedRecords
from coefgate.telemetry.spool import take_in
from coefgate.telemetry.store import make_store, open_store
from coefgate.telemetry.store_address import StoreAddress, store_address


@dataclass(frozen=True, slots=True)
class MadeStore:
    """A store, the version that it had (``None``: there was none) and the one that it has."""

    address: StoreAddress
    before: str | None
    version: str


@dataclass(frozen=True, slots=True)
class FilledStore:
    """What came into a store, by the name of each source."""

    address: StoreAddress
    sources: Sequence[tuple[str, AddedRecords]]


@dataclass(frozen=True, slots=True)
class ShippedStore:
    """What was brought from a store to another one."""

    address: StoreAddress
    target: StoreAddress
    shipped: ship.Shipped


def make(store: str) -> MadeStore:
    """Make or migrate the store at an address."""
    address = store_address(store)
    return MadeStore(address, make_store(address), SCHEMA_VERSION)


def fill(store: str, sources: Sequence[str]) -> FilledStore:
    """Take in the store's spool, then what ``sources`` hold."""
    with open_store(store, write=True) as opened:
        found = [("the spool", take_in(opened))]
        found += [(source, ingest.ingest(source, opened)) for source in sources]
        return FilledStore(opened.address, found)


def ship_store(target: str, store: str) -> ShippedStore:
    """Take in the store's spool, then bring to ``target`` what it lacks."""
    where = store_address(target)
    with open_store(store, write=True) as opened:
        take_in(opened)
        return ShippedStore(opened.address, where, ship.ship(opened, where))
