"""``coefgate simulate``: calls from a model, kept out of registries, and fits held against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.conftest import Coefgate

DRAWN = ("simulate", "--calls", "40", "--seed", "3")
SPREADS = ("all", "complexity", "category", "cell", "marginal", "operation", "kind", "cost")


@pytest.fixture
def tuned(registry: Path) -> Path:
    """The registry with a procedure that starts at its own numbers."""
    folder = registry / "coefficients"
    overheads = (yaml.safe_load(one.read_text()) for one in (folder / "overhead").iterdir())
    costs = yaml.safe_load((folder / "marginal_costs.yaml").read_text())["marginal_costs"]
    document = {
        "level": 0.85,
        "scatter": 0.4,
        "spreads": {**dict.fromkeys(SPREADS, 0.5), "new_kind": 0},
        "cell_from": 5,
        "round_to": 10,
        "prior": {
            "reference": "docs/calibrations/baseline.md",
            "overhead": {
                one["category"]: {at: max(1, v["tokens"]) for at, v in one["overhead"].items()}
                for one in overheads
            },
            "marginal_costs": {
                operation: {kind: value["tokens"] for kind, value in ladder.items()}
                for operation, ladder in costs.items()
            },
        },
        "samples": [
            path.relative_to(registry).as_posix()
            for path in (registry / "samples").rglob("*.jsonl")
        ],
    }
    (folder / "tuning.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return registry


def _calls(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_same_seed_writes_the_same_calls_which_nobody_scores(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    printed = coefgate(*DRAWN, "--ceiling", "9000")
    assert (printed.code, printed.err) == (0, "")
    file = tmp_path / "calls.jsonl"
    written = coefgate(*DRAWN, "--ceiling", "9000", "--output", str(file))
    assert (written.code, written.out) == (0, "")
    assert file.read_text() == printed.out
    calls = _calls(printed.out)
    cut_off = sum(one["truncated"] for one in calls)
    assert f"{40 - cut_off} calls + {cut_off} cut off, 40 phases written to {file}" in written.err
    assert 0 < cut_off < 40
    assert {one["origin"] for one in calls} == {"simulated"}
    # Even in a store they are kept as a warning alone.
    assert coefgate("samples", "add", str(file)).code == 0
    audit = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert audit["synthetic"] == 40


def test_calls_that_are_said_to_be_real_are_scored(registry: Path, coefgate: Coefgate) -> None:
    file = registry / "calls.jsonl"
    assert coefgate(*DRAWN, "--as-real", "--output", str(file)).code == 0
    before = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert coefgate("samples", "add", str(file)).code == 0
    after = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert after["eligible"] == before["eligible"] + 40


@pytest.mark.parametrize("flag", [[], ["--as-real"]])
def test_nothing_is_written_into_the_samples_of_any_registry(
    flag: list[str], registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    other = tmp_path / "other"
    (other / "coefficients").mkdir(parents=True)
    (other / "samples" / "simulated").mkdir(parents=True)
    for root in (registry, other):
        place = root / "samples" / "simulated" / "calls.jsonl"
        refused = coefgate(*DRAWN, *flag, "--output", str(place))
        assert refused.code == 2
        assert "lies in samples/, which holds nothing else. Name another place." in refused.err
        assert not place.exists()


def test_no_folder_is_made_for_calls(registry: Path, tmp_path: Path, coefgate: Coefgate) -> None:
    refused = coefgate(*DRAWN, "--output", str(tmp_path / "missing" / "calls.jsonl"))
    assert refused.code == 2
    assert "cannot be written: its folder is missing" in refused.err
    assert not (tmp_path / "missing").exists()


def test_the_report_says_what_so_many_calls_find(tuned: Path, coefgate: Coefgate) -> None:
    words = (*DRAWN, "--tail", "4", "--ceiling", "16384", "--report", "--draws", "2")
    told = coefgate(*words, "--format", "json")
    assert told.code == 0, told.text
    found = json.loads(told.out)
    assert found["model"] == {
        "scatter": 0.35,
        "tail": 4,
        "phase_effect": 0,
        "run_effect": 0,
        "ceiling": 16384,
        "calls_per_phase": 1,
        "phases_per_run": 5,
    }
    assert (found["calls"], found["draws"], found["level"]) == (40, 2, 0.85)
    assert 0.7 < found["budget_90"]["mean"] <= 1
    assert set(found["limits"]) == {"smape", "underestimation", "waste-band", "waste-p90", "all"}
    assert all(0 <= share <= 1 for share in found["limits"].values())
    cells = {(one["category"], one["complexity"]): one for one in found["cells"]}
    cell = cells["implementation", "medium"]
    assert 0.5 < cell["least"] <= cell["middle"] <= cell["most"] < 2
    assert sum(one["calls"]["samples"] for one in found["cells"]) <= 40
    text = coefgate(*words)
    assert text.code == 0
    assert text.out.startswith("2 draws of 40 calls (")
    assert "scatter 0.35 (Student t with 4 degrees of freedom)" in text.out
    assert "implementation.medium" in text.out


def test_a_registry_without_a_procedure_has_no_report(registry: Path, coefgate: Coefgate) -> None:
    (registry / "coefficients" / "tuning.yaml").unlink(missing_ok=True)
    refused = coefgate(*DRAWN, "--report")
    assert (refused.code, refused.out) == (2, "")
    assert "coefficients/tuning.yaml is missing" in refused.err


def test_without_a_scored_call_nothing_can_be_asked_for(
    registry: Path, coefgate: Coefgate
) -> None:
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    refused = coefgate(*DRAWN)
    assert refused.code == 2
    assert "no stored call is scored" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tail", "2"], "above 2: --tail 4"),
        (["--tail", "heavy"], "it is normal, or the degrees of freedom"),
        (["--tail", "nan"], "it is normal, or the degrees of freedom"),
        (["--scatter", "nan"], "scatter is nan; a standard deviation is between 0 and 10."),
        (["--run-effect", "-1"], "run_effect is -1.0; a standard deviation is between"),
        (["--ceiling", "0"], "1<=x<=1000000"),
        (["--report", "--output", "-"], "Name a file for calls."),
        (["--format", "json"], "Add --report."),
    ],
)
def test_what_it_cannot_take_is_refused(words: list[str], said: str, coefgate: Coefgate) -> None:
    refused = coefgate(*DRAWN, *words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
