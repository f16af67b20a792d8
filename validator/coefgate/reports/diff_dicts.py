"""What lies between two states, as JSON: schemas/diff.schema.json describes each field."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coefgate.gates.attribution import Effect
from coefgate.gates.difference import Difference
from coefgate.gates.gate_differences import GateDifference, Setting
from coefgate.gates.movers import Mover
from coefgate.gates.proposal import Side
from coefgate.registry.changes import Change
from coefgate.registry.contents import Content
from coefgate.registry.path_differences import GlobDifference
from coefgate.replay.metrics import Metrics
from coefgate.reports.figures import FIGURES, rounded
from coefgate.reports.histories import number_json
from coefgate.reports.json_texts import json_text


def diff_json(found: Difference) -> str:
    """A difference as JSON text."""
    return json_text(diff_dict(found))


def diff_dict(found: Difference) -> dict[str, Any]:
    """The fields of a difference for JSON."""
    return {
        "same": found.same,
        "base": _side_dict(found.base),
        "head": _side_dict(found.head),
        "changes": [_change_dict(change, effect) for effect in found.effects for change in effect.changes],
        "path_rules": [_glob_dict(one) for one in found.globs],
        "gates": [_gate_dict(one) for one in found.gates],
        "calls": {
            "scored": len(found.pair.evidence.samples),
            "moved": found.moved,
            "gained_misses": found.gained_misses,
            "lost_misses": found.lost_misses,
        },
        "metrics": {
            "base": metrics_dict(found.pair.base_metrics),
            "head": metrics_dict(found.pair.head_metrics),
        },
        "movers": {
            "worse": [_mover_dict(mover) for mover in found.movers.worse],
            "better": [_mover_dict(mover) for mover in found.movers.better],
        },
    }


def _side_dict(side: Side) -> dict[str, Any]:
    return {"revision": side.revision, "version": side.version, "digest": side.digest}


def _change_dict(change: Change, effect: Effect) -> dict[str, Any]:
    return {
        "name": change.name,
        "kind": change.kind,
        "base": _content(change.base),
        "head": _content(change.head),
        "factor": rounded(factor_of(change)),
        "gone": change.gone,
        "file": change.file,
        "line": change.line,
        "calls": effect.calls,
        "together_with": [other.name for other in effect.changes if other is not change],
    }


def factor_of(change: Change) -> Fraction | None:
    """Head's number over base's, where both are numbers and base's is not 0."""
    if isinstance(change.base, Fraction) and isinstance(change.head, Fraction) and change.base:
        return change.head / change.base
    return None


def _content(content: Content | Setting) -> int | float | str | list[str] | None:
    if isinstance(content, Fraction):
        return number_json(content)
    return list(content) if isinstance(content, tuple) else content


def _glob_dict(one: GlobDifference) -> dict[str, Any]:
    return {
        "step": one.step,
        "glob": one.glob or None,
        "base": {"kind": one.base, "rule": one.base_rule},
        "head": {"kind": one.head, "rule": one.head_rule},
        "file": one.file,
        "line": one.line,
    }


def _gate_dict(one: GateDifference) -> dict[str, Any]:
    return {
        "part": one.part,
        "name": one.name,
        "base": _content(one.base),
        "head": _content(one.head),
        "file": one.file,
        "line": one.line,
    }


def metrics_dict(metrics: Metrics | None) -> dict[str, Any] | None:
    """The metrics of one set of calls, without intervals, for JSON; ``None`` where nothing is measurable."""
    if metrics is None:
        return None
    counts = {
        name: getattr(metrics, name) for name in ("samples", "censored", "phases", "misses", "undecided")
    }
    return {**counts, **{name: rounded(getattr(metrics, name)) for name in FIGURES}}


def _mover_dict(mover: Mover) -> dict[str, Any]:
    sample = mover.sample
    return {
        "id": sample.id,
        "phase_id": sample.phase_id,
        "category": sample.category,
        "complexity": sample.complexity,
        "deliverables": len(sample.deliverables),
        "censored": mover.censored,
        "actual": sample.actual_output_tokens,
        "base_predicted": mover.base_predicted,
        "head_predicted": mover.head_predicted,
        "base_smape": rounded(mover.base_smape),
        "head_smape": rounded(mover.head_smape),
    }
