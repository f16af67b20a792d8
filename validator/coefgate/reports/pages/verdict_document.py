"""A verdict as JSON: schemas/report.schema.json describes each field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coefgate.changes.sample_moves import Correction
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.replay.attainability import attainability
from coefgate.replay.figures import Figures, Stakes
from coefgate.reports.document import (
    figures_dict,
    later_dict,
    later_metrics,
    movers_dict,
    predictor_dict,
    renamed_dict,
    side_dict,
    unseen_dict,
    unseen_metrics,
)
from coefgate.reports.pages.attainability import attainability_dict
from coefgate.reports.pages.coverage import coverage_dict
from coefgate.reports.pages.fallback import fallbacks_dict
from coefgate.reports.pages.headline import headline_words
from coefgate.reports.pages.movers import paired_strata
from coefgate.reports.pages.rules import bounds_in, calls_behind, rule_interval
from coefgate.reports.render.json import as_json, exactly, picked
from coefgate.use_cases.report import CellMove, Comparison, Report, SinceAnchor
from coefgate.whatif.attribution import Effect
from coefgate.whatif.movers import Movers


def verdict_dict(report: Report) -> dict[str, Any]:
    """The fields of a report; what compares with a base is empty where there is none."""
    against, margin, scores = report.comparison, report.feasible_margin, report.scores

    def compared(name: str) -> Sequence[Any]:
        return getattr(against, name) if against else ()

    return {
        "verdict": report.verdict,
        "headline": headline_words(report),
        "restore": report.restored is not None,
        "restores": report.restored,
        "base": against
        and side_dict(against.base) | picked(against.base, "behind", "name", "found_by"),
        "head": side_dict(report.head),
        "anchor": _anchor_dict(against.since_anchor if against else None),
        "alone": report.alone,
        "stakes": _stakes_dict(report.stakes, against),
        "metrics": {
            "known": figures_dict(against.known.figures) if against and against.known else None,
            "base": figures_dict(against.scores.all) if against else None,
            "head": figures_dict(scores.all),
            "without_differs": figures_dict(scores.without_differs),
            **unseen_metrics(scores.unseen),
            **later_metrics(scores.later),
        },
        "unseen": unseen_dict(scores.unseen),
        "later": later_dict(scores.later),
        "baselines": list(map(predictor_dict, report.baselines.figures)),
        "attainability": attainability_dict(attainability(scores, bounds_in(report))),
        "fallback": fallbacks_dict(scores.fallback),
        "rules": [_rule_dict(rule, scores.all) for rule in report.rules],
        "feasible_margin": None if margin is None else [margin.low / 1000, margin.high / 1000],
        "renames": list(map(renamed_dict, compared("renames"))),
        "changes": [one for effect in compared("changes") for one in _changes(effect)],
        "another_split": against is not None and against.another_split,
        "strata": [
            picked(pair, "dimension", "value")
            | {"base": figures_dict(pair.base), "head": figures_dict(pair.head)}
            for pair in paired_strata(report)
        ],
        "coverage": {
            **coverage_dict(report.coverage),
            "lost": list(map(_move_dict, compared("lost"))),
            "gained": list(map(_move_dict, compared("gained"))),
        },
        "retired": [
            *(as_json(one) | {"new": True} for one in compared("retired")),
            *(as_json(one) | {"new": False} for one in report.retired_before),
        ],
        "erased": [
            *(as_json(one) | {"new": True} for one in compared("erased")),
            *(as_json(one) | {"new": False} for one in report.erased_before),
        ],
        "corrected": list(map(_correction_dict, compared("corrected"))),
        "acknowledged": [
            exactly(one, "name", **{"from": "base", "to": "head"})
            | picked(one, "asked_by", "reason", "file", "line")
            for one in compared("acknowledged")
        ],
        "movers": movers_dict(against.movers if against else Movers()),
        "notes": list(report.notes),
        "next": [step.words for step in report.next],
    }


def _move_dict(move: CellMove) -> dict[str, Any]:
    samples = picked(move, "category", "complexity", base="base.samples", head="head.samples")
    return samples | {"counts": picked(move, "base", "head")}


def _anchor_dict(since: SinceAnchor | None) -> dict[str, Any] | None:
    return side_dict(since.anchor) | picked(since, "retired", "corrected") if since else None


def _stakes_dict(head: Stakes | None, against: Comparison | None) -> dict[str, Any] | None:
    if head is None:
        return None
    sides = {
        "known": against.known.figures.stakes if against and against.known else None,
        "base": against.scores.all.stakes if against else None,
        "head": head,
    }
    told = {
        name: {side: found and as_json(getattr(found, name)) for side, found in sides.items()}
        for name in ("cut_off_kaplan_meier", "cut_off", "reserved_unused_tokens")
    }
    return {"per_calls": 1000, **told}


def _rule_dict(rule: RuleResult, measured: Figures) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for side, ends in ("known", rule.known_ends), ("base", rule.base_ends), ("head", rule.ends):
        low, high = ends or (None, None)
        figures |= picked(rule, side) | {
            f"{side}_lower": as_json(low),
            f"{side}_upper": as_json(high),
        }
    return {
        **picked(rule, "rule", "status", "met", "limit"),
        **figures,
        "interval": as_json(rule_interval(rule, measured)),
        "n": calls_behind(rule, measured.metrics),
        "phases": measured.metrics.phases if measured.metrics else 0,
        "message": as_json(rule.told),
        "documentation": f"docs/reference/gates.md#{rule.rule}",
        **picked(rule, "file", "line"),
        "findings": [picked(one, "message", "file", "line", "gains") for one in rule.findings],
    }


def _changes(effect: Effect) -> Sequence[dict[str, Any]]:
    """One entry for each change; those that were taken back together share their effect."""
    missed = RULES["underestimation"].metrics
    return [
        {
            "coefficient": change.name,
            **exactly(change, "file", "line", "base", "head"),
            "effect": picked(effect, "smape_mean", *missed, "waste_median", "waste_p90"),
            **picked(effect, "calls", "counts"),
            "grouped_with": [one.name for one in effect.changes if one.name != change.name],
        }
        for change in effect.changes
    ]


def _correction_dict(correction: Correction) -> dict[str, Any]:
    sides = {"base": correction.before, "head": correction.after}
    tokens = "sample.actual_output_tokens"
    return {
        **picked(correction, id="before.sample.id", by="after.sample.id"),
        **{
            side: picked(one.sample, "category", "complexity")
            | picked(one, "status", tokens=tokens)
            for side, one in sides.items()
        },
        "fields": [picked(one, "field", base="before", head="after") for one in correction.fields],
        **picked(correction.after.sample, "file", "line"),
    }
