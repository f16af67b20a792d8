"""What a monitor found, as gauges: for Prometheus, whose rules then tell people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from coefgate.core.program_version import program_version
from coefgate.reports.render.prometheus import Gauge, GaugeSeries
from coefgate.telemetry.alarms.alarm import ANSWERS, Alarm, gravest
from coefgate.telemetry.times import SECOND
from coefgate.use_cases.monitoring.monitor import Monitored


def monitor_gauges(found: Monitored) -> Iterator[Gauge]:
    """All gauges of a run.

    ``weeks_ago`` is 0 for the week that goes on: a label that named the week would begin a new
    series with each.
    """
    registry = {"version": found.state.version, "digest": found.state.digest}
    alarms = _alarms(found)
    yield Gauge(
        "coefgate_registry_info",
        "The coefficients whose guardrails the records are held to; always 1.",
        [GaugeSeries(1, {**registry, "program": program_version()})],
    )
    yield Gauge(
        "coefgate_monitor_timestamp_seconds",
        "When the records were looked at, in seconds since 1970.",
        [GaugeSeries(found.now / SECOND, {})],
    )
    yield Gauge(
        "coefgate_monitor_answer",
        "The answer to all alarms together: 1 for it, 0 for the others.",
        [GaugeSeries(one == found.answer, {"answer": one}) for one in ANSWERS],
    )
    yield Gauge(
        "coefgate_store_records",
        "Records in the store.",
        [GaugeSeries(found.totals.records, {})],
    )
    last = found.totals.last_finished_at
    yield Gauge(
        "coefgate_store_last_record_timestamp_seconds",
        "When the newest recorded call ended, in seconds since 1970.",
        [] if last is None else [GaugeSeries(last / SECOND, {})],
    )
    yield Gauge(
        "coefgate_week_records",
        "Records of an ISO week in UTC.",
        [GaugeSeries(many, _week(found, week)) for week, many in found.calls.items()],
    )
    yield Gauge(
        "coefgate_alarm_answer",
        "What an alarm answers to a week and stratum: 1 for it, 0 for the others.",
        [
            GaugeSeries(one == alarm.answer, {**labels, "answer": one})
            for labels, alarm in alarms
            for one in ANSWERS
        ],
    )
    yield from (
        Gauge(
            f"coefgate_alarm_{name}",
            about,
            [
                GaugeSeries(value, labels)
                for labels, alarm in alarms
                if (value := figure(alarm)) is not None
            ],
        )
        for name, about, figure in _FIGURES
    )


_FIGURES: Final[tuple[tuple[str, str, Callable[[Alarm], float | None]], ...]] = (
    ("figure", "The figure that an alarm looks at.", lambda one: one.statistic),
    (
        "figure_low",
        "The lower end of its 95% interval.",
        lambda one: one.interval and one.interval[0],
    ),
    (
        "figure_high",
        "The upper end of its 95% interval.",
        lambda one: one.interval and one.interval[1],
    ),
    ("limit", "What the figure is held to.", lambda one: one.threshold),
    ("calls", "Of how many calls the figure is.", lambda one: one.calls),
)


def _alarms(found: Monitored) -> list[tuple[dict[str, str], Alarm]]:
    """Each alarm with its labels; of those that have the same ones the gravest.

    A stratum of too few calls says nothing, and callers may make as many as they make calls.
    """
    same: dict[tuple[str, ...], list[Alarm]] = {}
    for one in (told.alarm for told in found.alarms):
        if one.by and one.why == "too-few-calls":
            continue
        key = (one.name, one.by, one.value, one.digest or "", str(one.week))
        same.setdefault(key, []).append(one)
    return [
        (
            {
                "alarm": alarms[0].name,
                "dimension": alarms[0].by,
                "value": alarms[0].value,
                "digest": alarms[0].digest or "",
                **_week(found, alarms[0].week),
            },
            next(one for one in alarms if one.answer == gravest(a.answer for a in alarms)),
        )
        for alarms in same.values()
    ]


def _week(found: Monitored, week: int) -> dict[str, str]:
    return {"weeks_ago": str(found.weeks_ago(week))}
