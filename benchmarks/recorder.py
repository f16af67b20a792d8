"""What one record costs its caller, and eight processes that record at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.estimates import TEXTS
from benchmarks.measure import ROOT, Row
from coefgate import Registry
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.runner.call_record import CALLS
from coefgate.runner.record_spool import spool_folder

_CALLS = 20_000
_PROCESSES = 8
_EACH = 10_000
_FACTS: dict[str, Any] = {"category": "docs", "complexity": "low", "deliverables": TEXTS}
_PROGRAM = """
import sys
from coefgate import Registry
registry = Registry.from_snapshot(sys.argv[1])
registry.record_to(sys.argv[2])
for number in range(int(sys.argv[3])):
    registry.record_call(
        category="docs", complexity="low", deliverables=["create:docs/guide.md"],
        phase_id=number, output_tokens=number, stop_reason="end_turn",
    )
"""


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        built = folder / "snapshot.json"
        built.write_bytes(snapshot(read_registry(FolderTree(ROOT))).data)
        yield from _one_record(Registry.from_snapshot(built), folder)
        yield _many_processes(built, folder)


def _one_record(registry: Registry, folder: Path) -> Iterator[Row]:
    recorder = registry.record_to(folder / "ours.db")
    ours: list[float] = []
    theirs: list[float] = []
    number = len(CALLS)
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = NORMAL")
        names = ", ".join(one.name for one in CALLS)
        bare.execute(f"CREATE TABLE calls ({names}, PRIMARY KEY (writer, sequence))")
        insert = f"INSERT INTO calls VALUES ({', '.join('?' * number)})"  # noqa: S608 (marks)
        _recorded(registry, 0)
        with closing(sqlite3.connect(folder / "ours.db")) as made:
            row = made.execute("SELECT * FROM calls").fetchone()
        for at in range(_CALLS):
            estimating = _seconds(lambda: registry.estimate(**_FACTS))
            ours.append(_seconds(partial(_recorded, registry, at)) - estimating)
            theirs.append(_seconds(partial(bare.execute, insert, (row[0], at, *row[2:]))))
    recorder.close()
    for what, part, limit in (
        ("half of all records", 0.5, 50),
        ("99 of 100 records", 0.99, 1_000),
    ):
        mine, bare_one = (sorted(one)[int(_CALLS * part)] for one in (ours, theirs))
        yield Row(
            f"one record of a call without its estimate, {what} within",
            f"{mine * 1e6:.0f} µs",
            f"{bare_one * 1e6:.0f} µs, a bare insert of the row",
            mine / bare_one,
            f"{limit:,} µs",
        )


def _recorded(registry: Registry, number: int) -> None:
    with registry.record(**_FACTS, phase_id=number) as call:
        call.finish(output_tokens=number, stop_reason="end_turn")


def _many_processes(built: Path, folder: Path) -> Row:
    """Eight processes, and one that records as many calls as all of them."""
    together, alone = folder / "together.db", folder / "alone.db"
    eight = _seconds(lambda: _run(built, together, [_EACH] * _PROCESSES))
    one = _seconds(lambda: _run(built, alone, [_EACH * _PROCESSES]))
    with closing(sqlite3.connect(together)) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM calls").fetchone()
    waiting = sum(
        len(path.read_bytes().splitlines()) for path in spool_folder(together).glob("*.jsonl")
    )
    kept += waiting
    if kept != _EACH * _PROCESSES:
        raise AssertionError(f"{kept:,} of {_EACH * _PROCESSES:,} records were kept")
    what = (
        f"{_PROCESSES} processes that record {_EACH:,} calls each, {waiting:,} left in the spool"
    )
    return Row(what, f"{eight:.1f} s", f"{one:.1f} s, one process", eight / one, "none")


def _run(built: Path, database: Path, calls: Sequence[int]) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", _PROGRAM, built, database, str(number)])
        for number in calls
    ]
    for one in running:
        if one.wait():
            raise AssertionError("a recording process failed")


def _seconds(done: Callable[[], object]) -> float:
    begin = time.perf_counter()
    done()
    return time.perf_counter() - begin
