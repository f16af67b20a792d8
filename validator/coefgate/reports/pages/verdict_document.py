"""A verdict as JSON: schemas/report.schema.json describes each field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coefgate.changes.sample_moves import Correction
from coefgate.core.trees import encodable
from coefgate.gates.verdict import RuleResult
from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.state import State
from coefgate.reports.document import (
    fallbacks_dict,
    figures_dict,
    later_dict,
    later_metrics,
    movers_dict,
    renamed_dict,
    side_dict,
)
from coefgate.reports.pages.coverage import coverage_dict
from coefgate.reports.pages.headline import headline_words
from coefgate.reports.pages.movers import paired_strata
from coefgate.reports.pages.rules import calls_behind, rule_interval
from coefgate.reports.render.json import as_json, exactly, picked
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.use_cases.report import CellMove, Comparison, Report, SinceAnchor
from coefgate.whatif.attribution import Effect
from coefgate.whatif.movers import Movers


def verdict_dict(report: Report) -> dict[str, Any]:
    """The fields of a report; what compares with a base is empty where there is none."""
    against, margin = report.comparison, report.feasible_margin
    return {
        "verdict": report.verdict,
        "headline": headline_words(report),
        "restore": report.restored is not None,
        "restores": report.restored,
        "base": None if against is None else _base_dict(against.base),
        "head": side_dict(report.head),
        "anchor": _anchor_dict(against.since_anchor if against else None),
        "alone": report.alone,
        "stakes": _stakes_dict(report.stakes, against),
        "metrics": {
            "known": figures_dict(against.known.figures) if against and against.known else None,
            "base": figures_dict(against.scores.all) if against else None,
            "head": figures_dict(report.scores.all),
            "without_differs": figures_dict(report.scores.without_differs),
            **later_metrics(report.scores.later),
        },
        "later": later_dict(report.scores.later),
        "fallback": fallbacks_dict(report.scores.fallback),
        "rules": [_rule_dict(rule, report.scores.all) for rule in report.rules],
        "feasible_margin": None if margin is None else [margin.low / 1000, margin.high / 1000],
        "renames": [renamed_dict(one) for one in against.renames] if against else [],
        "changes": [
            one for effect in (against.changes if against else ()) for one in _changes(effect)
        ],
        "another_split": against is not None and against.another_split,
        "strata": [
            picked(pair, "dimension", "value")
            | {"base": figures_dict(pair.base), "head": figures_dict(pair.head)}
            for pair in paired_strata(report)
        ],
        "coverage": {
            **coverage_dict(report.coverage),
            "lost": [_move_dict(cell) for cell in against.lost] if against else [],
            "gained": [_move_dict(cell) for cell in against.gained] if against else [],
        },
        "retired": [
            *(as_json(one) | {"new": True} for one in (against.retired if against else ())),
            *(as_json(one) | {"new": False} for one in report.retired_before),
        ],
        "corrected": [_correction_dict(one) for one in against.corrected] if against else [],
        "acknowledged": [_answer_dict(one) for one in against.acknowledged] if against else [],
        "movers": movers_dict(against.movers if against else Movers()),
        "notes": list(report.notes),
        "next": list(report.next),
    }


def _move_dict(move: CellMove) -> dict[str, Any]:
    samples = picked(move, "category", "complexity", base="base.samples", head="head.samples")
    return samples | {"counts": picked(move, "base", "head")}


def _base_dict(base: State) -> dict[str, Any]:
    found = picked(base, "behind", "name", "found_by")
    return side_dict(base) | found | {"name": encodable(base.name)}


def _anchor_dict(since: SinceAnchor | None) -> dict[str, Any] | None:
    if since is None:
        return None
    return side_dict(since.anchor) | picked(since, "retired", "corrected")


def _stakes_dict(head: Stakes | None, against: Comparison | None) -> dict[str, Any] | None:
    if head is None:
        return None
    sides = {
        "known": against.known.figures.stakes if against and against.known else None,
        "base": against.scores.all.stakes if against else None,
        "head": head,
    }
    told = {side: found and as_json(found) for side, found in sides.items()}
    return {
        "per_calls": 1000,
        **{
            name: {side: found and found[name] for side, found in told.items()}
            for name in ("cut_off", "reserved_unused_tokens")
        },
    }


def _rule_dict(rule: RuleResult, measured: Figures) -> dict[str, Any]:
    figures = ("known", "known_upper", "base", "base_upper", "head")
    return {
        **picked(rule, "rule", "status", "met", "limit", *figures, head_upper="upper"),
        "interval": as_json(rule_interval(rule, measured)),
        "n": calls_behind(rule, measured.metrics),
        "phases": measured.metrics.phases if measured.metrics else 0,
        "message": encodable(rule.told),
        "documentation": f"docs/gates.md#{rule.rule}",
        "file": encodable(rule.file),
        "line": rule.line,
        "findings": [
            {
                "message": encodable(one.message),
                "file": encodable(one.file),
                **picked(one, "line", "gains"),
            }
            for one in rule.findings
        ],
    }


def _changes(effect: Effect) -> Sequence[dict[str, Any]]:
    """One entry for each change; those that were taken back together share their effect."""
    names = [change.name for change in effect.changes]
    missed = ("underestimation_rate", "underestimation_upper")
    return [
        {
            "coefficient": change.name,
            **exactly(change, "file", "line", "base", "head"),
            "effect": picked(effect, "smape_mean", *missed, "waste_median", "waste_p90"),
            **picked(effect, "calls", "counts"),
            "grouped_with": [name for name in names if name != change.name],
        }
        for change in effect.changes
    ]


def _correction_dict(correction: Correction) -> dict[str, Any]:
    sides = {"base": correction.before, "head": correction.after}
    return {
        **picked(correction, id="before.sample.id", by="after.sample.id"),
        **{
            side: picked(one.sample, "category", "complexity")
            | picked(one, "status", tokens="sample.actual_output_tokens")
            for side, one in sides.items()
        },
        "fields": [picked(one, "field", base="before", head="after") for one in correction.fields],
        **picked(correction.after.sample, "file", "line"),
    }


def _answer_dict(answer: GivenReason) -> dict[str, Any]:
    step = exactly(answer, "name", **{"from": "base", "to": "head"})
    return step | picked(answer, "asked_by", "reason", "file", "line")
