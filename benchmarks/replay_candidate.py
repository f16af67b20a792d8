"""Another candidate on cached counts against the bare matrix–vector product with its quantiles."""

from __future__ import annotations

import copy
import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import ROOT, Row, inside, paired
from benchmarks.reading import CALLS, write_calls
from coefgate.core.table import compile_table
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.replay.counts import predict
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import metrics
from coefgate.samples.reading import read_samples
from coefgate.samples.status import audit


def rows() -> Iterator[Row]:
    registry = read_registry(FolderTree(ROOT))
    content = copy.deepcopy(dict(snapshot(registry).content))
    content["marginal_costs"]["create"]["backend"]["tokens"] += 10
    candidate = compile_table(content, registry_version="candidate", digest="")
    with tempfile.TemporaryDirectory() as folder:
        write_calls(Path(folder) / "samples" / "autopack" / "2025-12-17-0123abcd.jsonl", CALLS)
        store = read_samples(FolderTree(Path(folder)))
    audited = audit(store, scope=registry.gates.scope, unit=registry.unit)
    evidence = Evidence(audited)
    counts, calls = evidence.counts(candidate), evidence.calls(candidate)
    matrix, actual = counts.matrix.astype(np.float64), calls.actual.astype(np.float64)
    costs: Any = candidate.marginal
    found = [costs.get(operation, {}).get(kind) for operation, kind in counts.columns]
    prices = [0.2 if cost is None else cost.tokens for cost in found]  # bytes, and their absence
    tokens = np.array(prices, dtype=np.float64)

    def ours() -> None:
        metrics(dataclasses.replace(calls, predicted=predict(counts, candidate)))

    def bare() -> None:
        predicted = matrix @ tokens + 1000.0
        np.quantile(predicted / actual, [0.5, 0.75, 0.9], method="inverted_cdf")
        np.quantile(
            200.0 * np.abs(predicted - actual) / (predicted + actual),
            [0.5, 0.9],
            method="inverted_cdf",
        )

    ours_seconds, bare_seconds, ratio = paired(inside(ours, 5), inside(bare, 5), runs=7)
    yield Row(
        f"another candidate on cached counts, {len(calls.actual):,} calls",
        f"{ours_seconds * 1e3:.1f} ms",
        f"{bare_seconds * 1e3:.1f} ms, bare product with its quantiles",
        ratio,
        "3",
    )
