"""What is done with a store of records: it is made, filled, shipped, exported, pruned."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.core.problems import CoefgateError, InvalidDocument, UsageProblem
from coefgate.registry.wording import count, printable
from coefgate.runner.call_record import SCHEMA_VERSION
from coefgate.telemetry import ingest, ship
from coefgate.telemetry.adding import AddedRecords
from coefgate.telemetry.prune import PrunedRecorder, old_records, prune, refuse_unless_kept
from coefgate.telemetry.spool import SpoolState, spool_state, take_in
from coefgate.telemetry.status import StoreStatus, read_status
from coefgate.telemetry.store import make_store, open_store
from coefgate.telemetry.store_address import StoreAddress, store_address
from coefgate.telemetry.store_errors import damaged_store

SPOOL: Final = "the spool"
"""What is taken in from it stands under this name."""


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


@dataclass(frozen=True, slots=True)
class ExportedStore:
    """How many records of a store are in a new file."""

    address: StoreAddress
    path: Path
    records: int


@dataclass(frozen=True, slots=True)
class PrunedStore:
    """What went of a store's records that began before a moment, or would go."""

    address: StoreAddress
    before: int
    old: Sequence[PrunedRecorder]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What a store holds, and what waits beside it, at a moment."""

    address: StoreAddress
    version: str
    at: int
    status: StoreStatus
    spool: SpoolState


def make(store: str) -> MadeStore:
    """Make or migrate the store at an address."""
    address = store_address(store)
    return MadeStore(address, make_store(address), SCHEMA_VERSION)


def fill(store: str, sources: Sequence[str]) -> FilledStore:
    """Take in the store's spool, then what ``sources`` hold."""
    with open_store(store, write=True) as opened:
        found = [(SPOOL, take_in(opened))]
        found += [(source, ingest.ingest(source, opened)) for source in sources]
        return FilledStore(opened.address, found)


def ship_store(target: str, store: str) -> ShippedStore:
    """Take in the store's spool, then bring to ``target`` what it lacks."""
    where = store_address(target)
    with open_store(store, write=True) as opened:
        take_in(opened)
        return ShippedStore(opened.address, where, ship.ship(opened, where))


def export_store(
    store: str, target: Path, *, since: int | None = None, until: int | None = None
) -> ExportedStore:
    """Write the store's records that began in [since, until) to a new file."""
    from coefgate.telemetry.export import export  # noqa: PLC0415 (what few need, and takes long)

    with open_store(store) as opened:
        return ExportedStore(
            opened.address, target, export(opened, target, since=since, until=until)
        )


def prune_store(
    store: str, *, before: int, kept_in: str | None = None, dry_run: bool = False
) -> PrunedStore:
    """Take out what began before a moment; with ``kept_in`` only if that store has all of it."""
    with open_store(store, write=True) as opened:
        take_in(opened)
        old = old_records(opened, before=before)
        if kept_in is not None:
            with open_store(kept_in) as other:
                if other.address.url == opened.address.url:
                    raise UsageProblem(
                        "--kept-in names the store itself. Name the one that keeps its records."
                    )
                refuse_unless_kept(opened, other, old)
        if not dry_run:
            prune(opened, old)
        return PrunedStore(opened.address, before, old, dry_run)


def look_at(store: str, *, at: int) -> StoreReport:
    """What the store holds; its spool stays as it is."""
    with open_store(store) as opened, opened.read() as connection:
        where = opened.address
        return StoreReport(where, SCHEMA_VERSION, at, read_status(connection), spool_state(where))


def damage_of(store: str) -> InvalidDocument | None:
    """What is wrong with the rows of a store, where some are there that no recorder writes.

    Looks at every row. ``None`` also where the store cannot be read.
    """
    with suppress(CoefgateError), open_store(store) as opened:
        found = ingest.damaged_rows(opened)
        if found.count:
            places = ", ".join(map(printable, found.places))
            what = f"{count(found.count, 'row')} (such as {places})"
            return damaged_store(opened.address.shown, what)
    return None
