"""An alert keeps its key while it lasts."""

from __future__ import annotations

from dataclasses import replace

from coefgate.telemetry.alerts import Alert

ALERT = Alert(
    kind="truncation-rate",
    subject="category docs",
    week="2026-W49",
    digest="sha256:0",
    severity="alert",
    message="7 of 60 calls were cut off, 11.7%; at most 5% may be",
    next="coefgate telemetry report --week 2026-W49",
)


def test_figures_and_words_move_no_key() -> None:
    worse = replace(ALERT, message="9 of 70 calls were cut off", severity="cannot-tell", next=None)
    assert worse.key == ALERT.key


def test_another_alarm_stratum_week_or_digest_is_another_alert() -> None:
    others = [
        replace(ALERT, kind="waste"),
        replace(ALERT, subject="category tests"),
        replace(ALERT, week="2026-W50"),
        replace(ALERT, digest=None),
    ]
    assert len({ALERT.key, *(one.key for one in others)}) == 5
