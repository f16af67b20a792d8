"""What is said of a store after something was done with it."""

from __future__ import annotations

from pathlib import Path

from coefgate.reports.pages.telemetry_store import (
    exported_page,
    filled_dict,
    filled_page,
    made_page,
    shipped_dict,
    shipped_page,
)
from coefgate.reports.render.markdown import markdown
from coefgate.telemetry.adding import AddedRecords
from coefgate.telemetry.ship import Shipped
from coefgate.telemetry.store_address import store_address
from coefgate.use_cases.telemetry_store import (
    SPOOL,
    ExportedStore,
    FilledStore,
    MadeStore,
    ShippedStore,
)

HERE = store_address("telemetry.db")
SERVER = store_address("postgresql://records:tell-nobody@db.example.org/records")


def test_a_migrated_store_is_told_from_a_new_one_and_one_that_stays() -> None:
    migrated, made, same = (
        markdown(made_page(MadeStore(HERE, before, "0002"))) for before in ("0001", None, "0002")
    )
    assert "migrated `telemetry.db` from the version 0001 to 0002" in migrated
    assert "made the store `telemetry.db`, version 0002" in made
    assert "nothing to do" in same


def test_what_is_shipped_is_told_without_secrets() -> None:
    records = AddedRecords(added=1)
    records.refuse("conflict", "a:1")
    done = ShippedStore(HERE, SERVER, Shipped(records, left=0, away=2))
    told = markdown(shipped_page(done))
    assert "shipped 1 record to `postgresql://records:***@db.example.org/records`" in told
    assert "it was away 2 times meanwhile" in told
    assert "differs from the record" in told
    assert shipped_dict(done)["refused"] == {"conflict": 1}
    assert "tell-nobody" not in told + str(shipped_dict(done))


def test_a_source_is_told_without_secrets() -> None:
    source = "postgresql://records:tell-nobody@db.example.org/records"
    filled = FilledStore(HERE, [(SPOOL, AddedRecords()), (source, AddedRecords(added=2))])
    told = markdown(filled_page(filled))
    assert "2 records added, 0 known already" in told
    assert SPOOL not in told
    assert "tell-nobody" not in told + str(filled_dict(filled))
    empty = FilledStore(HERE, [(SPOOL, AddedRecords())])
    assert "nothing waits in the spool of `telemetry.db`" in markdown(filled_page(empty))


def test_a_file_is_named() -> None:
    done = ExportedStore(HERE, Path("calls.csv"), 1)
    assert "wrote 1 record to `calls.csv`" in markdown(exported_page(done))
