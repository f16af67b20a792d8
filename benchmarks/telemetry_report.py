"""A report on 1,000,000 records against a plain SQL query that groups the same file."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from math import exp
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Row, children_cpu, paired, peak_bytes, process, script
from coefgate.runner.call_record import CALLS
from coefgate.telemetry.store import make_store

_RECORDS = 1_000_000
_WRITERS = 50
_WEEKS = 20
_START = 1_764_547_200_000_000
"""1 December 2025, a Monday, in microseconds."""
_WEEK = 7 * 86_400_000_000
_RUNS = 3
_LIMIT = 5
_MEMORY = 300
_GROUPED = """
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute(
    "SELECT started_at / 604800000000, digest, category, complexity, deliverable_count, count(*), "
    "avg(200.0 * abs(predicted_tokens - actual_output_tokens) "
    "/ (predicted_tokens + actual_output_tokens)), "
    "avg(1.0 * predicted_tokens / actual_output_tokens), "
    "avg(actual_output_tokens > predicted_tokens), avg(truncated) "
    "FROM calls GROUP BY 1, 2, 3, 4, 5"
).fetchall()
"""


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as name:
        file = Path(name) / "telemetry.db"
        write_records(file, _RECORDS)
        words = ("telemetry", "report", "--store", str(file))
        report = process(script("coefgate"), *words, cwd=Path(name), clock=children_cpu)
        grouped = process(sys.executable, "-c", _GROUPED, str(file), clock=children_cpu)
        ours, theirs, ratio = paired(report, grouped, _RUNS)
        size = file.stat().st_size / 1e6
        yield Row(
            f"coefgate telemetry report, {_RECORDS:,} records, {size:.0f} MB",
            f"{ours:.2f} s of CPU",
            f"{theirs:.2f} s, a plain SQL query that groups them, without a median or interval",
            ratio,
            f"{_LIMIT} s",
        )
        peak = peak_bytes([script("coefgate"), *words]) / 2**20
        alone = peak_bytes([sys.executable, "-c", _GROUPED, str(file)]) / 2**20
        yield Row(
            "memory of that process, at its peak",
            f"{peak:.0f} MiB",
            f"{alone:.0f} MiB, that query",
            peak / alone,
            f"{_MEMORY} MiB",
        )


def write_records(file: Path, count: int) -> None:
    """A store with so many records of ``_WRITERS`` recorders, over ``_WEEKS`` weeks."""
    make_store(str(file))
    marks = ", ".join("?" * len(CALLS))
    with closing(sqlite3.connect(file)) as connection:
        connection.executemany(f"INSERT INTO calls VALUES ({marks})", _records(count))  # noqa: S608 (marks)
        connection.commit()


def _records(count: int) -> Iterator[tuple[Any, ...]]:
    drawn = random.Random(1)  # noqa: S311 (no secret)
    each = count // _WRITERS
    for writer in range(_WRITERS):
        for number in range(each):
            yield tuple(_record(drawn, writer, number, number / each).values())


def _record(drawn: random.Random, writer: int, number: int, share: float) -> dict[str, Any]:
    """``share``: how much of the time has passed."""
    files = [
        {
            "path": f"src/part_{drawn.randrange(1000)}/file_{at}.py",
            "operation": "create",
            "bytes_before": None,
        }
        for at in range(drawn.choice((1, 1, 1, 2, 2, 3, 4, 6)))
    ]
    predicted = drawn.randrange(500, 20_000)
    limit = predicted * 13 // 10
    needed = int(predicted * exp(drawn.gauss(-0.3, 0.5))) + 1
    started, cut_off = _START + int(share * _WEEKS * _WEEK) + writer, needed > limit
    said: dict[str, Any] = dict.fromkeys((one.name for one in CALLS), None)
    return said | {
        "writer": f"{writer:032x}",
        "sequence": number + 1,
        "started_at": started,
        "finished_at": started + 30_000_000,
        "runner": f"host-{writer % 8}",
        "origin": "agent",
        "run_id": f"run-{writer}-{number // 1000}",
        "phase_id": f"run-{writer}-{number // 1000}-phase-{number // 3}",
        "attempt": 1,
        "call_id": f"msg_{drawn.getrandbits(96):024x}",
        "category": drawn.choice(("implementation", "docs", "tests", "backend", "frontend")),
        "complexity": drawn.choice(("low", "medium", "high")),
        "label_origin": "declared",
        "model": drawn.choice(("claude-sonnet-4-5", "claude-opus-4-5", "gpt-5")),
        "unit": "call",
        "output_mode": "full_file",
        "deliverables": json.dumps(files, separators=(",", ":")),
        "deliverable_count": len(files),
        "redacted": False,
        "paths": "real",
        "deliverables_from": "request",
        "reply_matches": "unknown",
        "sizes_unknown": 0,
        "registry_version": f"1.{int(3 * share)}.0",
        "registry_commit": f"{int(3 * share):040x}",
        "digest": f"sha256:{int(3 * share):064x}",
        "basis": "exact",
        "predicted_tokens": predicted,
        "interval_low": predicted // 2,
        "interval_high": predicted * 2,
        "interval_coverage": 0.8,
        "share_measured": 0.9,
        "budget": limit,
        "budget_risk": 0.1,
        "max_output_tokens": limit,
        "input_tokens": 5000,
        "actual_output_tokens": min(needed, limit),
        "stop_reason": "max_tokens" if cut_off else "end_turn",
        "truncated": cut_off,
        "success": not cut_off,
        "state": "finished",
    }
