"""Tables that people take away: every call is in them, with the figures that the gate has."""

from __future__ import annotations

import doctest
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from coefgate.core.trees import FolderTree
from coefgate.frames import samples_frame, scores_frame
from coefgate.samples.reading import read_samples
from coefgate.samples.status import SCORED
from coefgate.use_cases.replay import replay

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "notebooks.md"


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    return samples_frame(ROOT)


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return scores_frame(ROOT)


def test_every_stored_call_is_a_row(samples: pd.DataFrame) -> None:
    stored = read_samples(FolderTree(ROOT)).samples
    assert samples["id"].tolist() == [one.id for one in stored]
    assert samples["actual_output_tokens"].tolist() == [one.actual_output_tokens for one in stored]
    assert samples["deliverables"].tolist() == [len(asked) for asked in samples["asked_for"]]
    assert samples["asked_for"].tolist() == [
        tuple(f"{path.operation}:{path.path}" for path in one.deliverables) for one in stored
    ]


def test_a_column_has_one_type_and_what_nobody_says_is_missing(samples: pd.DataFrame) -> None:
    stored = read_samples(FolderTree(ROOT)).samples
    assert samples["max_output_tokens"].isna().tolist() == [
        one.max_output_tokens is None for one in stored
    ]
    types = {name: str(kind) for name, kind in samples.dtypes.items()}
    assert types["max_output_tokens"] == "Int64"
    assert types["success"] == "boolean"
    assert types["observed_at"].endswith("UTC]")
    assert types["model"] == "string"


def test_scores_are_those_of_a_replay(scores: pd.DataFrame) -> None:
    found = replay(ROOT, by=()).scores
    metrics = found.all.metrics
    assert metrics is not None
    counted = scores[scores["status"].isin(SCORED)]
    eligible = counted[counted["status"] == "eligible"]
    assert len(eligible) == metrics.samples
    assert eligible["smape"].mean() == pytest.approx(float(metrics.smape_mean))
    assert eligible["waste_ratio"].median() == pytest.approx(float(metrics.waste_median))
    calls = metrics.samples + metrics.censored
    certain = int(counted["missed"].sum())
    open_ones = int(counted["missed"].isna().sum())
    assert certain / calls == pytest.approx(float(metrics.underestimation_rate))
    assert (certain + open_ones) / calls == pytest.approx(float(metrics.underestimation_upper))


def test_csv_of_the_command_is_the_same_table(scores: pd.DataFrame) -> None:
    words = [sys.executable, "-m", "coefgate", "replay", "--format", "csv"]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    read = pd.read_csv(StringIO(done.stdout))
    assert read.columns.tolist() == scores.columns.tolist()
    assert read["id"].tolist() == scores["id"].tolist()
    assert read["predicted_tokens"].tolist() == scores["predicted_tokens"].tolist()
    assert read["smape"].notna().tolist() == scores["smape"].notna().tolist()


def test_without_a_call_the_table_is_empty(scores: pd.DataFrame, tmp_path: Path) -> None:
    lines = tmp_path / "none.jsonl"
    lines.write_text("", "utf-8")
    found = scores_frame(ROOT, samples=lines)
    assert found.empty
    assert found.columns.tolist() == scores.columns.tolist()
    assert found.dtypes.tolist() == scores.dtypes.tolist()


def test_the_examples_of_the_page_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 4
    assert found.failed == 0
