"""The frozen vectors hold the meaning of a snapshot: both faces must give these integers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.retry import Previous
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import Deliverable
from coefgate.replay.attempts import Attempts
from coefgate.replay.counts import counts_matrix, predict
from tests.core.plain_formula import tokens

FOLDER: Final = Path(__file__).parents[1] / "vectors"
BASES: Final = {
    1: {"exact", "alias", "fallback", "no-deliverables"},
    2: {"exact", "alias", "fallback", "no-deliverables", "retry"},
}


class _Call(NamedTuple):
    category: str | None
    complexity: str | None
    model: str | None
    deliverables: tuple[Deliverable, ...]
    output_mode: str | None


def _call(vector: dict[str, Any]) -> _Call:
    deliverables = tuple(Deliverable(**deliverable) for deliverable in vector["deliverables"])
    labels = vector["category"], vector["complexity"], vector["model"]
    return _Call(*labels, deliverables, vector.get("output_mode"))


def _previous(vector: dict[str, Any]) -> Previous | None:
    attempt = vector.get("previous")
    return None if attempt is None else Previous(**attempt)


def _found(got: Estimate, expected: dict[str, Any]) -> dict[str, Any]:
    """An estimate as vectors have it; semantics 1 knows no budgets."""
    found: dict[str, Any] = {
        "tokens": got.tokens,
        "low": got.interval.low,
        "high": got.interval.high,
        "basis": got.basis,
    }
    if "budgets" in expected:
        found["budgets"] = {risk: got.budget(float(risk)) for risk in expected["budgets"]}
    return found


@pytest.fixture(scope="module", params=sorted(BASES))
def frozen(request: pytest.FixtureRequest) -> Any:
    return json.loads((FOLDER / f"semantics-{request.param}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def table(frozen: Any) -> Table:
    return compile_table(frozen["snapshot"], registry_version="1.0.0", digest="sha256:0")


def test_there_are_500_vectors_and_every_basis_occurs(frozen: Any) -> None:
    assert len(frozen["vectors"]) == 500
    bases = {vector["expected"]["basis"] for vector in frozen["vectors"]}
    assert bases == BASES[frozen["snapshot"]["semantics"]]


def test_scalar_face(frozen: Any, table: Table) -> None:
    for vector in frozen["vectors"]:
        got = estimate(table, **_call(vector)._asdict(), previous=_previous(vector))
        assert _found(got, vector["expected"]) == vector["expected"], vector


def test_columnar_face(frozen: Any, table: Table) -> None:
    vectors = frozen["vectors"]
    counts = counts_matrix(
        [_call(vector) for vector in vectors], table, Attempts.of([*map(_previous, vectors)])
    )
    assert predict(counts, table).tolist() == [v["expected"]["tokens"] for v in vectors]
    assert list(counts.bases) == [v["expected"]["basis"] for v in vectors]


def test_the_formula_as_it_is_written_down(frozen: Any) -> None:
    for vector in frozen["vectors"]:
        assert tokens(frozen["snapshot"], vector) == vector["expected"]["tokens"], vector
