"""What lies between two states, as JSON: schemas/diff.schema.json describes each field."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from coefgate.changes.change import Change
from coefgate.changes.gate_changes import GateDifference
from coefgate.changes.path_rule_changes import GlobDifference
from coefgate.reports.json.parts import (
    content_json,
    fields,
    metrics_dict,
    movers_dict,
    renamed_dict,
    rounded,
    side_dict,
)
from coefgate.use_cases.diff import Difference
from coefgate.whatif.attribution import Effect


def difference_dict(found: Difference) -> dict[str, Any]:
    """What changed, and what it does to the predictions of stored calls."""
    return {
        "same": found.same,
        "base": side_dict(found.base),
        "head": side_dict(found.head),
        "renames": [renamed_dict(one) for one in found.renames],
        "changes": [
            _change_dict(change, effect) for effect in found.effects for change in effect.changes
        ],
        "path_rules": [_glob_dict(one) for one in found.globs],
        "gates": [_gate_dict(one) for one in found.gates],
        "calls": {
            "scored": found.pair.head.count.scored,
            "moved": found.moved.scored,
            "counts": {"scored": asdict(found.pair.head.count), "moved": asdict(found.moved)},
            "gained_misses": found.gained_misses,
            "lost_misses": found.lost_misses,
        },
        "metrics": {
            "base": metrics_dict(found.pair.base_metrics),
            "head": metrics_dict(found.pair.head_metrics),
        },
        "movers": movers_dict(found.movers),
    }


def _change_dict(change: Change, effect: Effect) -> dict[str, Any]:
    return {
        **fields(change, "name", "kind"),
        "base": content_json(change.base),
        "head": content_json(change.head),
        "factor": rounded(factor_of(change)),
        **fields(change, "gone", "file", "line"),
        "calls": effect.calls,
        "counts": asdict(effect.counts),
        "together_with": [other.name for other in effect.changes if other is not change],
    }


def factor_of(change: Change) -> Fraction | None:
    """Head's number over base's, where both are numbers and base's is not 0."""
    if isinstance(change.base, Fraction) and isinstance(change.head, Fraction) and change.base:
        return change.head / change.base
    return None


def _glob_dict(one: GlobDifference) -> dict[str, Any]:
    return {
        "step": one.step,
        "glob": one.glob or None,
        "base": {"kind": one.base, "rule": one.base_rule},
        "head": {"kind": one.head, "rule": one.head_rule},
        **fields(one, "file", "line"),
    }


def _gate_dict(one: GateDifference) -> dict[str, Any]:
    return {
        **fields(one, "part", "name"),
        "base": content_json(one.base),
        "head": content_json(one.head),
        **fields(one, "file", "line"),
    }
