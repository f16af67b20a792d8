"""Records of calls as a recorder keeps them, for tests of all that reads them."""

from __future__ import annotations

import json
from typing import Any, Final

from coefgate.core.vocabulary import Deliverable
from coefgate.runner.call_record import CallRecord

WRITER: Final = "0123456789abcdef0123456789abcdef"
BEGAN: Final = 1_793_523_600_000_000
"""2026-11-01T09:00:00Z, in microseconds."""
SECOND: Final = 1_000_000
_FACTS: Final[dict[str, Any]] = {
    "writer": WRITER,
    "sequence": 1,
    "runner": "host-1",
    "origin": "platform",
    "run_id": None,
    "phase_id": None,
    "attempt": None,
    "call_id": None,
    "category": "docs",
    "complexity": "low",
    "label_origin": "logged",
    "model": "claude-sonnet-4-5",
    "unit": "call",
    "output_mode": None,
    "redacted": False,
    "paths": "real",
    "deliverables_from": "request",
    "reply_matches": "unknown",
    "sizes_unknown": 0,
    "registry_version": "1.4.0",
    "registry_commit": None,
    "digest": f"sha256:{'ab' * 32}",
    "basis": "exact",
    "predicted_tokens": 2_000,
    "interval_low": 800,
    "interval_high": 3_000,
    "interval_coverage": 0.8,
    "share_measured": 1.0,
    "budget": 3_000,
    "budget_risk": 0.1,
    "previous_output_tokens": None,
    "previous_truncated": None,
    "max_output_tokens": 3_000,
    "input_tokens": 500,
    "actual_output_tokens": 1_500,
    "reasoning_tokens": None,
    "stop_reason": "end_turn",
    "truncated": False,
    "success": True,
    "state": "finished",
    "fault": None,
}


def record(*deliverables: str, **facts: Any) -> CallRecord:
    """A faultless record of one call, of which ``facts`` hold instead.

    It has ``docs/guide.md`` unless ``deliverables`` are given, begins a second after the one with
    the number before its own, and takes ten.
    """
    files = [Deliverable.parsed(one) for one in deliverables or ("create:docs/guide.md",)]
    listed = [
        {"path": one.path, "operation": one.operation, "bytes_before": one.bytes_before}
        for one in files
    ]
    started_at = facts.get("started_at", BEGAN + SECOND * facts.get("sequence", 1))
    made = {
        **_FACTS,
        "started_at": started_at,
        "finished_at": started_at + 10 * SECOND,
        "deliverables": json.dumps(listed),
        "deliverable_count": len(files),
    }
    return CallRecord(**(made | facts))
