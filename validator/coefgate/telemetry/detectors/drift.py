"""Drift: do the calls of a week need something else of their predictions than those before?

Held against each other are phases, in their own cells: those of the week, and of the last four,
against stored samples, as coefficients predict them that do not know them, and against the store's
own earlier weeks under the same coefficients, as far as there are enough of either. Asked is of
all cells together and of each by itself, corrected for all that is asked in a week (Holm, 1979).
What so few phases could not answer, whatever they needed, counts as no question (Tarone, 1990).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from coefgate.calibration.residuals import Residuals
from coefgate.registry.guardrails import Guardrails
from coefgate.replay.metrics import Booleans
from coefgate.telemetry.alarms.alarm import MOST_SHOWN, Alarm, Rows, Why
from coefgate.telemetry.alarms.calls import worst_first
from coefgate.telemetry.alarms.rates import holm
from coefgate.telemetry.alarms.week import WatchedWeek
from coefgate.telemetry.detectors.phase_needs import (
    PhaseCell,
    PhaseNeeds,
    cell_numbers,
    needs_of_records,
    needs_of_samples,
)
from coefgate.telemetry.detectors.rank_test import RankTest, rank_test

WINDOWS: Final = (1, 4)
"""Weeks that are held against the reference: one for a leap, four for a small step."""
REFERENCE_FROM: Final = 30
"""Phases that a reference has at least."""
_DAYS: Final = 7
DriftReference = Literal["samples", "earlier-weeks"]
"""What calls are held against; the one name in an alarm."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Records of the last weeks under one digest, their phases, and those before."""

    rows: Rows
    now: PhaseNeeds
    before: PhaseNeeds
    reference: DriftReference


@dataclass(frozen=True, slots=True)
class _Question:
    """Has this ``cell`` (all of them: ``None``) drifted in this window?"""

    cell: PhaseCell | None
    window: _Window
    test: RankTest


def drift(
    week: WatchedWeek, guardrails: Guardrails, stored: Mapping[str, Residuals]
) -> list[Alarm]:
    """The answer for all calls of a week, then for each cell that they are in.

    ``stored``: residuals of samples by the digest of the coefficients that predict them. Looked
    at are calls under the digest that served most calls of the week.
    """
    records, level = week.records, float(guardrails.drift_p_below)
    judged = week.where(records.judged)
    digests = week.table.digest.codes[judged]
    if not (digests >= 0).any():
        return [Alarm("drift", "cannot-tell", week.week, threshold=level, why="no-calls")]
    many, names = np.bincount(digests[digests >= 0]), week.table.digest.names
    digest = max(np.flatnonzero(many).tolist(), key=lambda one: (many[one], names[one]))
    _, cells = cell_numbers(records, judged[digests == digest])
    subjects = [None, *cells]
    windows = [one for weeks in WINDOWS for one in _windows(week, digest, weeks, stored)]
    asked = _answerable(
        [
            _Question(cell, window, rank_test(now, before))
            for window in windows
            for cell in subjects
            for now, before in (_sides(window, cell),)
            if int(now.calls.sum()) >= guardrails.drift_calls_from
        ],
        level,
    )
    answers = list(zip(asked, holm([one.test.p for one in asked]), strict=True))
    why: Why = "too-few-calls" if windows else "nothing-to-compare"
    found = (
        _alarm(week, cell, [one for one in answers if one[0].cell == cell], level=level, why=why)
        for cell in subjects
    )
    # What else is asked corrects every answer, and earlier weeks say what can be asked.
    basis = np.flatnonzero(_of_digest(week, digest) & week.history)
    return [replace(one, basis=basis) for one in found]


def _windows(
    week: WatchedWeek, digest: int, weeks: int, stored: Mapping[str, Residuals]
) -> Iterator[_Window]:
    """The last ``weeks`` against what is known of the time before, if that is enough."""
    records, table = week.records, week.table
    first = week.week - _DAYS * (weeks - 1)
    of_digest = _of_digest(week, digest)
    rows = np.flatnonzero(of_digest & (table.week >= first) & (table.week <= week.week))
    now = needs_of_records(records, rows)
    known = stored.get(table.digest.names[digest])
    if known is not None and len(before := needs_of_samples(known)) >= REFERENCE_FROM:
        yield _Window(rows, now, before, "samples")
    earlier = np.flatnonzero(of_digest & week.history & (table.week < first))
    # A phase that goes on in the window is none of those before it.
    going_on = np.isin(records.calls(earlier).phase, records.calls(rows).phase)
    before = needs_of_records(records, earlier[~going_on])
    if len(before) >= REFERENCE_FROM:
        yield _Window(rows, now, before, "earlier-weeks")


def _of_digest(week: WatchedWeek, digest: int) -> Booleans:
    found: Booleans = week.records.judged & (week.table.digest.codes == digest)
    return found


def _sides(window: _Window, cell: PhaseCell | None) -> tuple[PhaseNeeds, PhaseNeeds]:
    both = window.now, window.before
    return both if cell is None else (both[0].of(cell), both[1].of(cell))


def _answerable(asked: Sequence[_Question], level: float) -> list[_Question]:
    """As many questions as could have a yes each, though so many are asked."""
    surest_first = sorted(asked, key=lambda one: one.test.least)
    many = sum(one.test.least * at < level for at, one in enumerate(surest_first, 1))
    return surest_first[:many]


def _alarm(
    week: WatchedWeek,
    cell: PhaseCell | None,
    answers: Sequence[tuple[_Question, float]],
    *,
    level: float,
    why: Why,
) -> Alarm:
    by, value = ("cell", "/".join(cell)) if cell else ("", "")
    found = Alarm("drift", "cannot-tell", week.week, by, value, threshold=level, why=why)
    if not answers:
        return found
    question, p = min(answers, key=lambda one: one[1])
    rows = question.window.rows
    if cell:
        numbers, cells = cell_numbers(week.records, rows)
        rows = rows[numbers == cells[cell]]
    return replace(
        found,
        answer="alert" if p < level else "fine",
        calls=len(rows),
        statistic=p,
        p=p,
        factor=question.test.factor,
        why="",
        names=(question.window.reference,),
        rows=rows,
        worst=worst_first(week.records, rows)[:MOST_SHOWN],
    )
