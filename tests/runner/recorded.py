"""What recorders left, read by the standard library alone, and programs that record."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from coefgate import Registry
from coefgate.runner.call_record import CallRecord
from coefgate.runner.record_spool import rows_of, spool_folder
from tests.runner.remotes import snapshot

CALL: dict[str, Any] = {
    "category": "docs",
    "complexity": "low",
    "deliverables": ["create:docs/guide.md"],
    "model": "claude-sonnet-4-5",
}

PROGRAM = """
import sys
from coefgate import Registry
registry = Registry.from_snapshot({snapshot!r}, version="1.4.0")
registry.record_to({database!r}, runner="agents")

def call(number):
    with registry.record(
        category="docs", complexity="low", deliverables=["create:docs/guide.md"], phase_id=number
    ) as call:
        call.finish(output_tokens=number % 5_000, stop_reason="end_turn")
"""
"""The beginning of a program in a process of its own."""


def built(folder: Path) -> Path:
    """A snapshot file."""
    path = folder / "snapshot.json"
    if not path.exists():
        path.write_bytes(snapshot().data)
    return path


def registry_in(folder: Path) -> Registry:
    """A registry that records nothing yet."""
    return Registry.from_snapshot(built(folder), version="1.4.0")


def started(folder: Path, database: Path, program: str) -> subprocess.Popen[str]:
    """A process that does what ``program`` says, after ``PROGRAM``."""
    beginning = PROGRAM.format(snapshot=str(built(folder)), database=str(database))
    words = [sys.executable, "-c", beginning + program]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def records(database: Path) -> list[CallRecord]:
    """Those in the file, in the order of their calls."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT * FROM calls ORDER BY writer, sequence").fetchall()
    return [CallRecord(*row) for row in rows]


def spooled(database: Path) -> list[CallRecord]:
    """Those that wait beside it, but for a last one whose writing was broken off."""
    files = sorted(spool_folder(database).glob("*.jsonl"))
    whole = (file.read_bytes().rpartition(b"\n")[0] for file in files)
    return [CallRecord(*row) for content in whole for row in rows_of(content)]
