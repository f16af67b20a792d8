"""schemas/replay.schema.json: what ``replay --format json`` gives fits it, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coefgate.calibration.baseline_figures import baselines_of
from coefgate.core.table import Table, compile_table
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import Scores, replay
from coefgate.replay.strata import DIMENSIONS
from coefgate.reports.pages.replay import replay_dict
from coefgate.reports.render.json import json_text
from coefgate.samples.model import Sample
from coefgate.samples.reading import StoredIds, read_samples
from coefgate.samples.status import Audited, audit
from tests.replay.builders import predicted, sample, table
from tests.replay.documents import allowed_edits, errors

ROOT = Path(__file__).parents[2]
COMMIT = "3f2c1ab" * 5 + "01234"
EVERY_STATUS = [
    *(sample(n, 1000 + n, predicted_output_tokens=n, predicted_by="A") for n in range(1, 13)),
    *(sample(20, 1100, truncated=True, attempt=2), sample(21, 900, truncated=True)),
    *(sample(30, 2000, success=False), sample(31, 0, success=False)),
    *(
        sample(40, 700, category="music"),
        sample(41, 700, creates=0),
        sample(42, 7, category="testing"),
    ),
    *(sample(50, 700, paths="partial"), sample(51, 1, phase_id=None, reply_matches="differs")),
]


NOTHING = StoredIds((), 0.0)
REGISTRY = read_registry(FolderTree(ROOT))


def _document(samples: list[Sample], **options: Any) -> dict[str, Any]:
    return _dict(replay(predicted(samples, table()), **options), table(), "worktree")


def _dict(scores: Scores, coefficients: Table, revision: str) -> dict[str, Any]:
    baselines = baselines_of(scores, REGISTRY)
    return replay_dict(scores, baselines, coefficients, revision, REGISTRY.gates.limits)


def shipped() -> tuple[tuple[Audited, ...], Table]:
    tree = FolderTree(ROOT)
    registry = read_registry(tree)
    made = snapshot(registry)
    stored = audit(read_samples(tree), scope=registry.gates.scope, unit=registry.unit)
    return stored, compile_table(made.content, registry_version="1.2.3", digest=made.digest)


# --- Outputs


def test_a_replay_of_the_shipped_registry_fits() -> None:
    stored, coefficients = shipped()
    scores = replay(Evidence(stored).predicted(coefficients), by=DIMENSIONS, known=NOTHING)
    document = _dict(scores, coefficients, COMMIT)
    assert errors("replay", document) == []
    assert document["later"]["newest_known"] == "1970-01-01T00:00:00+00:00"
    parts = [document["metrics"][name]["samples"] for name in ("all", "prospective")]
    assert parts[0] - parts[1] == document["later"]["later_found"]["samples"] > 0


@pytest.mark.parametrize(
    "document",
    [
        _document(EVERY_STATUS, by=DIMENSIONS, unknown_because="git is not here"),
        _document(EVERY_STATUS, by=DIMENSIONS, known=NOTHING),
        _document([sample(n, 1000) for n in range(40)], known=NOTHING),
        _document(
            [sample(n, 1000, observed_at="2026-01-01T00:00:00Z") for n in range(40)], known=NOTHING
        ),
        _document([sample(1, 1000, success=False)], by=("success",), known=NOTHING),
        _document([sample(1, 1000, truncated=True)], by=DIMENSIONS, known=NOTHING),
        _document([], by=DIMENSIONS, known=NOTHING),
    ],
    ids=[
        "every status",
        "few later",
        "later found",
        "prospective",
        "failed only",
        "cut off only",
        "no sample",
    ],
)
def test_every_kind_of_replay_fits(document: dict[str, Any]) -> None:
    assert errors("replay", document) == []


def test_json_is_the_document() -> None:
    scores = replay(predicted(EVERY_STATUS, table()), by=DIMENSIONS)
    text = json_text(_dict(scores, table(), COMMIT))
    assert json.loads(text) == _dict(scores, table(), COMMIT)


def test_numbers_of_a_replay_by_hand() -> None:
    samples = [
        sample(1, 1000, predicted_output_tokens=2000, predicted_by="A"),
        sample(2, 1200, truncated=True, attempt=3),
    ]
    document = _document(samples, by=("category",), known=NOTHING)
    assert document["registry"] == {
        "version": "1.2.3",
        "revision": "worktree",
        "digest": f"sha256:{'0' * 64}",
    }
    found = document["metrics"]["all"]
    assert {key: value for key, value in found.items() if not key.startswith("interval")} == {
        "samples": 1,
        "censored": 1,
        "phases": 2,
        "misses": 1,
        "undecided": 0,
        # 200 × 100 / 2,100 = 9.523809523… rounds up; 1,100 / 1,000
        "smape_mean": 9.52381,
        "smape_median": 9.52381,
        "smape_p90": 9.52381,
        "underestimation_kaplan_meier": 0.5,
        "underestimation_rate": 0.5,
        "underestimation_upper": 0.5,
        "waste_median": 1.1,
        "waste_p75": 1.1,
        "waste_p90": 1.1,
        # ln(1,200 / 1,100) is the larger of both residuals, and what fits the call cut off there
        # leaves a tenth of ln(1,200 / 1,000) for the complete one, over two calls.
        "spread": 0.009116,
    }
    assert set(found["intervals"].values()) == set(found["interval_methods"].values()) == {None}
    assert document["metrics"]["later_found"] is document["metrics"]["prospective"] is None
    assert document["later"] == {
        "later_found": {"samples": 1, "censored": 1, "phases": 2},
        "prospective": {"samples": 0, "censored": 0, "phases": 0},
        "needed_phases": 10,
        "e_value": None,
        "newest_known": "1970-01-01T00:00:00+00:00",
        "reason": None,
    }
    assert document["strata"] == [{"dimension": "category", "value": "tests", "metrics": found}]
    assert document["comparison"][0] == {
        "predicted_by": "A",
        "samples": 1,
        "phases": 1,
        # 200 × 1,000 / 3,000 = 66.666667
        "smape_mean": {"old": 66.666667, "new": 9.52381},
        "improvement": 57.142857,
        "underestimation_rate": {"old": 0.0, "new": 0.0},
        "waste_median": {"old": 2.0, "new": 1.1},
    }
    assert document["samples"][1] == {
        "id": f"{2:032x}",
        "phase_id": "phase-0002",
        "attempt": 3,
        "status": "censored",
        "predicted": 1100,
        "actual": 1200,
        "smape": None,
        "waste_ratio": None,
        "basis": "exact",
    }


def test_nothing_may_be_added_or_left_out() -> None:
    # Without links between lists, the strata and calls of one kind are enough.
    document = _document(EVERY_STATUS, by=("category",), known=NOTHING)
    assert allowed_edits("replay", document, tried=100) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("registry", "digest"), "sha256:abc"),
        (("registry", "revision"), "main"),
        (("metrics", "all", "smape_mean"), 200.1),
        (("metrics", "all", "smape_mean"), None),
        (("metrics", "all", "underestimation_rate"), 1.01),
        (("metrics", "all", "samples"), 0),
        (("metrics", "all", "samples"), 1.5),
        (("metrics", "all", "intervals", "smape_mean"), [1.0]),
        (("metrics", "all", "interval_methods", "smape_mean"), "a guess"),
        (("samples", 0, "status"), "duplicate"),
        (("samples", 0, "id"), "1" * 32 + "\n"),
        (("samples", 0, "predicted"), -1),
        (("samples", 0, "waste_ratio"), "1.1"),
        (("strata", 0, "dimension"), "phase"),
        (("later", "prospective"), 3),
        (("later", "newest_known"), "yesterday"),
    ],
)
def test_a_wrong_value_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    document: Any = _document(EVERY_STATUS, by=("category",), known=NOTHING)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    found = errors("replay", document)
    assert len(found) == 1, found
