"""Recorded calls as another release would have predicted them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.retry import Previous
from coefgate.core.table import Table
from coefgate.core.vocabulary import Deliverable
from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.alarms.alarm import Rows
from coefgate.telemetry.alarms.proof import ReplayedCalls
from coefgate.telemetry.call_table import UNKNOWN, CallTable

MOST: int = 20_000
"""Calls that are replayed at most; of more, whole phases are left out, evenly."""


def replayed_rows(table: CallTable, rows: Rows, most: int = MOST) -> Rows:
    """Those of ``rows`` that are replayed: all, or of more than ``most`` every k-th phase."""
    step = -(-len(rows) // most)
    phase = table.phase.codes[rows]
    of_row = np.where(phase == UNKNOWN, rows, phase)
    found: Rows = rows[of_row % step == 0] if step > 1 else rows
    return found


def replayed(records: Iterable[CallRecord], before: Table) -> ReplayedCalls:
    """These records, whose need is known, with what the release ``before`` would have allowed.

    Files under salted names have kept their kinds. The budget is the one for the same risk, where
    that release states it, else its prediction.
    """
    found = [(one, _estimate(one, before)) for one in records]
    phases: dict[tuple[str, str], int] = {}
    return ReplayedCalls(
        phase=np.array(
            [
                phases.setdefault((one.origin, one.phase_id), len(phases))
                if one.phase_id
                else UNKNOWN
                for one, _ in found
            ],
            dtype=np.int32,
        ),
        reached=_integers([one.actual_output_tokens or 0 for one, _ in found]),
        cut_off=np.array([bool(one.truncated) for one, _ in found], dtype=np.bool_),
        budget=_integers([one.budget for one, _ in found]),
        budget_before=_integers([_budget(told, one.budget_risk) for one, told in found]),
        predicted_before=_integers([told.tokens for _, told in found]),
    )


def _integers(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def _estimate(one: CallRecord, table: Table) -> Estimate:
    tokens, cut_off = one.previous_output_tokens, one.previous_truncated
    return estimate(
        table,
        category=one.category,
        complexity=one.complexity,
        deliverables=[Deliverable(**file) for file in json.loads(one.deliverables)],
        model=one.model,
        output_mode=one.output_mode,
        previous=Previous(tokens, truncated=bool(cut_off)) if tokens else None,
    )


def _budget(told: Estimate, risk: float | None) -> int:
    stated = risk is not None and any(one <= risk + _EQUAL for one in told.risks)
    return told.budget(risk) if stated else told.tokens


_EQUAL = 1e-9
"""1 − 0.9 is not quite 0.1 in floats."""
