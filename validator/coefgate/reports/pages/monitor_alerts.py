"""The alarms of a monitor as the alerts that are sent to people."""

from __future__ import annotations

from coefgate.registry.guardrails import threshold_name
from coefgate.reports.pages.alarm_words import alarm_words, remedy
from coefgate.reports.pages.monitor import AlarmGroup, also, by_alarm, command, where
from coefgate.telemetry.alarms.watch import GUARDRAIL
from coefgate.telemetry.alerts import Alert, Receipt
from coefgate.telemetry.times import week_name
from coefgate.use_cases.monitoring.monitor import Monitored, ToldAlarm


def alerts_of(found: Monitored) -> list[Alert]:
    """The alarms that are not fine, as they are sent out; strata of one alarm are one alert."""
    groups = by_alarm(one for one in found.alarms if one.decides)
    return [_alert(found, one) for one in groups]


def _alert(found: Monitored, group: AlarmGroup) -> Alert:
    told, one = group[0], group[0].alarm
    accused = one.week, one.digest or ""
    proposal = next((p.command for p in found.proposals if (p.week, p.digest) == accused), None)
    return Alert(
        kind=one.name,
        subject=one.stratum,
        week=week_name(one.week),
        digest=one.digest,
        severity="alert" if one.answer == "alert" else "cannot-tell",
        message=f"{where(one)}{alarm_words(one)}{also(group[1:])}",
        receipt=_receipt(found, told),
        next=proposal if one.name == "rollback" else remedy(one, found.store),
    )


def _receipt(found: Monitored, told: ToldAlarm) -> Receipt | None:
    one, records = told.alarm, told.records
    if records is None or one.statistic is None or one.threshold is None:
        return None
    guardrail = GUARDRAIL.get(one.name)
    return Receipt(
        digest=one.digest,
        records=f"sha256:{records.sha256}",
        calls=records.count,
        first=str(records.first),
        last=str(records.last),
        statistic=one.name,
        value=one.statistic,
        threshold_name=threshold_name(guardrail) if guardrail else "",
        threshold=one.threshold,
        command=command(found, told),
    )
