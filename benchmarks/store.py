"""The store: bringing records in against bare inserts, taking them away against a bare query."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.measure import Row, inside, paired, peak_bytes
from coefgate.telemetry.export import export
from coefgate.telemetry.ingest import ingest
from coefgate.telemetry.record_rows import CALL_NAMES
from coefgate.telemetry.ship import ship
from coefgate.telemetry.store import make_store, open_store
from coefgate.telemetry.store_address import store_address
from coefgate.telemetry.times import DAY
from tests.postgres import postgres_server
from tests.telemetry.rows import MONDAY, call, put

RECORDS = 50_000
_INSERT = "INSERT OR IGNORE INTO calls VALUES (?" + ", ?" * (len(CALL_NAMES) - 1) + ")"
_WRITERS = [f"{number:032x}" for number in range(8)]


def fill(path: Path, records: int) -> None:
    """A store of eight recorders, over ten weeks."""
    make_store(str(path))
    step = 70 * DAY // records
    with open_store(str(path), write=True) as store:
        for start in range(0, records, 1000):
            numbers = range(start, min(start + 1000, records))
            put(
                store,
                (call(n // 8 + 1, _WRITERS[n % 8], started_at=MONDAY + n * step) for n in numbers),
            )


def _fresh(folder: Path, name: str) -> Callable[[], Path]:
    """Each time an empty store at another place."""
    made = iter(range(1_000_000))

    def new() -> Path:
        path = folder / f"{name}-{next(made)}.db"
        make_store(str(path))
        return path

    return new


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        folder = Path(name)
        source = folder / "source.db"
        fill(source, RECORDS)
        with closing(sqlite3.connect(source)) as connection:
            found = connection.execute("SELECT * FROM calls").fetchall()
        fresh = _fresh(folder, "target")

        def bare() -> None:
            with closing(sqlite3.connect(fresh())) as connection, connection:
                connection.executemany(_INSERT, found)

        def ours() -> None:
            with open_store(str(fresh()), write=True) as store:
                assert ingest(str(source), store).added == RECORDS

        yield _row(f"ingest of {RECORDS:,} records into SQLite", ours, bare, "–")

        filled = fresh()
        with open_store(str(filled), write=True) as store:
            ingest(str(source), store)

        def again() -> None:
            with open_store(str(filled), write=True) as store:
                assert ingest(str(source), store).known == RECORDS

        yield _row("the same again, which adds nothing", again, bare, "–")

        def shipped() -> None:
            url = server.fresh_database()
            make_store(url)
            with open_store(str(source)) as store:
                address = store_address(url)
                assert ship(store, address).records.added == RECORDS

        yield _row(f"shipping {RECORDS:,} records to PostgreSQL", shipped, bare, "–")
        exported = iter(range(1_000_000))

        def query() -> None:
            with closing(sqlite3.connect(source)) as connection:
                connection.execute("SELECT * FROM calls").fetchall()

        for suffix in ("parquet", "csv", "jsonl"):

            def write(suffix: str = suffix) -> None:
                with open_store(str(source)) as store:
                    export(store, folder / f"{next(exported)}.{suffix}")

            yield _row(f"export of {RECORDS:,} records as {suffix}", write, query, "–")
        few = folder / "few.db"
        fill(few, RECORDS // 10)
        code = (
            "import sys; from pathlib import Path; from coefgate.telemetry.export import export; "
            "from coefgate.telemetry.store import open_store; "
            "export(open_store(sys.argv[1]), Path(sys.argv[2]))"
        )
        peaks = [
            peak_bytes(
                [sys.executable, "-c", code, str(path), str(folder / f"{path.stem}.parquet")]
            )
            for path in (source, few)
        ]
        yield Row(
            f"memory at its peak, exporting {RECORDS:,} records",
            f"{peaks[0] / 1e6:.0f} MB",
            f"{peaks[1] / 1e6:.0f} MB, {RECORDS // 10:,} records",
            peaks[0] / peaks[1],
            "–",
        )


def _row(what: str, ours: Callable[[], None], bare: Callable[[], None], limit: str) -> Row:
    """Both in seconds, and how many times as long ours takes."""
    took, other, ratio = paired(inside(ours), inside(bare), runs=3)
    against = "bare sqlite3 executemany of them" if "export" not in what else "a bare SELECT"
    return Row(what, f"{took:.2f} s", f"{other:.2f} s, {against}", ratio, limit)
