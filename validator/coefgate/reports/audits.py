"""Which stored calls are scored, and why the others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.replay.fallbacks import Fallbacks
from coefgate.reports.console import count, table
from coefgate.reports.fallbacks import fallback_lines, fallbacks_dict
from coefgate.reports.json_texts import json_text
from coefgate.samples.eligibility import counts_by_status, short
from coefgate.samples.model import Audited
from coefgate.samples.store import Added

_MEANING = {
    "eligible": "scored",
    "censored": "cut off: counted for underestimation only, as “at least”",
    "failed": "scored in a stratum of its own, never with the others",
    "partial": "not scored: not all paths are known",
    "synthetic": "not scored: invented paths",
    "duplicate": "not scored: the same call is stored elsewhere",
    "undeclared": "not scored: a fact that scoring needs is not known",
    "contradictory": "not scored: two of its facts cannot both be true",
    "superseded": "not scored: a later line corrects it",
    "retired": "not scored: taken out by samples/retired.yaml",
    "out-of-scope": "not scored: outside the scope of gates.yaml",
}


def audit_dict(audited: Sequence[Audited], fallen: Fallbacks) -> dict[str, Any]:
    """The count of each status under its name, what the fallback serves, and why samples are not eligible."""
    counts: dict[str, Any] = {
        str(status): number for status, number in counts_by_status(audited).items()
    }
    return counts | {
        "fallback": fallbacks_dict(fallen),
        "not_scored": [
            {
                "id": one.sample.id,
                "phase_id": one.sample.phase_id,
                "status": one.status,
                "reason": one.reason,
            }
            for one in audited
            if one.status != "eligible"
        ],
    }


def audit_json(audited: Sequence[Audited], fallen: Fallbacks) -> str:
    """An audit as JSON text."""
    return json_text(audit_dict(audited, fallen))


def audit_text(audited: Sequence[Audited], fallen: Fallbacks) -> list[RenderableType]:
    """How many calls have each status, what the fallback serves, then why each one not scored is not."""
    phases = Counter(status for status, _ in {(one.status, one.sample.phase) for one in audited})
    rows = [
        [status, f"{number:,}", f"{phases[status]:,}", _MEANING[status]]
        for status, number in counts_by_status(audited).items()
    ]
    others = [
        [short(one.sample.id), one.status, _call(one), one.reason]
        for one in audited
        if one.status != "eligible"
    ]
    return [
        Text(f"{count(len(audited), 'stored call')}", style="bold"),
        Text(""),
        table("status", "calls", "phases", "meaning", rows=rows, figures=(1, 2)),
        *fallback_lines(fallen),
        Text(""),
        table("sample", "status", "call", "why", rows=others, title="Not scored with the others"),
    ]


def _call(one: Audited) -> str:
    attempt = "" if one.sample.attempt is None else f" #{one.sample.attempt}"
    return f"{one.sample.phase_id or 'unknown phase'}{attempt}"


def added_text(added: Added) -> str:
    """What an import did, in a sentence or two."""
    known = f"; {count(len(added.known), 'call')} stored before" if added.known else ""
    if added.path is None:
        return f"nothing new{known or ': the file holds no call'}"
    return f"{count(len(added.added), 'call')} stored in {added.path}{known}\nnext: coefgate gate"
