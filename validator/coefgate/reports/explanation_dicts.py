"""What one number does, as JSON: schemas/explain.schema.json describes each field."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coefgate.registry.model import Basis
from coefgate.reports.comparison_dicts import metrics_dict
from coefgate.reports.fallbacks import fallbacks_dict
from coefgate.reports.figures import rounded
from coefgate.reports.histories import number_json, step_dict
from coefgate.reports.json_texts import json_text
from coefgate.use_cases.explain import NumberReport
from coefgate.whatif.explanation import Exercised, Nudge


def explain_json(explained: NumberReport) -> str:
    """An explanation as JSON text."""
    return json_text(explain_dict(explained))


def explain_dict(explained: NumberReport) -> dict[str, Any]:
    """The fields of an explanation for JSON."""
    found = explained.explanation
    value = found.value
    answer = value.acknowledge
    return {
        "name": value.name,
        "unit": "factor" if value.key.is_factor else "tokens",
        "number": number_json(value.number),
        "file": value.file,
        "line": value.line,
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
        "samples": [_call_dict(call) for call in found.calls],
        "metrics": metrics_dict(found.metrics),
        "nudges": [_nudge_dict(nudge) for nudge in found.nudges],
    }


def _basis_dict(basis: Basis) -> dict[str, Any]:
    return {
        "kind": basis.kind,
        "samples": basis.samples,
        "interval": None
        if basis.interval is None
        else [number_json(end) for end in basis.interval],
        "reference": basis.reference,
    }


def _call_dict(call: Exercised) -> dict[str, Any]:
    sample = call.sample
    return {
        "id": sample.id,
        "phase_id": sample.phase_id,
        "attempt": sample.attempt,
        "status": "censored" if call.censored else "eligible",
        "predicted": call.predicted,
        "actual": sample.actual_output_tokens,
        "smape": rounded(call.smape),
    }


def _nudge_dict(nudge: Nudge) -> dict[str, Any]:
    return {
        "percent": nudge.percent,
        "number": number_json(nudge.number),
        "exact": nudge.exact,
        "allowed": nudge.allowed,
        "limits": [number_json(end) for end in nudge.limits],
        "moved": nudge.moved,
        "metrics": metrics_dict(nudge.metrics),
    }
