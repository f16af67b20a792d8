"""``coefgate telemetry``: from a recorder's file to a server, a table and the end of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from coefgate.telemetry.store import Store, make_store, open_store
from coefgate.telemetry.times import DAY
from tests.end_to_end.conftest import Outcome, run_coefgate
from tests.telemetry.rows import MONDAY, A, B, call, calls_of, put, recorder
from tests.telemetry.spools import leave, line, spool_of

Telemetry = Callable[..., Outcome]


@pytest.fixture
def telemetry(tmp_path: Path) -> Telemetry:
    """Run ``coefgate telemetry`` in a folder that is no registry."""
    place = tmp_path / "place"
    place.mkdir()

    def run(*arguments: str, **environment: str) -> Outcome:
        return run_coefgate(
            place, "telemetry", *arguments, scratch=tmp_path, environment=environment
        )

    return run


@pytest.fixture
def filled(tmp_path: Path, telemetry: Telemetry) -> Iterator[Store]:
    """``telemetry.db`` in that folder with five of seven calls, and two in its spool."""
    path = tmp_path / "place" / "telemetry.db"
    make_store(str(path))
    with open_store(str(path), write=True) as store:
        put(store, calls_of(A, range(1, 6)), recorder(begun=5, closed=False))
        leave(spool_of(store), calls_of(A, (6, 7)), begun=8)
        yield store


def _status(telemetry: Telemetry, *options: str) -> dict[str, Any]:
    done = telemetry("status", "--format", "json", *options)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_way_of_a_platform(
    telemetry: Telemetry, filled: Store, postgres_url: str, tmp_path: Path
) -> None:
    assert _status(telemetry)["spool_lines"] == 2
    assert telemetry("init", "--store", postgres_url).code == 0
    shipped = telemetry("ship", postgres_url, "--format", "json")
    assert shipped.code == 0, shipped.err
    assert json.loads(shipped.out)["added"] == 7
    here, there = _status(telemetry), _status(telemetry, "--store", postgres_url)
    for found in (here, there):
        assert (found["records"], found["calls_lost"], found["spool_lines"]) == (7, 1, 0)
        assert found["weeks"] == {"2026-W40": 7}
    assert there["store"].startswith("postgresql://")
    exported = telemetry("export", "calls.parquet", COEFGATE_STORE=postgres_url)
    assert exported.out == "wrote 7 records to calls.parquet\n"
    pruned = telemetry("prune", "--before", "2026-10-01", "--kept-in", postgres_url)
    assert (pruned.code, pruned.out.splitlines()[0]) == (
        0,
        "7 records of 1 recorder from before 2026-10-01T00:00:00Z went from telemetry.db",
    )
    found = _status(telemetry)
    assert (found["records"], found["calls_lost"]) == (0, 1)
    assert json.loads(telemetry("ship", postgres_url, "--format", "json").out)["added"] == 0
    assert _status(telemetry, "--store", postgres_url)["calls_lost"] == 1


def test_status_in_words(telemetry: Telemetry, filled: Store) -> None:
    put(
        filled,
        [
            call(1, B, started_at=MONDAY + 14 * DAY, state="unfinished"),
            call(2, B, started_at=MONDAY + 13 * DAY, fault="output-tokens"),
            call(3, B, started_at=MONDAY + 15 * DAY),
        ],
        recorder(B, begun=5),
    )
    (spool_of(filled) / f"{B}.refused").touch()
    put(filled, [call(1, "c" * 32, started_at=MONDAY + 28 * DAY)])
    first, second, *rest = telemetry("status").out.splitlines()
    assert first == "telemetry.db: 9 records"
    assert second.startswith("weeks 2026-W40 to 2026-W44; the last call ended ")
    assert second.endswith(" ago, at 2026-10-26T00:00:01Z")
    assert rest == [
        "3 recorders, 2 of them not ended",
        "2 calls lost: they began, and no record came",
        "1 record of calls that were never finished",
        "1 record with the fault output-tokens",
        "1 week without a call between others: 2026-W43",
        "the clock went backwards before 1 call",
        "2 lines in the spool; take them in: coefgate telemetry ingest --store telemetry.db",
        f"lines that are no records: telemetry.db-spool/{B}.refused",
    ]


def test_an_empty_store_says_so(telemetry: Telemetry) -> None:
    telemetry("init")
    assert telemetry("status").out.splitlines()[1] == "no call has ended yet"


def test_what_is_refused_is_told_and_the_rest_is_in(
    telemetry: Telemetry, filled: Store, tmp_path: Path
) -> None:
    (tmp_path / "place/calls.jsonl").write_bytes(
        line(call(9)) + line(call(1, success=False)) + b"no record\n"
    )
    done = telemetry("ingest", "calls.jsonl")
    assert done.code == 3
    assert "the spool: 2 records added, 0 known already" in done.out
    assert "calls.jsonl: 1 records added, 0 known already, 2 refused" in done.out
    assert "conflict" in done.out
    assert "calls.jsonl:2" in done.out
    again = telemetry("ingest", "calls.jsonl", "--format", "json")
    assert json.loads(again.out)["sources"][1] == {
        "source": "calls.jsonl",
        "added": 0,
        "known": 1,
        "refused": {"conflict": 1, "not-json": 1},
    }
    assert telemetry("ingest").out == "nothing waits in the spool of telemetry.db\n"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calls SET actual_output_tokens = 'many' WHERE sequence = 2",
        "UPDATE calls SET predicted_tokens = -7 WHERE sequence = 2",
        "UPDATE calls SET actual_output_tokens = 12.5 WHERE sequence = 2",
        "UPDATE calls SET deliverable_count = 1 << 40 WHERE sequence = 2",
        "UPDATE calls SET digest = '' WHERE sequence = 2",
    ],
)
def test_what_something_else_wrote_is_no_bug(
    change: str, telemetry: Telemetry, filled: Store
) -> None:
    with filled.write() as connection:
        connection.exec_driver_sql(change)
    done = telemetry("report")
    assert done.code == 3
    assert f"telemetry.db holds 1 row (such as {A}:2), which no recorder writes" in done.err
    assert "coefgate telemetry ingest telemetry.db --store NEW" in done.err
    assert telemetry("init", "--store", "new.db").code == 0
    assert "1 refused" in telemetry("ingest", "telemetry.db", "--store", "new.db").out
    assert telemetry("report", "--store", "new.db").code == 0


def test_a_text_that_is_no_text_is_no_fault_of_the_disk(
    telemetry: Telemetry, filled: Store
) -> None:
    with filled.write() as connection:
        connection.exec_driver_sql(
            "UPDATE calls SET category = CAST(x'ff61' AS TEXT) WHERE sequence = 2"
        )
    done = telemetry("report")
    assert (done.code, "not UTF-8, which no recorder writes" in done.err) == (3, True)
    telemetry("init", "--store", "new.db")
    done = telemetry("ship", "new.db", "--format", "json")
    assert (done.code, json.loads(done.out)["refused"]) == (3, {"control-character": 1})


def test_pruning_asks_where_records_are_kept(telemetry: Telemetry, filled: Store) -> None:
    for options in ([], ["--forget", "--kept-in", "other.db"]):
        done = telemetry("prune", "--before", "1d", *options)
        assert (done.code, "--kept-in STORE" in done.err) == (2, True)
    assert (
        "the store itself" in telemetry("prune", "--before", "1d", "--kept-in", "telemetry.db").err
    )
    telemetry("init", "--store", "other.db")
    refused = telemetry("prune", "--before", "1d", "--kept-in", "other.db")
    assert (refused.code, "7 of the 7 records are not in other.db" in refused.err) == (5, True)
    would = telemetry("prune", "--before", "2026-10-01", "--forget", "--dry-run")
    assert "7 records of 1 recorder from before 2026-10-01T00:00:00Z would go" in would.out
    assert "1 call among them had no record" in would.out
    done = telemetry("prune", "--before", "2026-10-01", "--forget", "--format", "json")
    assert json.loads(done.out) == {
        "store": "telemetry.db",
        "before": "2026-10-01T00:00:00Z",
        "records": 7,
        "recorders": 1,
        "lost": 1,
        "dry_run": False,
    }
    assert (
        "no record of telemetry.db may go" in telemetry("prune", "--before", "1d", "--forget").out
    )
    assert telemetry("status").out.splitlines()[1] == "no call has ended since records were pruned"


def test_no_store_and_no_server_end_with_what_mends_it(
    telemetry: Telemetry, filled: Store, tmp_path: Path
) -> None:
    missing = telemetry("status", "--store", "missing.db")
    assert (missing.code, missing.out) == (5, "")
    assert "Make it with: coefgate telemetry init --store missing.db" in missing.err
    refused = telemetry("status", "--store", "mysql://u:tell-nobody@db/x")
    assert (refused.code, "tell-nobody" in refused.text) == (2, False)
    (tmp_path / "place/notes.db").write_text("notes\n")
    assert telemetry("status", "--store", "notes.db").code == 3


def test_a_migrated_server_is_told(telemetry: Telemetry, postgres_url: str) -> None:
    telemetry("init", "--store", postgres_url)
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    old = telemetry("status", "--store", postgres_url)
    assert (old.code, "Migrate it with: coefgate telemetry init" in old.err) == (5, True)


_WITHOUT = """
import sys
sys.modules["sqlalchemy"] = None
sys.argv[1:] = ["telemetry", "status"]
from coefgate.__main__ import main
main()
"""


def test_without_its_packages_the_command_says_which_to_get() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], check=False, capture_output=True, text=True
    )
    assert done.returncode == 5
    assert "(extra telemetry) with: python -m pip install" in done.stderr
