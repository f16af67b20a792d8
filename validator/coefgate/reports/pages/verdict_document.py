"""A verdict as JSON: schemas/report.schema.json describes each field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coefgate.changes.sample_moves import Correction
from coefgate.core.trees import encodable
from coefgate.gates.verdict import Finding, RuleResult
from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.state import State
from coefgate.reports.document import (
    content_json,
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
from coefgate.reports.pages.rules import calls_behind, rule_interval
from coefgate.reports.pages.strata import paired_strata
from coefgate.reports.render.json import fields, figures, rounded
from coefgate.samples.status import Audited
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.use_cases.report import CellMove, Comparison, Report, SinceAnchor
from coefgate.whatif.attribution import Effect
from coefgate.whatif.movers import Movers


def verdict_dict(report: Report) -> dict[str, Any]:
    """The fields of a report; what compares with a base is empty where there is none."""
    against, margin = report.comparison, report.feasible_margin
    return {
        "verdict": report.verdict,
        "headline": headline_words(report.headline),
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
        "changes": [entry for effect in against.changes for entry in _changes(effect)]
        if against
        else [],
        "another_split": against is not None and against.another_split,
        "strata": [
            {
                **fields(pair, "dimension", "value"),
                "base": figures_dict(pair.base),
                "head": figures_dict(pair.head),
            }
            for pair in paired_strata(report)
        ],
        "coverage": {
            **coverage_dict(report.coverage),
            "lost": [_move_dict(cell) for cell in against.lost] if against else [],
            "gained": [_move_dict(cell) for cell in against.gained] if against else [],
        },
        "retired": [
            *(asdict(one) | {"new": True} for one in (against.retired if against else ())),
            *(asdict(one) | {"new": False} for one in report.retired_before),
        ],
        "corrected": [_correction_dict(one) for one in against.corrected] if against else [],
        "acknowledged": [_answer_dict(one) for one in against.acknowledged] if against else [],
        "movers": movers_dict(against.movers if against else Movers()),
        "notes": list(report.notes),
        "next": list(report.next),
    }


def _move_dict(move: CellMove) -> dict[str, Any]:
    return {
        **fields(move, "category", "complexity"),
        "base": move.base.samples,
        "head": move.head.samples,
        "counts": {"base": asdict(move.base), "head": asdict(move.head)},
    }


def _base_dict(base: State) -> dict[str, Any]:
    return {
        **side_dict(base),
        "behind": base.behind,
        "name": encodable(base.name),
        "found_by": base.found_by,
    }


def _anchor_dict(since: SinceAnchor | None) -> dict[str, Any] | None:
    if since is None:
        return None
    return side_dict(since.anchor) | fields(since, "retired", "corrected")


def _stakes_dict(head: Stakes | None, against: Comparison | None) -> dict[str, Any] | None:
    if head is None:
        return None
    sides = {
        "known": against.known.stakes if against and against.known else None,
        "base": against.stakes if against else None,
        "head": head,
    }
    return {
        "per_calls": 1000,
        "cut_off": {
            side: [rounded(end) for end in found.cut_off] if found else None
            for side, found in sides.items()
        },
        "reserved_unused_tokens": {
            side: rounded(found.reserved_unused_tokens) if found else None
            for side, found in sides.items()
        },
    }


def _rule_dict(rule: RuleResult, measured: Figures) -> dict[str, Any]:
    ends = rule_interval(rule, measured)
    return {
        **fields(rule, "rule", "status", "met", "limit"),
        **figures(rule, "known", "known_upper", "base", "base_upper", "head"),
        "head_upper": rounded(rule.upper),
        "interval": None if ends is None else [rounded(end) for end in ends],
        "n": calls_behind(rule, measured.metrics),
        "phases": measured.metrics.phases if measured.metrics else 0,
        "message": encodable(rule.told),
        "documentation": f"docs/gates.md#{rule.rule}",
        "file": encodable(rule.file),
        "line": rule.line,
        "findings": [_finding_dict(one) for one in rule.findings],
    }


def _finding_dict(finding: Finding) -> dict[str, Any]:
    gains = [asdict(gain) | figures(gain, "points", "by_chance") for gain in finding.gains]
    return {
        "message": encodable(finding.message),
        "file": encodable(finding.file),
        "line": finding.line,
        "gains": gains,
    }


def _changes(effect: Effect) -> Sequence[dict[str, Any]]:
    """One entry for each change; those that were taken back together share their effect."""
    names = [change.name for change in effect.changes]
    return [
        {
            "coefficient": change.name,
            **fields(change, "file", "line"),
            "base": content_json(change.base),
            "head": content_json(change.head),
            "effect": figures(
                effect,
                "smape_mean",
                "underestimation_rate",
                "underestimation_upper",
                "waste_median",
                "waste_p90",
            ),
            "calls": effect.calls,
            "counts": asdict(effect.counts),
            "grouped_with": [name for name in names if name != change.name],
        }
        for change in effect.changes
    ]


def _correction_dict(correction: Correction) -> dict[str, Any]:
    before, after = correction.before.sample, correction.after.sample
    return {
        "id": before.id,
        "by": after.id,
        "base": _told_dict(correction.before),
        "head": _told_dict(correction.after),
        "fields": [
            {"field": one.field, "base": _field(one.before), "head": _field(one.after)}
            for one in correction.fields
        ],
        "file": after.file,
        "line": after.line,
    }


def _field(value: object) -> object:
    """The value of a field as its line has it."""
    return [asdict(one) for one in value] if isinstance(value, tuple) else value


def _told_dict(one: Audited) -> dict[str, Any]:
    sample = one.sample
    return {
        **fields(sample, "category", "complexity"),
        "status": one.status,
        "tokens": sample.actual_output_tokens,
    }


def _answer_dict(answer: GivenReason) -> dict[str, Any]:
    return {
        "name": answer.name,
        "from": content_json(answer.base),
        "to": content_json(answer.head),
        "asked_by": list(answer.asked_by),
        **fields(answer, "reason", "file", "line"),
    }
