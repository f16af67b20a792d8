"""A release held against the one before: are more of its calls missed, or cut off?

Of each phase the share of its calls counts, in order of time, as a bet (an e-value): it may be
looked at after every phase, so there is an answer long before a week is over. A phase counts a day
after its last call. Only what is certain speaks against a release: a call that was cut off below
its prediction counts as missed before, and as not missed after.

What the calls of both ask for may differ as well: whether the release is to blame is another
question, which the proof before going back asks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, NamedTuple

import numpy as np

from coefgate.registry.guardrails import Guardrails
from coefgate.replay.e_value import rise
from coefgate.replay.metrics import Floats, Indices, Integers, missed
from coefgate.telemetry.alarms.alarm import MOST_SHOWN, Alarm, Rows
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from coefgate.telemetry.times import DAY

MOST: Final = 2000
"""Phases that are looked at: the first of a release, the last of the one before."""
ReleaseShare = Literal["missed", "truncated"]
"""What is compared: the first name in an alarm; the second is the version before."""
_SHARES: Final[tuple[ReleaseShare, ...]] = ("missed", "truncated")


class _Phases(NamedTuple):
    """Phases in the order in which they were over: when, and the share of each that counts.

    ``rows``: the records of which it is the share; ``hits``: those that count.
    """

    over: Integers
    share: Floats
    rows: Rows
    hits: Rows


def release(week: WatchedWeek, guardrails: Guardrails) -> list[Alarm]:
    """The answer at the end of a week, or of its records, for missed calls and for cut-off ones.

    Compared is the newest release that served calls of the week. It is an alert where the e-value
    reaches its threshold at any moment of the week. Where no release came before, nothing is asked
    and it is fine.
    """
    table = week.table
    past = np.flatnonzero(week.records.ended & week.history)
    number = table.version.codes.astype(np.intp) * len(table.digest.names) + table.digest.codes
    numbers, first = np.unique(number[past], return_index=True)
    in_order = numbers[np.argsort(first)]
    here = np.flatnonzero(np.isin(in_order, number[week.where(week.records.ended)]))
    empty = Alarm("release", "cannot-tell", week.week, why="no-calls")
    if not len(here):
        return [replace(empty, names=(share,)) for share in _SHARES]
    if not (at := int(here[-1])):
        nothing = replace(empty, answer="fine", why="nothing-to-compare")
        return [replace(nothing, names=(share,)) for share in _SHARES]
    before, now = (past[number[past] == in_order[one]] for one in (at - 1, at))
    return [_compared(week, guardrails, share, before, now) for share in _SHARES]


def _compared(
    week: WatchedWeek, guardrails: Guardrails, share: ReleaseShare, before: Rows, now: Rows
) -> Alarm:
    table, threshold = week.table, float(guardrails.release_e_value_from)
    was = _phases(week.records, share, before, is_certain=False)
    phases = _phases(week.records, share, now, is_certain=True)
    newest = int(table.started_at[table.week <= week.week][-1])
    known = min(MOST, int(np.searchsorted(phases.over, newest, side="right")))
    after = phases.share[:known]
    digest, version = (
        column.names[int(column.codes[rows[0]])]
        for column, rows in ((table.digest, now), (table.version, before))
    )
    found = Alarm(
        "release",
        "cannot-tell",
        week.week,
        "digest",
        digest,
        calls=len(phases.rows),
        counted=len(phases.hits),
        threshold=threshold,
        digest=digest,
        names=(share, version),
        rows=phases.rows,
        basis=np.union1d(phases.rows, was.rows),
        worst=phases.hits[-MOST_SHOWN:][::-1],
    )
    # Could so many phases be enough, if each of their calls was a hit?
    if rise(was.share[-MOST:], np.ones(len(after)))[-1] < threshold:
        return replace(found, why="too-few-calls")
    known_before = min(known, int(np.searchsorted(phases.over, week.week * DAY)))
    reached = float(rise(was.share[-MOST:], after)[known_before:].max())
    return replace(found, answer="alert" if reached >= threshold else "fine", statistic=reached)


def _phases(
    records: WatchedRecords, share: ReleaseShare, ended: Rows, *, is_certain: bool
) -> _Phases:
    rows = ended if share == "truncated" else ended[records.judged[ended]]
    calls = records.calls(rows)
    if share == "truncated":
        hit = calls.censored
    else:
        hit = missed(calls) if is_certain else missed(calls) | calls.censored
    _, first, at = np.unique(calls.phase, return_index=True, return_inverse=True)
    shares = np.bincount(at, hit) / np.maximum(np.bincount(at), 1)
    last = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(last, at, records.table.started_at[rows])
    order: Indices = np.lexsort((first, last))
    return _Phases(last[order] + DAY, shares[order], rows, rows[hit])
