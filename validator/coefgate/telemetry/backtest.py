"""The backtest: how often each alarm would have fired over the records that a store holds.

Each week is judged as the monitor would have at its end: by the records that had ended by then and
that it would have read, and by stored samples only where they were known. What calls of that time
became known as later counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from coefgate.telemetry.alarms.alarm import AlarmAnswer, AlarmName
from coefgate.telemetry.alarms.watch import ALARMS, Watch, alarms_of, answer_to
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.times import DAY

NOT_REPLAYED: Final[tuple[AlarmName, ...]] = ("lost-calls", "spool-waiting")
"""They look at what recorders and the store say now; what these said then is not kept."""
REPLAYED: Final = tuple(one for one in ALARMS if one not in NOT_REPLAYED)
_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class AlarmHistory:
    """What an alarm would have answered: the weeks, by their Mondays, in which it ``fired``.

    In those of ``unknown`` nobody could tell; in all others it was fine.
    """

    name: AlarmName
    fired: tuple[int, ...]
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What each alarm would have answered in these ``weeks``."""

    weeks: tuple[int, ...]
    alarms: tuple[AlarmHistory, ...]


def backtest(
    watch: Watch,
    *,
    history: int,
    since: int | None = None,
    stored_from: int | None = None,
    only: Sequence[AlarmName] = (),
) -> Backtest:
    """Replay the alarms over every week that is over at ``watch.now``, from the first record on.

    ``history``: weeks before a week that a monitor reads. ``since``: the Monday of the first week
    that is judged. ``stored_from``: the moment at which the
    stored samples of ``watch`` were known, in microseconds; ``None``: nobody knows. ``only``:
    these alarms, unless it is empty.
    """
    began = watch.arrived.started_at
    if not len(began):
        return Backtest((), ())
    first = max(int(watch.arrived.week[0]), watch.arrived.week[0] if since is None else since)
    weeks = [one for one in range(first, watch.now // DAY + 1, _DAYS) if watch.is_over(one)]
    names = [one for one in REPLAYED if not only or one in only]
    fired: dict[AlarmName, list[int]] = {name: [] for name in names}
    unknown: dict[AlarmName, list[int]] = {name: [] for name in names}
    places: dict[AlarmAnswer, dict[AlarmName, list[int]]] = {
        "alert": fired,
        "cannot-tell": unknown,
    }
    for week in weeks:
        then = _as_it_was(watch, week, history=history, stored_from=stored_from)
        found = list(alarms_of(then, week, names))
        for name in names:
            answer = answer_to(then, [one for one in found if one.name == name])
            if answer != "fine":
                places[answer][name].append(week)
    return Backtest(
        tuple(weeks),
        tuple(AlarmHistory(name, tuple(fired[name]), tuple(unknown[name])) for name in names),
    )


def _as_it_was(watch: Watch, week: int, *, history: int, stored_from: int | None) -> Watch:
    """What a monitor would have had before it when the week was just over."""
    end, every = (week + _DAYS) * DAY, watch.arrived
    since = (week - _DAYS * history) * DAY
    first, last = np.searchsorted(every.started_at, (since, end)).tolist()
    table = every.where(first + np.flatnonzero(every.finished_at[first:last] <= end))
    return replace(
        watch,
        records=WatchedRecords(table, watch.records.canonical_category),
        arrived=table,
        now=end,
        waiting=0,
        stored=watch.stored if stored_from is not None and stored_from <= end else {},
    )
