"""A replay, as JSON (schemas/replay.schema.json) or as tables."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.core.table import Table
from coefgate.registry.model import Limits
from coefgate.replay.figure_text import bounds_of, points, ratio, share
from coefgate.replay.scores import PredictorComparison, ScoredCall, Scores
from coefgate.reports.console import short, table
from coefgate.reports.fallbacks import fallback_lines, fallbacks_dict
from coefgate.reports.figures import NOT_MEASURABLE, rounded
from coefgate.reports.json_texts import json_text
from coefgate.reports.metrics import (
    FIGURES_TITLE,
    figure_columns,
    figures_dict,
    figures_table,
    later_dict,
    later_lines,
    later_metrics,
    strata_table,
    stratum_dict,
)


def replay_dict(scores: Scores, registry: Table, revision: str) -> dict[str, Any]:
    """The fields of a replay for JSON."""
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
        "strata": [stratum_dict(stratum) for stratum in scores.strata],
        "comparison": [_comparison_dict(comparison) for comparison in scores.comparison],
        "samples": [_call_dict(call) for call in scores.scored],
    }


def replay_json(scores: Scores, registry: Table, revision: str) -> str:
    """A replay as JSON text."""
    return json_text(replay_dict(scores, registry, revision))


def _comparison_dict(comparison: PredictorComparison) -> dict[str, Any]:
    old, new = comparison.old, comparison.new
    return {
        "predicted_by": comparison.predicted_by,
        "samples": new.samples,
        "phases": new.phases,
        "smape_mean": {"old": rounded(old.smape_mean), "new": rounded(new.smape_mean)},
        "improvement": rounded(old.smape_mean - new.smape_mean),
        "underestimation_rate": {
            "old": rounded(old.underestimation_rate),
            "new": rounded(new.underestimation_rate),
        },
        "waste_median": {"old": rounded(old.waste_median), "new": rounded(new.waste_median)},
    }


def _call_dict(call: ScoredCall) -> dict[str, Any]:
    sample = call.audited.sample
    return {
        "id": sample.id,
        "phase_id": sample.phase_id,
        "attempt": sample.attempt,
        "status": call.audited.status,
        "predicted": call.predicted,
        "actual": sample.actual_output_tokens,
        "smape": rounded(call.smape),
        "waste_ratio": rounded(call.waste_ratio),
        "basis": call.basis,
    }


def replay_text(
    scores: Scores, registry: Table, revision: str, limits: Limits
) -> list[RenderableType]:
    """Per call, by stratum, old against new, and the whole, which a terminal shows last."""
    parts: list[RenderableType] = [_calls_table(scores), Text("")]
    if scores.strata:
        parts += [strata_table(scores.strata), Text("")]
    if scores.comparison:
        parts += [_comparison_table(scores.comparison), Text("")]
    return [
        *parts,
        figures_table(figure_columns(scores), FIGURES_TITLE, bounds_of(limits)),
        Text(""),
        Text(
            f"coefficients {registry.registry_version} ({revision}), digest "
            f"{short(registry.digest)}"
        ),
        *fallback_lines(scores.fallback),
        *map(Text, later_lines(scores.later)),
    ]


def _calls_table(scores: Scores) -> RenderableType:
    rows = []
    for call in scores.scored:
        sample = call.audited.sample
        attempt = "" if sample.attempt is None else f" #{sample.attempt}"
        reached = "≥ " if call.audited.status == "censored" else ""
        rows.append(
            [
                short(sample.id),
                f"{sample.phase_id or 'unknown phase'}{attempt}",
                call.audited.status,
                f"{call.predicted:,}",
                f"{reached}{sample.actual_output_tokens:,}",
                NOT_MEASURABLE if call.smape is None else points(call.smape),
                NOT_MEASURABLE if call.waste_ratio is None else ratio(call.waste_ratio),
                call.basis,
            ]
        )
    return table(
        *("sample", "call", "status", "predicted", "actual", "SMAPE", "waste", "basis"),
        rows=rows,
        title="Calls",
        figures=range(3, 7),
    )


def _comparison_table(comparison: tuple[PredictorComparison, ...]) -> RenderableType:
    rows = [
        [
            one.predicted_by,
            f"{one.new.samples:,}",
            points(one.old.smape_mean),
            points(one.new.smape_mean),
            f"{float(one.old.smape_mean - one.new.smape_mean):+.1f}",
            f"{share(one.old.underestimation_rate)} → {share(one.new.underestimation_rate)}",
            f"{ratio(one.old.waste_median)} → {ratio(one.new.waste_median)}",
        ]
        for one in comparison
    ]
    return table(
        *(
            "predicted then by",
            "calls",
            "old SMAPE",
            "new SMAPE",
            "improvement",
            "missed",
            "waste median",
        ),
        rows=rows,
        title="Predictions of that day against these coefficients",
        figures=range(1, 7),
    )
