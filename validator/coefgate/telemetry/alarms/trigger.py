"""The rollback trigger: a week in which too many replies were cut off, and what it accuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from coefgate.telemetry.alarms.alarm import MOST_SHOWN, Alarm, Rows, Why, ends
from coefgate.telemetry.alarms.week import WatchedWeek
from coefgate.telemetry.phase_intervals import share_interval


def trigger(week: WatchedWeek, *, min_calls: int, above: Fraction) -> list[Alarm]:
    """The rollback trigger in one week: is the truncation rate ``above`` what may be?

    Held against it are the whole week, and each digest with enough calls in it: one that served
    for two days of seven is not hidden by the others. Accused is each digest that is above, the
    one with the most cut-off calls first; where only the whole week is, the one with the most.
    """
    rows = week.where(week.records.ended)
    if len(rows) < min_calls:
        why: Why = "too-few-calls" if len(rows) else "no-calls"
        return [Alarm("rollback", "cannot-tell", week.week, calls=len(rows), why=why, rows=rows)]
    whole = _of(week, rows)
    parts = [
        replace(_of(week, here), by="digest", value=digest, digest=digest)
        for digest, here in week.strata("digest", rows)
    ]
    over = [one for one in parts if one.calls >= min_calls and _rate(one) > above]
    if not over and _rate(whole) > above:
        over = [replace(whole, digest=max(parts, key=_cut_off).digest)]
    most_first = sorted(over, key=_cut_off, reverse=True)
    found = [replace(one, answer="alert") for one in most_first] or [whole]
    return [replace(one, threshold=float(above)) for one in found]


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
