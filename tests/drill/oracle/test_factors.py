"""Factors of models and attempts before a call, as the drill's own judge reads them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from coefgate.core.trees import FolderTree
from coefgate.drill.fileset import Fileset, dumped
from coefgate.drill.numbers import numbers, with_value
from coefgate.drill.oracle.attempts import TriedBefore, attempts_before
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import Predictor, predicted
from coefgate.registry.compilation import table_of
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.samples.attempts import previous_attempts
from coefgate.samples.reading import read_samples
from coefgate.samples.status import audit
from tests.drill.oracle.test_opinion import PRIOR, call, changed, registry

ROOT: Final = Path(__file__).parents[3]


def _factor(number: float) -> dict[str, Any]:
    return {"factor": number, "basis": PRIOR}


FACTORS: Final = {
    "factors": [
        {"models": ["claude-opus-4", "gpt-5"], **_factor(1.2)},
        {"models": ["claude-opus-*"], **_factor(0.5)},
    ],
    "default": _factor(2),
}
RETRY: Final = {"after_complete": _factor(1.3), "after_cut_off": _factor(1.5)}


def _with_factors(state: Fileset) -> Fileset:
    about = state.draft("coefficients/registry.yaml") | {"semantics": 2, "retry": RETRY}
    files = {"registry": dumped(about), "model_factors": dumped(FACTORS)}
    return state.after({f"coefficients/{name}.yaml": data for name, data in files.items()})


@pytest.mark.parametrize(
    ("model", "previous", "tokens", "used"),
    [
        ("claude-opus-4", None, 1320, {"model.claude-opus-4"}),  # (1,000 + 100) × 1.2
        ("claude-opus-5", None, 550, {"model.claude-opus-*"}),
        (None, None, 2200, {"model.default"}),
        (None, (101, False), 132, {"retry.after_complete"}),
        (None, (101, True), 2200, {"model.default"}),
        (None, (2000, True), 3000, {"retry.after_cut_off"}),
        ("claude-opus-4", (880, True), 1320, {"model.claude-opus-4", "retry.after_cut_off"}),
    ],
)
def test_a_prediction_and_the_numbers_in_it(
    model: str | None, previous: TriedBefore | None, tokens: int, used: set[str]
) -> None:
    formula = {"docs.low", "margin.default", "marginal.create.backend"}
    found = Predictor(_with_factors(registry())).predict(call(1, model=model), previous)
    expected = used | (formula if any(name.startswith("model") for name in used) else set())
    assert found == (tokens, frozenset(expected))


def test_steps_of_a_factor_swing_and_want_a_call() -> None:
    state = _with_factors(registry([call(1000, model="claude-opus-4")]))

    def broken(name: str, new: str) -> frozenset[str]:
        (number,) = (one for one in numbers(state) if one.name == name)
        return Opinion(state, state.after(with_value(state, number, Fraction(new)))).broken

    assert "swing" in broken("model.claude-opus-4", "2.4")
    assert "swing" not in broken("model.claude-opus-4", "2.3")
    assert "unmeasured" not in broken("model.claude-opus-4", "1.3")
    assert "unmeasured" in broken("model.claude-opus-*", "0.6")
    assert "unmeasured" in broken("retry.after_complete", "1.4")
    assert not changed(state).broken


def test_gate_and_drill_read_the_stored_calls_alike(tmp_path: Path) -> None:
    folder = FolderTree(ROOT)
    files = {
        entry.path: folder.read(entry.path)
        for part in ("coefficients", "samples")
        for entry in folder.entries(part)
        if entry.kind == "file" and entry.path.endswith((".yaml", ".jsonl"))
    }
    margins = Fileset(files).draft("coefficients/safety_margins.yaml")
    margins.pop("interval", None)
    plain = Fileset(files).after({"coefficients/safety_margins.yaml": dumped(margins)})
    state = _with_factors(plain)
    for path, content in state.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    registry_2 = read_registry(FolderTree(tmp_path))
    audited = audit(read_samples(folder), scope=registry_2.gates.scope, unit=registry_2.unit)
    before = attempts_before(state.stored, state.retired)
    theirs = previous_attempts(audited)
    assert {name: (one.output_tokens, one.truncated) for name, one in theirs.items()} == before
    assert len(before) > 10
    replayed = Evidence(audited).predicted(table_of(registry_2)).calls.predicted
    assert [predicted(state, one.fields, before.get(one.id)) for one in scored(state)] == (
        replayed.tolist()
    )
