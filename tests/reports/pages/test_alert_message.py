"""What people read of alerts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from coefgate.reports.pages.alert_message import alert_message, delivery_lines
from coefgate.telemetry.alerts import Receipt
from coefgate.telemetry.told_alerts import DueAlerts, RememberedAlert
from coefgate.use_cases.notify import ToldAlerts, ToldTarget
from tests.telemetry.test_alerts import ALERT

ENDED = RememberedAlert(
    "waste-p90", "all calls", "2026-W48", None, "alert", "P90 is 3.4, at most 3 may be"
)
RECEIPT = Receipt(
    digest="sha256:0",
    records="0f",
    calls=60,
    first="a:1",
    last="a:60",
    statistic="truncation rate",
    value=Fraction(7, 60),
    threshold_name="guardrails.limits.truncation_rate_to",
    threshold=Fraction(1, 20),
    command="coefgate monitor --since 2026-W49",
)


def test_a_message_has_everything_that_is_due() -> None:
    unknown = replace(ALERT, kind="silence", severity="cannot-tell", digest=None, next=None)
    message = alert_message(
        DueAlerts(
            new=(replace(ALERT, digest="sha256:0123456789abcdef", receipt=RECEIPT),),
            again=(unknown,),
            over=(ENDED,),
        )
    )
    assert message.title == "coefgate monitor: 1 alert, 1 × cannot tell, 1 over"
    assert message.worst == "alert"
    assert message.body == (
        "ALERT: truncation-rate, category docs, 2026-W49, digest 0123456789ab\n"
        "7 of 60 calls were cut off, 11.7%; at most 5% may be\n"
        "next: coefgate telemetry report --week 2026-W49\n"
        "the same figure again: coefgate monitor --since 2026-W49\n"
        "\n"
        "still CANNOT TELL: silence, category docs, 2026-W49\n"
        "7 of 60 calls were cut off, 11.7%; at most 5% may be\n"
        "\n"
        "over: waste-p90, all calls, 2026-W48\n"
        "it was: P90 is 3.4, at most 3 may be"
    )


def test_the_worst_of_it() -> None:
    unknown = replace(ALERT, severity="cannot-tell")
    assert alert_message(DueAlerts(new=(unknown,))).worst == "cannot-tell"
    assert alert_message(DueAlerts(new=(unknown, ALERT))).worst == "alert"
    assert alert_message(DueAlerts(over=(ENDED,))).worst is None
    assert alert_message(DueAlerts(new=(ALERT, ALERT))).title == "coefgate monitor: 2 alerts"


def test_a_name_calls_nobody_and_steers_nothing() -> None:
    body = alert_message(
        DueAlerts(new=(replace(ALERT, subject="category @everyone\x1b[2J"),))
    ).body
    assert "@everyone" not in body
    assert "@\u200beveryone" in body
    assert "\x1b" not in body


def test_what_is_said_of_the_delivery() -> None:
    due = DueAlerts(new=(ALERT,))
    told = ToldAlerts(
        (
            ToldTarget("alert target 1 (JSON)", due, None),
            ToldTarget("who.txt:3 (Slack)", due, "the service answered 500"),
        ),
        Path("alerts.json.damaged"),
    )
    aside, taken, refused = delivery_lines(told)
    assert "alerts.json.damaged" in aside
    assert taken == "notified alert target 1 (JSON): coefgate monitor: 1 alert"
    assert refused == (
        "warning: who.txt:3 (Slack) was not notified (the service answered 500); the next run "
        "tries again: coefgate monitor: 1 alert"
    )
