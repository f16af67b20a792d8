"""Alarms of single calls, counted by week: nobody is told of each of them.

A call is underestimated where it needed far more than was predicted, or was cut off at its
prediction or above; overestimated where it needed far less; mispredicted where its SMAPE is large,
either way. A week is an alert where more of its calls are so than may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.metrics import MILLION, Booleans, smape_200
from coefgate.telemetry.alarms.alarm import AlarmName, Rows
from coefgate.telemetry.alarms.limited_figures import LimitedFigure, exceeds, share_of
from coefgate.telemetry.alarms.limits import WeekLimit
from coefgate.telemetry.alarms.week import WatchedRecords


def underestimated(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> Booleans:
    """Which of these records, that are scored, needed far more, as far as anybody knows."""
    calls = records.calls(rows)
    far: Booleans = exceeds(calls.actual, guardrails.underestimated_above, calls.predicted)
    return far | (calls.censored & (calls.actual >= calls.predicted))


def overestimated(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> Booleans:
    """Which of these records came to their end with far less."""
    calls = records.calls(rows)
    return exceeds(calls.predicted, guardrails.overestimated_above, calls.actual) & ~calls.censored


def mispredicted(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> Booleans:
    """Which of these records have a large SMAPE: of one that was cut off, if it needed more."""
    calls = records.calls(rows)
    smape = smape_200(calls.predicted, calls.actual)
    far: Booleans = exceeds(smape, guardrails.smape_above, np.array(MILLION))
    return far & (~calls.censored | (calls.actual >= calls.predicted))


Hits = Callable[[WatchedRecords, Rows, Guardrails], Booleans]


def _share_of(hits: Hits) -> Callable[[WatchedRecords, Rows, Guardrails], LimitedFigure]:
    def measured(records: WatchedRecords, rows: Rows, guardrails: Guardrails) -> LimitedFigure:
        hit = hits(records, rows, guardrails)
        found = share_of(records, rows, hit, guardrails.call_share_to)
        return replace(found, counted=worst_first(records, rows[hit]))

    return measured


def worst_first(records: WatchedRecords, rows: Rows) -> Rows:
    """These records, those first that are furthest from what was predicted."""
    calls = records.calls(rows)
    apart = np.abs(np.log(np.maximum(calls.actual, 1) / np.maximum(calls.predicted, 1)))
    return rows[np.argsort(-apart, kind="stable")]


_HITS: Final[dict[AlarmName, Hits]] = {
    "underestimated": underestimated,
    "overestimated": overestimated,
    "mispredicted": mispredicted,
}
CALL_ALARMS: Final = tuple(
    WeekLimit(name, _share_of(hits), lambda records: records.judged)
    for name, hits in _HITS.items()
)
"""The alarms of single calls, as limits on a week."""
