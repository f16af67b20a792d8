"""One estimate in a runner, and what importing the package costs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.measure import ROOT, Row, inside, paired, python
from coefgate.estimator.scalar import estimate
from coefgate.estimator.table import compile_table
from coefgate.registry.reading import read_registry
from coefgate.registry.snapshot import snapshot
from coefgate.trees import FolderTree
from coefgate.vocabulary import Deliverable

DELIVERABLES = (
    Deliverable("src/service/diagnostics/deep_retrieval.py", "create"),
    Deliverable("tests/service/diagnostics/test_deep_retrieval.py", "modify"),
)


def rows() -> Iterator[Row]:
    content = snapshot(read_registry(FolderTree(ROOT)))
    table = compile_table(content, registry_version="benchmark", digest="")
    call = json.dumps({"category": "docs", "deliverables": [d.path for d in DELIVERABLES]})
    ours, theirs, ratio = paired(
        inside(lambda: estimate(table, category="docs", complexity="low", deliverables=DELIVERABLES), 20_000),
        inside(lambda: json.loads(call), 20_000),
        runs=9,
    )
    yield Row(
        "one estimate, 2 deliverables",
        f"{ours * 1e6:.1f} µs",
        f"{theirs * 1e6:.1f} µs to json.loads such a call",
        ratio,
        "10 µs",
    )
    ours, theirs, ratio = paired(python("import coefgate"), python("pass"), runs=15)
    yield Row(
        "import coefgate",
        f"{ours * 1e3:.0f} ms",
        f"{theirs * 1e3:.0f} ms, bare Python",
        ratio,
        "60 ms above",
    )
