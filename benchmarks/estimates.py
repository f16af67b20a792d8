"""One estimate in a runner, loading what it rests on, and what importing the package costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, Row, inside, paired, python
from coefgate import Registry
from coefgate.core import paths
from coefgate.core.estimate import Estimate, estimate
from coefgate.core.snapshot import Snapshot
from coefgate.core.table import Table, compile_table
from coefgate.core.trees import FolderTree
from coefgate.core.versions import Version
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.runner.cache import Cache
from coefgate.runner.lock import NAME, Lock, Trust, lock_bytes

DELIVERABLES = (
    Deliverable("src/service/diagnostics/deep_retrieval.py", "create"),
    Deliverable("tests/service/diagnostics/test_deep_retrieval.py", "modify"),
)


TEXTS = tuple(f"{deliverable.operation}:{deliverable.path}" for deliverable in DELIVERABLES)


def rows() -> Iterator[Row]:
    made = snapshot(read_registry(FolderTree(ROOT)))
    table = compile_table(made.content, registry_version="benchmark", digest="")
    data = made.data
    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.json"
        path.write_bytes(data)
        registry = Registry.from_snapshot(path)
        for what, estimating in (
            ("one estimate, 2 deliverables", lambda: _bare(table)),
            ("Registry.estimate, 2 deliverables", lambda: _estimate(registry, DELIVERABLES)),
            ("Registry.estimate, 2 deliverables as texts", lambda: _estimate(registry, TEXTS)),
        ):
            yield _micro(what, estimating)
        lock = _pinned(Path(folder), made)
        for what, loading in (
            (
                "loading a snapshot, nothing cached in the process",
                lambda: Registry.from_snapshot(path),
            ),
            (
                "loading a pin from its lock and the cache",
                lambda: Registry.from_lock(lock, cache=folder),
            ),
        ):
            yield _load(what, loading, data)
    for code in ("import coefgate", "from coefgate import Registry"):
        ours, theirs, ratio = paired(python(code), python("pass"), runs=15)
        yield Row(
            code,
            f"{ours * 1e3:.0f} ms",
            f"{theirs * 1e3:.0f} ms, bare Python",
            ratio,
            "60 ms above",
        )


def _bare(table: Table) -> Estimate:
    return estimate(table, category="docs", complexity="low", deliverables=DELIVERABLES)


def _estimate(registry: Registry, deliverables: Sequence[Deliverable | str]) -> Estimate:
    return registry.estimate(category="docs", complexity="low", deliverables=deliverables)


def _micro(what: str, estimating: Callable[[], object]) -> Row:
    call = json.dumps({"category": "docs", "deliverables": [d.path for d in DELIVERABLES]})
    ours, theirs, ratio = paired(
        inside(estimating, 20_000), inside(lambda: json.loads(call), 20_000), runs=9
    )
    theirs_text = f"{theirs * 1e6:.1f} µs to json.loads such a call"
    return Row(what, f"{ours * 1e6:.1f} µs", theirs_text, ratio, "10 µs")


def _load(what: str, loading: Callable[[], object], data: bytes) -> Row:
    def cold() -> object:
        re.purge()
        paths.compiled_path_kinds.cache_clear()
        paths.alternatives.cache_clear()
        return loading()

    ours, theirs, ratio = paired(inside(cold, 20), inside(lambda: json.loads(data), 20), runs=9)
    theirs_text = f"{theirs * 1e3:.2f} ms to json.loads its {len(data):,} bytes"
    return Row(what, f"{ours * 1e3:.1f} ms", theirs_text, ratio, "5 ms")


def _pinned(folder: Path, made: Snapshot) -> Path:
    """A lock whose snapshot is in the cache; its source is never asked."""
    path = folder / NAME
    pin = Lock(
        "https://example.org/registry.git", Version(1, 4, 0), "c" * 40, made.digest, Trust()
    )
    path.write_bytes(lock_bytes(pin))
    Cache(folder).keep(made)
    return path
