"""``--format html`` of 10,000 calls against the same as text, and how large the page is."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.gate import CHANGED, change
from benchmarks.measure import (
    Row,
    children_cpu,
    paired,
    process,
    script,
)
from benchmarks.reading import committed_store

CALLS = 10_000
RUNS = 3
MOST_BYTES = 2_000_000


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        committed_store(root, CALLS)
        change(root, CHANGED)
        for command in ("gate", "replay"):
            as_html, as_text = (
                process(script("coefgate"), command, *words, cwd=root, clock=children_cpu)
                for words in (("--format", "html"), ("--format", "text"))
            )
            ours, theirs, ratio = paired(as_html, as_text, RUNS)
            yield Row(
                f"coefgate {command} as html, {CALLS:,} calls",
                f"{ours:.2f} s of CPU",
                f"{theirs:.2f} s of CPU, the same as text",
                ratio,
                "10 s",
            )
            page = subprocess.run(
                [script("coefgate"), command, "--format", "html"],
                cwd=root,
                check=False,
                capture_output=True,
            ).stdout
            yield Row(
                f"size of that page, coefgate {command}",
                f"{len(page):,} bytes",
                f"{MOST_BYTES:,} bytes",
                len(page) / MOST_BYTES,
                "1",
            )
