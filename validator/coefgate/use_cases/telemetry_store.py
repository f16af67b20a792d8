"""What is done with a store of records: it is made, filled, shipped, exported, pruned."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.runner.call_record import SCHEMA_VERSION
from coefgate.telemetry.store import make_store
from coefgate.telemetry.store_address import StoreAddress, store_address


@dataclass(frozen=True, slots=True)
class MadeStore:
    """A store, the version that it had (``None``: there was none) and the one that it has."""

    address: StoreAddress
    before: str | None
    version: str


def make(store: str) -> MadeStore:
    """Make or migrate the store at an address."""
    address = store_address(store)
    return MadeStore(address, make_store(address), SCHEMA_VERSION)
