"""Strict reading of 100,000 samples against orjson on the same bytes; memory against the file."""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import (
    ROOT,
    Row,
    commit,
    commit_registry,
    inside,
    paired,
    peak_bytes,
)
from coefgate.core.trees import FolderTree
from coefgate.samples.model import sample_id, stored_line
from coefgate.samples.reading import read_samples

CALLS = 100_000


def stored_calls() -> list[dict[str, Any]]:
    """The shipped samples as plain data."""
    files = sorted((ROOT / "samples").rglob("*.jsonl"))
    return [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]


def committed_store(root: Path, count: int) -> Path:
    """The registry with ``count`` calls in ``root``, committed; the file of the calls."""
    commit_registry(root)
    file = root / "samples" / "autopack" / "2025-12-17-0123abcd.jsonl"
    write_calls(file, count)
    commit(root)
    return file


def parsing(file: Path) -> Callable[[], float]:
    """The CPU time that orjson takes for the lines of a file, which are in memory already."""
    lines = file.read_bytes().splitlines()

    def parse() -> None:
        for line in lines:
            orjson.loads(line)

    return inside(parse, clock=time.process_time)


def write_calls(file: Path, count: int) -> None:
    """Repeat the shipped calls, each time as calls of other phases, not linked to each other."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as lines:
        for number, call in zip(range(count), itertools.cycle(stored_calls()), strict=False):
            copy = call | {
                "phase_id": f"{call['phase_id']}-{number}",
                "attempt": number % 3 + 1,
                "reference": f"{call['reference']}-{number}",
            }
            copy |= dict.fromkeys(("duplicate_of", "same_ceiling_as", "supersedes"))
            copy["id"] = sample_id(copy)
            lines.write(stored_line(copy).rstrip(b"\n") + b"\n")


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samples" / "autopack" / "2025-12-17-0123abcd.jsonl"
        write_calls(file, CALLS)
        lines = file.read_bytes().splitlines()
        size = file.stat().st_size
        tree = FolderTree(Path(folder))

        def parse() -> None:
            for line in lines:
                orjson.loads(line)

        ours, theirs, ratio = paired(inside(lambda: read_samples(tree)), inside(parse), runs=5)
        yield Row(
            f"strict reading of {CALLS:,} samples, {size / 1e6:.0f} MB",
            f"{ours:.2f} s",
            f"{theirs:.2f} s, orjson parsing the same lines",
            ratio,
            "15",
        )
        code = (
            "import sys; from pathlib import Path; from coefgate.core.trees import FolderTree; "
            "from coefgate.samples.reading import read_samples; "
            "store = read_samples(FolderTree(Path(sys.argv[1]))); "
            "assert len(store.samples) == int(sys.argv[2])"
        )
        peak = peak_bytes([sys.executable, "-c", code, folder, str(CALLS)])
        yield Row(
            "memory of that process, at its peak",
            f"{peak / 1e6:.0f} MB",
            f"{size / 1e6:.0f} MB, the file",
            peak / size,
            "6",
        )
