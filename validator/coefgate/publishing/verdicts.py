"""From what the gate left behind to what GitHub is told. Only a pass that is proved is a success."""

from __future__ import annotations

import json
from typing import Any, Final

from coefgate.core.problems import (
    BUG,
    ENVIRONMENT,
    GATE_FAILED,
    INTERRUPTED,
    INVALID,
    NOT_MEASURABLE,
    PASS,
    USAGE,
)
from coefgate.publishing.statuses import Announcement

CONFLICT: Final = Announcement("failure", "merge conflict: update the branch")

_VERDICTS: Final = {PASS: "pass", GATE_FAILED: "fail", NOT_MEASURABLE: "not-measurable"}
_ERRORS: Final = {
    USAGE: "the judge was called wrongly",
    ENVIRONMENT: "the judge's environment failed",
    BUG: "a bug in Coefgate",
    INTERRUPTED: "the judge was interrupted",
}


def announcement_of(exit_code: int, report: bytes | None) -> Announcement:
    """What to say of a gate that ended with ``exit_code``; ``report``: its ``report.json``, if it wrote one.

    An exit code that its report contradicts is an error, never a success.
    """
    if exit_code == INVALID:
        return Announcement(
            "failure", "registry or samples invalid: the report names each problem"
        )
    if exit_code not in _VERDICTS:
        reason = _ERRORS.get(exit_code, "the judge ended unexpectedly")
        return Announcement("error", f"no verdict: {reason} (exit code {exit_code})")
    document = _read(report)
    verdict = _VERDICTS[exit_code]
    if document is None and exit_code == NOT_MEASURABLE:
        return Announcement("failure", "NOT MEASURABLE: the report says what is missing")
    if document is None:
        return Announcement(
            "error", f"no verdict: exit code {exit_code} came without a readable report"
        )
    if document.get("verdict") != verdict:
        return Announcement("error", f"no verdict: exit code {exit_code} contradicts the report")
    headline = document.get("headline")
    if not isinstance(headline, str):
        return Announcement("error", f"no verdict: exit code {exit_code} came without a headline")
    if exit_code == PASS:
        return Announcement("success", f"{headline}{_calls(document)}")
    rules = ", ".join(_rules(document, verdict))
    return Announcement("failure", f"{headline}: {rules}" if rules else headline)


def _read(report: bytes | None) -> dict[str, Any] | None:
    try:
        document = json.loads(report) if report is not None else None
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _calls(document: dict[str, Any]) -> str:
    metrics = document.get("metrics")
    head = metrics.get("head") if isinstance(metrics, dict) else None
    samples = head.get("samples") if isinstance(head, dict) else None
    return f", on {samples:,} calls" if isinstance(samples, int) else ""


def _rules(document: dict[str, Any], status: str) -> list[str]:
    """Names of the rules with this status, each once, in the order of the report."""
    rules = document.get("rules")
    names = [
        str(rule.get("rule"))
        for rule in (rules if isinstance(rules, list) else [])
        if isinstance(rule, dict) and rule.get("status") == status
    ]
    return list(dict.fromkeys(names))
