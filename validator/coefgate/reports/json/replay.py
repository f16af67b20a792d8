"""A replay: schemas/replay.schema.json describes each field."""

from __future__ import annotations

from typing import Any

from coefgate.core.table import Table
from coefgate.replay.scores import PredictorComparison, ScoredCall, Scores
from coefgate.reports.json.parts import (
    call_dict,
    fallbacks_dict,
    fields,
    figures_dict,
    later_dict,
    later_metrics,
    rounded,
)


def replay_dict(scores: Scores, registry: Table, revision: str) -> dict[str, Any]:
    """Figures of all calls, of what came in later, by stratum, and every call."""
    return {
        "registry": {
            "version": registry.registry_version,
            "revision": revision,
            "digest": registry.digest,
        },
        "metrics": {
            "all": figures_dict(scores.all),
            "without_differs": figures_dict(scores.without_differs),
            **later_metrics(scores.later),
        },
        "later": later_dict(scores.later),
        "fallback": fallbacks_dict(scores.fallback),
        "strata": [
            fields(one, "dimension", "value") | {"metrics": figures_dict(one.figures)}
            for one in scores.strata
        ],
        "comparison": [_comparison_dict(comparison) for comparison in scores.comparison],
        "samples": [_scored_dict(call) for call in scores.scored],
    }


def _comparison_dict(comparison: PredictorComparison) -> dict[str, Any]:
    old, new = comparison.old, comparison.new
    return {
        "predicted_by": comparison.predicted_by,
        **fields(new, "samples", "phases"),
        "smape_mean": {"old": rounded(old.smape_mean), "new": rounded(new.smape_mean)},
        "improvement": rounded(old.smape_mean - new.smape_mean),
        "underestimation_rate": {
            "old": rounded(old.underestimation_rate),
            "new": rounded(new.underestimation_rate),
        },
        "waste_median": {"old": rounded(old.waste_median), "new": rounded(new.waste_median)},
    }


def _scored_dict(call: ScoredCall) -> dict[str, Any]:
    return {
        **call_dict(call.audited.sample, call.audited.status, call.predicted, call.smape),
        "waste_ratio": rounded(call.waste_ratio),
        "basis": call.basis,
    }
