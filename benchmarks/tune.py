"""``coefgate tune`` with everything left out once: on the stored calls, and on 30,000."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import yaml

from benchmarks.measure import (
    Row,
    children_cpu,
    commit_registry,
    inside,
    paired,
    process,
    script,
)
from benchmarks.reading import write_calls
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import PRICED_OPERATIONS
from coefgate.registry.reading import read_registry

CALLS = 30_000
SPREADS = {
    "all": 1,
    "complexity": 0.5,
    "category": 1,
    "cell": 0.7,
    "marginal": 0.2,
    "operation": 0.2,
    "kind": 0.2,
    "cost": 0.14,
    "new_kind": 0.6,
}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        commit_registry(root)
        state_procedure(root)
        stored = sum(len(file.read_bytes().splitlines()) for file in root.rglob("*.jsonl"))
        tune = process(script("coefgate"), "tune", cwd=root, clock=children_cpu)
        imports = "-c", "import numpy, scipy.special, click, yaml"
        importing = process(sys.executable, *imports, cwd=root, clock=children_cpu)
        ours, theirs, ratio = paired(tune, importing, 3)
        yield Row(
            f"coefgate tune, {stored} stored lines, nested figures too",
            f"{ours:.1f} s of CPU",
            f"{theirs * 1e3:.0f} ms, importing numpy, scipy.special, click and yaml",
            ratio,
            "30 s",
        )
        file = root / "samples" / "autopack" / "2025-12-17-0123abcd.jsonl"
        write_calls(file, CALLS)
        lines = file.read_bytes().splitlines()

        def parse() -> None:
            for line in lines:
                orjson.loads(line)

        ours, theirs, ratio = paired(tune, inside(parse, clock=time.process_time), 3)
        yield Row(
            f"coefgate tune, {CALLS:,} calls",
            f"{ours:.1f} s of CPU",
            f"{theirs:.3f} s, orjson parsing the same lines",
            ratio,
            "5 min",
        )


def state_procedure(root: Path) -> None:
    """A ``tuning.yaml`` where there is none: every number is its own prior."""
    path = root / "coefficients" / "tuning.yaml"
    if path.exists():
        return
    registry = read_registry(FolderTree(root))
    overhead = {
        name: {at: max(1, int(one.number)) for at, one in category.overhead.items()}
        for name, category in registry.categories.items()
    }
    costs = {
        operation: {
            kind: max(1, int(value.number))
            for (of, kind), value in registry.marginal_costs.items()
            if of == operation
        }
        for operation in PRICED_OPERATIONS
    }
    files = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.jsonl"))
    document = {
        "level": 0.85,
        "scatter": 0.4,
        "spreads": SPREADS,
        "cell_from": 5,
        "round_to": 10,
        "prior": {
            "reference": "docs/calibrations/baseline.md",
            "overhead": overhead,
            "marginal_costs": costs,
        },
        "samples": files,
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
