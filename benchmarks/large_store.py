"""Gate, replay and try of 30,000 calls against orjson parsing the lines: CPU time with imports.

The short report of the gate draws no intervals, JSON those of every slice on both sides.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.gate import CHANGED, change
from benchmarks.measure import (
    Row,
    children_cpu,
    paired,
    process,
    script,
)
from benchmarks.reading import committed_store, parsing

CALLS = 30_000
RUNS = 5
LIMITS = {"text": 60, "json": 100}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        file = committed_store(root, CALLS)
        change(root, CHANGED)
        parses = parsing(file)
        for output_format, limit in LIMITS.items():
            what = f"gate as {output_format}, {CALLS:,} calls, three coefficients changed"
            yield _row(root, parses, what, ("gate", "--format", output_format), f"{limit}")
        yield _row(root, parses, f"replay as text, {CALLS:,} calls", ("replay",), "none")
        what = f"try, {CALLS:,} calls, with a search for what would pass"
        yield _row(root, parses, what, ("try", "docs.low=100"), "none")


def _row(
    root: Path, parses: Callable[[], float], what: str, words: Sequence[str], limit: str
) -> Row:
    asked = process(script("coefgate"), *words, cwd=root, clock=children_cpu)
    ours, theirs, ratio = paired(asked, parses, RUNS)
    return Row(
        f"coefgate {what}",
        f"{ours:.2f} s of CPU",
        f"{theirs:.3f} s, orjson parsing the same lines",
        ratio,
        limit,
    )
