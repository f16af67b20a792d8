"""The figures of the page that the numbers refer to are what ``coefgate tune`` draws of them.

All of it takes longer than a test should, so the curve of learning is held at its last points."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from coefgate.calibration.charted import COVERAGES, Charted
from coefgate.calibration.intervals import held_by_level
from coefgate.calibration.more_calls import MoreCalls
from coefgate.calibration.movable import movable
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.unseen import UnseenCalls
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls
from coefgate.replay.spread import residuals, spread
from coefgate.replay.state import State
from coefgate.replay.tobit import tobit_deviation
from coefgate.reports.charts.calibration import waste_sides
from coefgate.reports.charts.coverage import coverage_chart
from coefgate.reports.charts.needs import needs_chart
from coefgate.reports.charts.waste import waste_chart
from coefgate.reports.render.svg import svg_file
from coefgate.use_cases.state import read_state
from tests.end_to_end.conftest import SHIPPED, Coefgate


def _state(root: Path) -> State:
    with checkout(root) as folder:
        return read_state(folder, folder.repository, memo={})


def _unseen(state: State) -> UnseenCalls:
    """By the calls alone that the numbers were fitted on: others may be stored since."""
    tuning = state.registry.tuning
    assert tuning is not None
    evidence = Evidence([one for one in state.audited() if one.sample.file in tuning.samples])
    registry = movable(state.registry, evidence, tuning).registry
    procedure = Procedure(registry, evidence, tuning)
    everyone = np.ones(len(evidence.samples), dtype=np.bool_)
    return UnseenCalls(procedure, everyone, procedure.margins.factors)


def _sigma_and_spread(calls: Calls | None) -> str:
    assert calls is not None
    sigma = tobit_deviation(residuals(calls), calls.censored)
    return f"sigma {sigma:.3f} and spread {spread(calls):.3f}"


def test_the_figures_of_the_page_are_drawn_from_this_registry() -> None:
    state = _state(SHIPPED)
    page = SHIPPED / state.registry.default_margin.basis.reference
    unseen = _unseen(state)
    procedure = unseen.procedure
    found = Charted(
        margin=procedure.margin,
        fitted=procedure.evidence.calls(table_of(procedure.proposed)),
        unseen_phase=unseen.phase,
        unseen_run=unseen.run,
        held=tuple((level, held_by_level(unseen.residuals, level)) for level in COVERAGES),
        phases=(),
        runs=(),
        ahead=(),
        more=MoreCalls(None, None, 0.0, None, 0.0, ()),
    )
    limits = state.registry.gates.limits
    charts = needs_chart(found), waste_chart(waste_sides(found), limits), coverage_chart(found)
    differ = [
        chart.name
        for chart in charts
        if (page.parent / f"{chart.name}.svg").read_bytes() != svg_file(chart)
    ]
    assert differ == [], f"draw them anew: coefgate tune --figures {page.parent}"
    learning = (page.parent / "learning.svg").read_text("utf-8")
    for calls in (unseen.phase, unseen.run):
        assert f", {_sigma_and_spread(calls)} with " in learning
    for chart in charts:
        assert f"{chart.name}.svg" in page.read_text("utf-8")


def test_the_shipped_registry_says_what_its_procedure_writes(
    tmp_path: Path, coefgate: Coefgate
) -> None:
    for folder in ("coefficients", "samples", "docs"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    tuning = _state(SHIPPED).registry.tuning
    assert tuning is not None
    for file in (tmp_path / "samples").rglob("*.jsonl"):
        if file.relative_to(tmp_path).as_posix() not in tuning.samples:
            file.unlink()  # others may be stored since
    said = coefgate("tune", "--write", cwd=tmp_path)
    assert said.code == 0, said.err
    for stands in sorted((SHIPPED / "coefficients").rglob("*.yaml")):
        written = tmp_path / stands.relative_to(SHIPPED)
        assert written.read_text("utf-8") == stands.read_text("utf-8")
