"""The rollback trigger: a week in which too many replies were cut off, and what it accuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from coefgate.telemetry.alarms.alarm import MOST_SHOWN, Alarm, Rows, Why, ends
from coefgate.telemetry.alarms.week import WatchedWeek
from coefgate.telemetry.phase_intervals import share_interval


def trigger(week: WatchedWeek, *, min_calls: int, above: Fraction) -> Alarm:
    """The rollback trigger in one week: is the truncation rate ``above`` what may be?

    Held against it are the whole week, and each digest with enough calls in it: one that served
    for two days of seven is not hidden by the others. Accused is the digest with the most cut-off
    calls among those above; where only the whole week is, among all.
    """
    rows = week.where(week.records.ended)
    if len(rows) < min_calls:
        why: Why = "too-few-calls" if len(rows) else "no-calls"
        return Alarm("rollback", "cannot-tell", week.week, calls=len(rows), why=why, rows=rows)
    whole = _of(week, rows)
    parts = [
        replace(_of(week, here), by="digest", value=digest, digest=digest)
        for digest, here in week.strata("digest", rows)
    ]
    over = [one for one in parts if one.calls >= min_calls and _rate(one) > above]
    if over:
        found = replace(max(over, key=_cut_off), answer="alert")
    elif _rate(whole) > above:
        found = replace(whole, answer="alert", digest=max(parts, key=_cut_off).digest)
    else:
        found = whole
    return replace(found, threshold=float(above))


def _of(week: WatchedWeek, rows: Rows) -> Alarm:
    """What there is to say of these records, before anybody asks whether that is fine."""
    cut = week.records.cut_off(rows)
    return Alarm(
        "rollback",
        "fine",
        week.week,
        calls=len(rows),
        counted=int(np.count_nonzero(cut)),
        statistic=float(cut.mean()),
        interval=ends(share_interval(cut, week.records.phases(rows))),
        rows=rows,
        worst=rows[cut][:MOST_SHOWN],
    )


def _cut_off(alarm: Alarm) -> int:
    return alarm.counted or 0


def _rate(alarm: Alarm) -> Fraction:
    return Fraction(_cut_off(alarm), alarm.calls)
