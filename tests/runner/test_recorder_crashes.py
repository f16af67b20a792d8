"""A recorder may die at any moment: at most the record being written is lost, and it is seen."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from struct import unpack

import pytest

from coefgate.runner.record_spool import spool_folder
from tests.runner.recorded import records, spooled, started

_ENDLESS = """
number = 0
print("ready", flush=True)
while True:
    number += 1
    call(number)
"""


def _begun(database: Path) -> int:
    (file,) = spool_folder(database).glob("*.begun")
    (number,) = unpack("<q", file.read_bytes())
    return int(number)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("held", [False, True])
def test_killed_at_any_moment(held: bool, seed: int, tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    moment = Random(f"{seed} {held}").uniform(0, 0.05)  # noqa: S311 (the same each time)
    running = started(tmp_path, database, _ENDLESS)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as other:
        if held:  # half of the records go to the spool
            other.execute("BEGIN IMMEDIATE")
        signal.sigtimedwait([], moment)  # a pause that nothing else ends
        os.kill(running.pid, signal.SIGKILL)
        running.communicate()
        if held:
            other.execute("ROLLBACK")
    kept = {one.sequence for one in [*records(database), *spooled(database)]}
    begun = _begun(database)
    assert kept >= set(range(1, begun))
    assert max(kept, default=0) <= begun
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (closed,) = connection.execute("SELECT closed FROM writers").fetchone()
    assert not closed


def test_a_full_disk_loses_no_record(tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    # The database may not grow any more; smaller files may, until they are as large.
    program = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({256 << 10}, resource.RLIM_INFINITY))
for number in range(600):
    call(number)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    _, warned = started(tmp_path, database, program).communicate(timeout=60)
    assert warned.count("RecorderWarning") >= 1
    assert "records are lost" not in warned
    assert sorted(one.sequence for one in records(database)) == [*range(1, 601)]
    assert not spool_folder(database).exists()
