"""A site of 10,000 calls, and one of 500 values against one of 1,000: CPU time with imports.

Of the second each value was changed in 20 accepted changes: the history is read once for all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.categories import write
from benchmarks.measure import (
    Row,
    children_cpu,
    commit,
    commit_registry,
    paired,
    process,
    script,
)
from benchmarks.reading import committed_store, parsing

CALLS = 10_000
RUNS = 3
FEW, MANY = 167, 334
CHANGES = 20


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "calls"
        root.mkdir()
        file = committed_store(root, CALLS)
        ours, theirs, ratio = paired(_page(root), parsing(file), RUNS)
        size = max(path.stat().st_size for path in (root / "site").rglob("*")) / 1e6
        yield Row(
            f"coefgate page, {CALLS:,} calls, its largest page {size:.1f} MB",
            f"{ours:.2f} s of CPU",
            f"{theirs:.3f} s, orjson parsing the same lines",
            ratio,
            "10 s, 2 MB",
        )
        few, many = Path(folder) / "few", Path(folder) / "many"
        for root, number in ((few, FEW), (many, MANY)):
            root.mkdir()
            commit_registry(root)
            for step in range(CHANGES):
                write(root, number, step)
                commit(root)
        ours, theirs, ratio = paired(_page(many), _page(few), RUNS)
        yield Row(
            f"coefgate page, {3 * MANY:,} values more, {CHANGES} accepted changes of each",
            f"{ours:.2f} s of CPU",
            f"{theirs:.2f} s, {3 * FEW} of them",
            ratio,
            "2.2",
        )


def _page(root: Path) -> Callable[[], float]:
    """The site, written anew: what is there as it is to be is not written again."""
    return process(script("coefgate"), "page", "-o", "site", cwd=root, clock=children_cpu)
