"""Which calls to collect next, worked out from those that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coefgate.calibration.collection_plan import CollectionPlan, Precision, collection_plan
from coefgate.calibration.more_calls import CellDeviation, more_calls
from coefgate.git.working_tree import checkout
from coefgate.registry.reading import Memo
from coefgate.replay.attainability import MeasuredOn, asked_of, measured_figures, strictest
from coefgate.replay.evidence import Evidence
from coefgate.replay.fallback import coverage_of, serving
from coefgate.replay.figure_text import bounds_of
from coefgate.replay.figures import Figures
from coefgate.replay.scores import Scores, replay
from coefgate.replay.state import State
from coefgate.samples.coverage import Coverage
from coefgate.use_cases.replay import with_unseen
from coefgate.use_cases.state import read_state
from coefgate.use_cases.tune import procedure_on


@dataclass(frozen=True, slots=True)
class PlannedSamples:
    """The ``plan`` of ``state``, and the predictions that rates are of, if there is a call."""

    state: State
    coverage: Coverage
    measured_on: MeasuredOn | None
    plan: CollectionPlan


def plan_samples(root: Path, precision: Precision | None = None) -> PlannedSamples:
    """Plan for the registry in the folder ``root``; without calls only what needs none is known.

    Raises ``InvalidInput`` with every problem where it is not valid.
    """
    memo: Memo = {}
    with checkout(root) as folder:
        state = read_state(folder, folder.repository, memo=memo)
        audited = state.audited()
        evidence = Evidence(audited)
        scores = replay(evidence.predicted(state.table))
        if len(evidence.samples):
            scores = with_unseen(scores, folder.repository, state, memo)
    coverage = coverage_of(audited, state.registry, state.table)
    bounds = bounds_of(state.registry.gates.limits)
    asked, measured = strictest(asked_of(bounds)), measured_figures(scores)
    plan = collection_plan(
        [
            one
            for one in coverage.cells
            if one.complexity in state.registry.categories[one.category].overhead
        ],
        _by_cell(scores, measured[1], state) if measured else {},
        measured[1] if measured else None,
        _deviations(state, evidence),
        calls=evidence.count(np.arange(len(evidence.samples))),
        bounds=bounds,
        asked=asked[1] if asked else None,
        precision=precision or Precision(),
    )
    return PlannedSamples(state, coverage, measured[0] if measured else None, plan)


def _by_cell(scores: Scores, measured: Figures, state: State) -> dict[tuple[str, str], Figures]:
    """The figures of each cell that predicts calls; ``measured``: of all that have figures."""
    samples = scores.predicted.evidence.samples
    rows = np.arange(len(samples))
    if measured is not scores.all and scores.unseen is not None:
        rows = rows[scores.unseen.has]
    served, found = serving(state.table), dict[tuple[str, str], list[int]]()
    for at, row in enumerate(rows.tolist()):
        cell = served(samples[row]).cell
        if cell is not None and cell[0] is not None and cell[1] is not None:
            found.setdefault((cell[0], cell[1]), []).append(at)
    return {
        cell: Figures.of(measured.calls.where(np.array(at, dtype=np.intp)))
        for cell, at in found.items()
    }


def _deviations(state: State, evidence: Evidence) -> tuple[CellDeviation, ...]:
    """Those of the procedure, if there is one and something that it can be fitted on."""
    tuning = state.registry.tuning
    if tuning is None or evidence.censored.all():
        return ()
    return more_calls(procedure_on(state.registry, evidence, tuning)[1]).cells
