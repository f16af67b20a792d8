"""What one number does: schemas/explain.schema.json describes each field."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coefgate.registry.model import Basis
from coefgate.reports.json.history import step_dict
from coefgate.reports.json.parts import (
    call_dict,
    fallbacks_dict,
    fields,
    metrics_dict,
    number_json,
    rounded,
)
from coefgate.use_cases.explain import NumberReport
from coefgate.whatif.explanation import Nudge


def explanation_dict(explained: NumberReport) -> dict[str, Any]:
    """The number, its story, the calls that rest on it, and ten percent either way."""
    found = explained.explanation
    value = found.value
    answer = value.acknowledge
    return {
        "name": value.name,
        "unit": "factor" if value.key.is_factor else "tokens",
        "number": number_json(value.number),
        **fields(value, "file", "line"),
        "basis": _basis_dict(value.basis),
        "acknowledge": None
        if answer is None
        else {
            "from": number_json(answer.previous),
            "to": number_json(answer.current),
            "reason": answer.reason,
        },
        "registry": {"version": explained.registry_version, "digest": explained.digest},
        "changed": {
            "steps": [step_dict(step) for step in explained.last],
            "complete": not explained.cut,
            "reason": explained.unknown_because or None,
        },
        "scored": found.scored.scored,
        "counts": {"scored": asdict(found.scored), "rest": asdict(found.count)},
        "labelled": None if found.labelled is None else fallbacks_dict(found.labelled),
        "share": rounded(found.share),
        "samples": [
            call_dict(
                call.sample,
                "censored" if call.censored else "eligible",
                call.predicted,
                call.smape,
            )
            for call in found.calls
        ],
        "metrics": metrics_dict(found.metrics),
        "nudges": [_nudge_dict(nudge) for nudge in found.nudges],
    }


def _basis_dict(basis: Basis) -> dict[str, Any]:
    return {
        **fields(basis, "kind", "samples"),
        "interval": None
        if basis.interval is None
        else [number_json(end) for end in basis.interval],
        "reference": basis.reference,
    }


def _nudge_dict(nudge: Nudge) -> dict[str, Any]:
    return {
        "percent": nudge.percent,
        "number": number_json(nudge.number),
        **fields(nudge, "exact", "allowed"),
        "limits": [number_json(end) for end in nudge.limits],
        "moved": nudge.moved,
        "metrics": metrics_dict(nudge.metrics),
    }
