"""The document of a report, for programs: objects that several have in common.

Their schemas, in schemas/, describe each field.
"""

from __future__ import annotations

from typing import Any

from coefgate.calibration.predictor_figures import PredictorFigures
from coefgate.changes.renames import Renamed
from coefgate.replay.figures import FEWEST_PHASES, Figures
from coefgate.replay.metrics import Metrics
from coefgate.replay.scores import Later, ScoredCall, Unseen
from coefgate.replay.state import State
from coefgate.reports.figures import FIGURES
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.model import moment
from coefgate.whatif.movers import Mover, Movers


def side_dict(side: State) -> dict[str, Any]:
    """One of the two states."""
    return picked(side, "revision", "version", "digest")


def metrics_dict(metrics: Metrics | None) -> dict[str, Any] | None:
    """The metrics of one set of calls, without intervals; ``None`` where nothing is measurable."""
    counts = ("samples", "censored", "phases", "misses", "undecided")
    return None if metrics is None else picked(metrics, *counts, *FIGURES)


def figures_dict(measured: Figures | None) -> dict[str, Any] | None:
    """The metrics of one set of calls with intervals, ``None`` where nothing is measurable."""
    metrics = metrics_dict(measured.metrics) if measured else None
    if measured is None or metrics is None:
        return None
    found = {name: measured.intervals.get(name) for name in (*FIGURES, "spread")}
    return {
        **metrics,
        "spread": measured.spread,
        "intervals": {name: one and as_json((one.low, one.high)) for name, one in found.items()},
        "interval_methods": {name: one and one.method for name, one in found.items()},
    }


def predictor_dict(one: PredictorFigures) -> dict[str, Any]:
    """Calls as one predictor predicts them."""
    return {
        "predictor": one.predictor,
        "seen": one.seen,
        "reason": one.reason or None,
        "figures": worth_dict(one),
    }


def worth_dict(one: PredictorFigures) -> dict[str, Any] | None:
    """Its figures, without intervals; ``None`` where nothing is measurable."""
    if one.metrics is None:
        return None
    rates = "underestimation_rate", "underestimation_upper"
    return {
        **picked(one.metrics, "samples", "censored", "phases", "smape_mean"),
        **picked(one.metrics, "underestimation_kaplan_meier", *rates, "waste_median", "waste_p90"),
        "spread": one.spread,
        "loss": one.loss,
    }


def later_metrics(later: Later) -> dict[str, Any]:
    """Those of both parts of what came in later, ``None`` where an interval needs more phases."""
    return {name: figures_dict(later.measurable.get(name)) for name in later.parts}


def unseen_metrics(unseen: Unseen | None) -> dict[str, Any]:
    """Of calls that the procedure does not know, ``None`` where that cannot be measured."""
    run, phase = (unseen.run, unseen.phase) if unseen else (None, None)
    return {"unseen_run": figures_dict(run), "unseen_phase": figures_dict(phase)}


def unseen_dict(unseen: Unseen | None) -> dict[str, Any] | None:
    """How many calls have no unseen prediction, and why figures are not measurable."""
    if unseen is None:
        return None
    reasons = {unit: unseen.reasons.get(unit) for unit in ("run", "phase")}
    return {"without": unseen.without, **{f"{unit}_reason": why for unit, why in reasons.items()}}


def later_dict(later: Later) -> dict[str, Any]:
    """How many calls came in after the coefficients did, and how many metrics of them need."""
    return {
        **{name: part and as_json(part.calls.count) for name, part in later.parts.items()},
        "needed_phases": FEWEST_PHASES,
        "e_value": as_json(later.e_value),
        "newest_known": None if later.newest is None else moment(later.newest),
        "reason": later.reason or None,
    }


def movers_dict(found: Movers) -> dict[str, Any]:
    """The calls that move most, and how many there are in all."""
    return {
        "worse": list(map(_mover_dict, found.worse.first)),
        "better": list(map(_mover_dict, found.better.first)),
        "calls": picked(found, worse="worse.calls", better="better.calls"),
        **picked(found, newly_missed="worse.turns", no_longer_missed="better.turns"),
    }


def _mover_dict(mover: Mover) -> dict[str, Any]:
    return {
        **picked(mover.sample, "id", "phase_id", "category", "complexity"),
        "deliverables": len(mover.sample.deliverables),
        **picked(mover, "censored", actual="sample.actual_output_tokens"),
        **picked(mover, "base_predicted", "head_predicted", "base_missed", "head_missed"),
        **picked(mover, "base_smape", "head_smape"),
    }


def call_dict(call: ScoredCall) -> dict[str, Any]:
    """A call with what is predicted for it."""
    needed = "audited.sample.actual_output_tokens"
    return {
        **picked(call.audited.sample, "id", "phase_id", "attempt"),
        **picked(call, status="audited.status", predicted="predicted", actual=needed),
        **picked(call, "smape"),
    }


def renamed_dict(one: Renamed) -> dict[str, Any]:
    """One rename of a category."""
    return {
        **as_json(one.rename),
        **picked(one, calls="calls.scored", moved="moved.scored"),
        "counts": picked(one, "calls", "moved"),
    }
