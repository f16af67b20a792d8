"""Drills: of regressions, of false alarms, and of the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coefgate.drill.false_alarms import Tally
from coefgate.drill.run import Drill
from coefgate.drill.way_back.ledger import RollbackDrill
from coefgate.reports.json.parts import fields, rounded


def drill_dict(drill: Drill) -> dict[str, Any]:
    """What was planted, and what the gates did with it."""
    return {
        "seed": drill.seed,
        "regressions": {
            "planted": len(drill.planted("regression")),
            "stopped": len(drill.right("regression")),
        },
        "harmless": {
            "planted": len(drill.planted("harmless")),
            "passed": len(drill.right("harmless")),
        },
        "rows": [asdict(row) for row in drill.rows],
    }


def false_alarms_dict(found: Sequence[Tally], *, seed: int, times: int) -> dict[str, Any]:
    """How often what should pass was stopped; shares from 0 to 1."""
    return {"seed": seed, "times": times, "rows": [_tally_dict(one) for one in found]}


def _tally_dict(one: Tally) -> dict[str, Any]:
    return {
        **fields(one, "kind", "group", "calls", "tries", "stopped"),
        "share": rounded(one.stopped / one.tries) if one.tries else None,
        "interval": [rounded(end) for end in one.interval] if one.tries else None,
        "rules": dict(one.rules),
        **fields(one, "note", "complaint"),
    }


def rollback_drills_dict(drills: Sequence[RollbackDrill]) -> dict[str, Any]:
    """Drills of the way back; times in seconds."""
    return {"drills": [_rollback_dict(drill) for drill in drills]}


def _rollback_dict(drill: RollbackDrill) -> dict[str, Any]:
    return {
        "releases": [asdict(one) for one in drill.releases],
        "noticed_after": round(drill.noticed_after, 3),
        "command_took": round(drill.command_took, 3),
        "back_after": None if drill.back_after is None else round(drill.back_after, 3),
        "runners": [asdict(one) for one in drill.runners],
        "complaints": list(drill.complaints),
    }
