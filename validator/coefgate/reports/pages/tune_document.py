"""The document of a fit, for programs; ``schemas/tune.schema.json`` describes each field."""

from __future__ import annotations

from typing import Any

from coefgate.calibration.intervals import NotMeasurable
from coefgate.calibration.levels import LevelFigures, best_level
from coefgate.calibration.tuned_numbers import TunedNumber
from coefgate.registry.intervals import Intervals
from coefgate.replay.metrics import count_calls
from coefgate.reports.charts.calibration import asked_sigma
from coefgate.reports.document import predictor_dict, worth_dict
from coefgate.reports.pages.more_calls import charted_dict
from coefgate.reports.render.json import as_json, exact, picked
from coefgate.use_cases.tune import Tuned


def tune_dict(found: Tuned) -> dict[str, Any]:
    """The numbers, the figures, the levels, the intervals, and what was written."""
    tuning, evidence = found.tuning, found.procedure.evidence
    best = best_level(found.levels)
    return {
        "registry": picked(found.state, "version", "digest"),
        "calls": as_json(count_calls(evidence.phase, evidence.censored)),
        "samples": list(tuning.samples),
        "tuning": {
            "level": exact(tuning.level),
            "ema": exact(tuning.ema),
            "margins": tuning.margins,
        },
        "margin": {
            "factor": exact(found.procedure.margin),
            "held": found.margin_is_held,
            "scale": round(found.procedure.scale, 6),
        },
        "numbers": list(map(_number_dict, found.numbers)),
        "columns": list(map(predictor_dict, found.columns)),
        "levels": list(map(_level_dict, found.levels)),
        "best_level": best and exact(best.level),
        "intervals": _intervals_dict(found.intervals),
        "charted": charted_dict(found.charted, asked_sigma(found.state.registry.gates.limits)),
        "written": list(found.written.files),
        "answers": [
            {
                "name": one.key.name,
                "from": exact(one.previous),
                "to": exact(one.current),
                "file": one.file,
                "line": one.line,
            }
            for one in found.written.answers
        ],
        "misses": [
            picked(one, "rule", "file", "line") | {"figure": exact(one.figure)}
            for one in found.written.misses
        ],
    }


def _number_dict(one: TunedNumber) -> dict[str, Any]:
    return {
        "name": one.key.name,
        "unit": "factor" if one.key.is_factor else "tokens",
        "today": one.today and exact(one.today.number),
        "prior": exact(one.prior),
        "proposed": exact(one.proposed.number),
        "calls": one.calls,
        "interval": exact(one.interval),
        "stays": "not-measurable" if one.unmeasured else one.stays,
    }


def _level_dict(one: LevelFigures) -> dict[str, Any]:
    return {
        "level": exact(one.level),
        "margin": exact(one.margin),
        "unseen_run": one.unseen_run and worth_dict(one.unseen_run),
    }


def _intervals_dict(
    found: Intervals | NotMeasurable | None,
) -> dict[str, Any] | None:
    if found is None:
        return None
    if isinstance(found, NotMeasurable):
        return {"reason": found.reason, "scopes": []}
    return {
        "reason": None,
        "scopes": [
            {
                "scope": ".".join(scope[1:] or scope),
                **picked(one, "samples", "phases"),
                "quantiles": [
                    {"share": exact(at), "factor": exact(factor)}
                    for at, factor in one.factors.items()
                ],
                "held": exact(one.held),
            }
            for scope, one in found.scopes.items()
        ],
    }
