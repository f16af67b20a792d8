"""``coefgate tune --figures``: four SVG files, the same for the same calls, all or none."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from coefgate.commands.cli import run
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.looking_back import json_of
from tests.end_to_end.tuning import make_tunable, store

NAMES = {"interval-coverage", "learning", "predicted-and-needed", "waste-ratio"}
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def tunable(registry: Path) -> None:
    make_tunable(registry)


def _files(folder: Path) -> Mapping[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(folder.iterdir())}


def _text(drawn: bytes) -> str:
    return " ".join(" ".join(ET.fromstring(drawn).itertext()).split())  # noqa: S314 (our own)


def test_the_same_calls_give_the_same_files(registry: Path, coefgate: Coefgate) -> None:
    found = json_of(coefgate, "tune", "--figures", "page/figures")
    drawn = _files(registry / "page/figures")
    assert drawn.keys() == NAMES
    (file,) = (registry / "samples").rglob("*.jsonl")
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(reversed(lines)), "utf-8")
    said = coefgate("tune", "--figures", "again")
    assert said.code == 0, said.text
    assert _files(registry / "again") == drawn
    assert "Sigma of unseen calls with more calls of their cell" in said.out
    assert "implementation.low" in said.out
    charted = found["charted"]
    assert [one["meant"] for one in charted["coverage"]][-2:] == [0.9, 0.95]
    assert {one["unseen"] for one in charted["learning"]} == {"phase", "run"}
    cells = {(one["category"], one["complexity"]): one for one in charted["more_calls"]["cells"]}
    low, empty = cells["implementation", "low"], cells["database", "high"]
    assert (low["calls"], low["own"], empty["calls"]) == (9, True, 0)
    assert [one["more"] for one in low["sigma"]] == [0, 5, 10, 20, 50]
    for one in cells.values():
        sigmas = [each["sigma"] for each in one["sigma"]]
        assert sigmas == sorted(sigmas, reverse=True)
        assert sigmas[-1] > one["least"]
    assert low["sigma"][0]["sigma"] < empty["sigma"][0]["sigma"]
    assert "charted" not in coefgate("tune").out
    assert json_of(coefgate, "tune")["charted"] is None


def test_a_figure_says_what_it_shows_and_stands_alone(registry: Path, coefgate: Coefgate) -> None:
    assert coefgate("tune", "--figures", ".").code == 0
    for name in NAMES:
        drawn = (registry / f"{name}.svg").read_bytes()
        assert len(drawn) < 100_000
        assert drawn.splitlines()[1] == b"<!-- written by coefgate tune -->"
        root = ET.fromstring(drawn)  # noqa: S314 (our own)
        title, description = (root.find(f"{_SVG}{each}") for each in ("title", "desc"))
        assert title is not None
        assert description is not None
        assert root.get("aria-labelledby") == title.get("id")
        assert root.get("aria-describedby") == description.get("id")
        assert root.get("role") == "img"
        assert title.text
        assert description.text
        # A ground of its own, no date, and nothing from elsewhere.
        assert b'fill="#ffffff"' in drawn.partition(b"<g")[0]
        assert b"2026" not in drawn
        assert not re.findall(rb'(?:href|src)="(?!#)', drawn)


def test_a_figure_shows_the_figures_of_the_report(registry: Path, coefgate: Coefgate) -> None:
    found = json_of(coefgate, "tune", "--figures", ".")
    columns = {(one["predictor"], one["seen"]): one["figures"] for one in found["columns"]}
    run_, phase = (columns["procedure", f"unseen-{unit}"] for unit in ("run", "phase"))
    waste = _text((registry / "waste-ratio.svg").read_bytes())
    for figures in (run_, phase):
        assert f"median {figures['waste_median']:.2f}" in waste
    needs = _text((registry / "predicted-and-needed.svg").read_bytes())
    assert f"{run_['underestimation_kaplan_meier']:.1%}" in needs
    last = {one["unseen"]: one for one in found["charted"]["learning"]}
    assert last["phase"]["spread"] == phase["spread"]
    assert last["run"]["spread"] == run_["spread"]
    learning = _text((registry / "learning.svg").read_bytes())
    assert f"sigma {last['run']['sigma']:.3f}" in learning
    assert "limits ask for 0.316" in learning


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"run_id": "one"}, {"predicted-and-needed": "without its phase"}),
        (
            {"phase_id": "one", "run_id": "one"},
            {
                "predicted-and-needed": "the fit that knew it",
                "waste-ratio": "fitted: median",
                "interval-coverage": "not measurable",
                "learning": "not measurable: all calls are of one phase",
            },
        ),
    ],
    ids=["one-run", "one-phase"],
)
def test_what_cannot_be_measured_says_so_in_its_figure(
    changes: Mapping[str, Any], told: Mapping[str, str], registry: Path, coefgate: Coefgate
) -> None:
    store(registry, changes)
    said = coefgate("tune", "--figures", "figures")
    assert said.code == 0, said.text
    drawn = _files(registry / "figures")
    assert drawn.keys() == NAMES
    for name, words in told.items():
        assert words in _text(drawn[name])


def test_without_a_complete_call_nothing_is_drawn(registry: Path, coefgate: Coefgate) -> None:
    store(registry, {"truncated": True, "max_output_tokens": 3100, "stop_reason": "max_tokens"})
    refused = coefgate("tune", "--figures", "figures")
    assert refused.code == 2
    assert "there is nothing to draw" in refused.err
    assert not (registry / "figures").exists()


def test_a_folder_that_cannot_be_written_gets_no_figure(
    registry: Path, coefgate: Coefgate
) -> None:
    folder = registry / "figures"
    (folder / "waste-ratio.svg").mkdir(parents=True)
    refused = coefgate("tune", "--figures", "figures")
    assert (refused.code, refused.out) == (2, "")
    assert "waste-ratio.svg is not a regular file" in refused.err
    assert [path.name for path in folder.iterdir()] == ["waste-ratio.svg"]


def test_without_the_library_it_says_how_to_get_it(
    registry: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    for module in ("svg", "chart_layers"):
        monkeypatch.delitem(sys.modules, f"coefgate.reports.render.{module}", raising=False)
    monkeypatch.chdir(registry)
    assert run(["tune", "--figures", "figures"]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert "altair is missing" in said.err
    assert "(extra html) with: python -m pip install" in said.err
    assert run(["tune", "--level", "2"]) == 2  # nothing else asks for it
