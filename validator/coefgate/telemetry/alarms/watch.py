"""Every alarm of a week, in the order in which they are told, and the answer to all together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from coefgate.calibration.residuals import Residuals
from coefgate.core.table import Table
from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm, AlarmAnswer, AlarmName, gravest
from coefgate.telemetry.alarms.calls import CALL_ALARMS
from coefgate.telemetry.alarms.limited_figures import share_of
from coefgate.telemetry.alarms.limits import LIMITS, WeekLimit, held
from coefgate.telemetry.alarms.lost_calls import lost_calls, within_headroom
from coefgate.telemetry.alarms.new_names import new_categories, other_models
from coefgate.telemetry.alarms.silence import silence
from coefgate.telemetry.alarms.silent_runners import silent_runners
from coefgate.telemetry.alarms.trigger import trigger
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.detectors.drift import drift
from coefgate.telemetry.detectors.releases import release
from coefgate.telemetry.recorders import RecorderCount
from coefgate.telemetry.times import DAY, WEEK

GUARDRAIL: Final[Mapping[AlarmName, str]] = {
    "underestimated": "underestimated_above",
    "overestimated": "overestimated_above",
    "mispredicted": "smape_above",
    "truncation-rate": "truncation_rate_to",
    "underestimation-rate": "underestimation_rate_below",
    "smape": "smape_mean_below",
    "waste-median": "waste_median_to",
    "waste-p75": "waste_p75_to",
    "waste-p90": "waste_p90_to",
    "fallback-share": "fallback_share_to",
    "sizes-unknown": "sizes_unknown_share_to",
    "endings-unknown": "endings_unknown_share_to",
    "rollback": "rollback_truncation_rate_above",
    "drift": "drift_p_below",
    "release": "release_e_value_from",
    "silence": "silent_hours",
}
"""The field of the guardrails that an alarm is held to, where there is one."""


@dataclass(frozen=True, slots=True)
class Watch:
    """All that alarms look at.

    ``records``: as they were at ``now``; ``arrived``: with those that came since.
    ``waiting``: records in the spool of the store, which figures lack. ``registry``: what declares
    categories and models. ``by``: what a week's calls are grouped by. ``stored``: residuals of
    samples by the digest of the coefficients that predict them, without knowing them.
    """

    records: WatchedRecords
    arrived: CallTable
    recorders: Sequence[RecorderCount]
    waiting: int
    registry: Table
    guardrails: Guardrails
    now: int
    by: Sequence[str]
    stored: Mapping[str, Residuals] = field(default_factory=dict)

    def week(self, week: int) -> WatchedWeek:
        """One week of the records."""
        return WatchedWeek(self.records, week)

    def is_over(self, week: int) -> bool:
        """Has this week ended?"""
        return week * DAY + WEEK <= self.now


def alarms_of(watch: Watch, week: int, only: Collection[AlarmName] = ()) -> Iterator[Alarm]:
    """What each alarm answers to a week; ``only``: these, unless it is empty."""
    here = watch.week(week)
    for name, ask in _ASKED.items():
        if not only or name in only:
            yield from ask(watch, here)


def answer_to(watch: Watch, alarms: Iterable[Alarm]) -> AlarmAnswer:
    """The answer to all.

    A stratum of which nobody can tell leaves nobody in doubt of the week, nor does a release that
    is too young to be compared, nor, beside a week that is over, one that goes on and has few
    calls so far; an alert counts wherever it is. Where that is all that was asked, nobody can
    tell.
    """
    every = list(alarms)
    young = any(_is_young(watch, one) for one in every)
    if young and not any(watch.is_over(one.week) for one in every):
        return gravest(["cannot-tell", *(one.answer for one in every)])
    return gravest(one.answer for one in every if not _is_early(watch, one))


def decides(watch: Watch, one: Alarm) -> bool:
    """Does the answer to all rest on this one?"""
    return one.answer != "fine" and not _is_early(watch, one)


def _is_early(watch: Watch, one: Alarm) -> bool:
    small = one.answer == "cannot-tell" and (one.by or one.why == "nothing-to-compare")
    return bool(small) or _is_young(watch, one)


def _is_young(watch: Watch, one: Alarm) -> bool:
    few = one.why == "too-few-calls" or (one.why == "no-calls" and one.name != "silence")
    return few and not watch.is_over(one.week)


AlarmQuestion = Callable[[Watch, WatchedWeek], Iterable[Alarm]]


def _limit(limit: WeekLimit, *, strata: bool) -> AlarmQuestion:
    return lambda watch, week: held(limit, week, watch.guardrails, by=watch.by if strata else ())


def _trigger(watch: Watch, week: WatchedWeek) -> list[Alarm]:
    rails = watch.guardrails
    return trigger(week, min_calls=rails.min_calls, above=rails.rollback_truncation_rate_above)


def _silence(watch: Watch, week: WatchedWeek) -> Iterator[Alarm]:
    rails, table = watch.guardrails, watch.records.table
    found = silence(table, week.week, now=watch.now, silent_hours=rails.silent_hours)
    runners = silent_runners(
        table,
        week.week,
        watch.recorders,
        now=watch.now,
        silent_hours=rails.silent_hours,
        min_calls=rails.min_calls,
    )
    if found.answer == "fine" and runners:
        found = replace(
            found,
            answer="cannot-tell",
            why="silent-runners",
            statistic=runners[0].hours,
            names=tuple(one.runner for one in runners),
        )
    yield found


def _lost(watch: Watch, week: WatchedWeek) -> Iterator[Alarm]:
    hours = watch.guardrails.silent_hours
    found = lost_calls(
        watch.arrived, week.week, watch.recorders, now=watch.now, silent_hours=hours
    )
    yield within_headroom(found, _headroom(watch, week)) if found.counted else found


def _headroom(watch: Watch, week: WatchedWeek) -> float:
    """How many lost calls every figure has room for; none where no figure says anything.

    One that is beyond its limit says so itself.
    """
    records, rails = week.records, watch.guardrails
    figures = [
        one.measure(records, rows, rails)
        for one in (*LIMITS, *CALL_ALARMS)
        if len(rows := week.where(one.of(records))) >= rails.min_calls
    ]
    rows = week.where(records.ended)
    if len(rows) >= rails.min_calls:
        cut_off = records.cut_off(rows)
        figures.append(share_of(records, rows, cut_off, rails.rollback_truncation_rate_above))
    return min((one.headroom for one in figures if not one.beyond), default=0)


def _waiting(watch: Watch, week: WatchedWeek) -> Iterator[Alarm]:
    many = watch.waiting
    yield Alarm(
        "spool-waiting",
        "cannot-tell" if many else "fine",
        week.week,
        calls=many,
        counted=many,
        statistic=float(many),
        threshold=0.0,
        why="spool-waiting" if many else "",
    )


_ASKED: Final[Mapping[AlarmName, AlarmQuestion]] = {
    "rollback": _trigger,
    **{one.name: _limit(one, strata=True) for one in LIMITS},
    **{one.name: _limit(one, strata=False) for one in CALL_ALARMS},
    "drift": lambda watch, week: drift(week, watch.guardrails, watch.stored),
    "release": lambda watch, week: release(week, watch.guardrails),
    "new-category": lambda watch, week: [
        new_categories(watch.records.table, week.week, watch.registry)
    ],
    "outside-applies-to": lambda watch, week: [
        other_models(watch.records.table, week.week, watch.registry)
    ],
    "silence": _silence,
    "lost-calls": _lost,
    "spool-waiting": _waiting,
}
"""Each alarm by its name."""
ALARMS: Final = tuple(_ASKED)
"""The names of all alarms, in the order in which they are told."""
