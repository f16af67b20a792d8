"""The frozen vectors hold the meaning of a snapshot: both faces must give these integers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from coefgate.core.estimate import estimate
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import Deliverable
from coefgate.replay.counts import counts_matrix, predict

VECTORS = json.loads(
    (Path(__file__).parent.parent / "vectors" / "semantics-1.json").read_text("utf-8")
)


class _Call(NamedTuple):
    category: str | None
    complexity: str | None
    model: str | None
    deliverables: tuple[Deliverable, ...]
    output_mode: str | None = None


def _call(vector: dict[str, Any]) -> _Call:
    deliverables = tuple(Deliverable(**deliverable) for deliverable in vector["deliverables"])
    return _Call(vector["category"], vector["complexity"], vector["model"], deliverables)


@pytest.fixture(scope="module")
def table() -> Table:
    return compile_table(VECTORS["snapshot"], registry_version="1.0.0", digest="sha256:0")


def test_there_are_500_vectors_and_every_basis_occurs() -> None:
    assert len(VECTORS["vectors"]) == 500
    bases = {vector["expected"]["basis"] for vector in VECTORS["vectors"]}
    assert bases == {"exact", "alias", "fallback", "no-deliverables"}


def test_scalar_face(table: Table) -> None:
    for vector in VECTORS["vectors"]:
        got = estimate(table, **_call(vector)._asdict())
        assert {
            "tokens": got.tokens,
            "low": got.interval.low,
            "high": got.interval.high,
            "basis": got.basis,
        } == vector["expected"], vector


def test_columnar_face(table: Table) -> None:
    calls = [_call(vector) for vector in VECTORS["vectors"]]
    counts = counts_matrix(calls, table)
    assert predict(counts, table).tolist() == [v["expected"]["tokens"] for v in VECTORS["vectors"]]
    assert list(counts.bases) == [v["expected"]["basis"] for v in VECTORS["vectors"]]
