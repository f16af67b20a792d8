"""Every alarm has words for each of its answers."""

from __future__ import annotations

from typing import get_args

import pytest

from coefgate.reports.pages.alarm_words import alarm_words, figure_words, interval_words, remedy
from coefgate.telemetry.alarms.alarm import Alarm, AlarmName, Why
from coefgate.telemetry.alarms.watch import ALARMS
from coefgate.telemetry.store_address import store_address
from coefgate.telemetry.times import week_spelled

WEEK_48 = week_spelled("2026-W48")
NAMES = {"drift": ("samples",), "release": ("missed", "1.0.0")}
NEVER_ON = {"silence", "lost-calls", "spool-waiting"}


@pytest.mark.parametrize("name", [one for one in ALARMS if one not in NEVER_ON])
def test_every_alert_has_a_sentence(name: AlarmName) -> None:
    names = NAMES.get(name, ("gpt-6", "gpt-7"))
    alarm = Alarm(name, "alert", WEEK_48, calls=200, counted=31, statistic=0.155, names=names)
    assert "200 calls" in alarm_words(alarm) or "31 calls" in alarm_words(alarm)


@pytest.mark.parametrize("why", [one for one in get_args(Why) if one])
def test_every_reason_has_a_sentence(why: Why) -> None:
    alarm = Alarm("silence", "cannot-tell", WEEK_48, calls=3, counted=2, statistic=30.0, why=why)
    assert alarm_words(alarm)


def test_figures_are_written_as_what_they_are() -> None:
    rate = Alarm("rollback", "fine", WEEK_48, interval=(0.05, 0.1234))
    assert (figure_words(rate, 0.1), interval_words(rate)) == ("10.0%", "5.0%–12.3%")
    assert figure_words(Alarm("smape", "fine", WEEK_48), 49.96) == "50.0"
    assert figure_words(Alarm("waste-p90", "fine", WEEK_48), 2.5) == "2.5"
    assert figure_words(Alarm("release", "alert", WEEK_48), 4e9) == "over 1,000,000"
    assert (figure_words(rate, None), interval_words(Alarm("smape", "fine", WEEK_48))) == ("", "")


def test_many_names_are_cut_short() -> None:
    names = tuple("abcdefg")
    alarm = Alarm("new-category", "alert", WEEK_48, calls=9, counted=8, names=names)
    assert alarm_words(alarm).endswith("in 8 calls: a, b, c, d, e and 2 more")


@pytest.mark.parametrize("name", ALARMS)
def test_what_ends_an_alarm_is_typed_for_the_store_that_it_is_of(name: AlarmName) -> None:
    said = remedy(Alarm(name, "alert", WEEK_48), store_address("our calls.db"))
    assert said in {None, "coefgate tune"} or str(said).endswith(" --store 'our calls.db'")


def test_what_ends_an_alarm() -> None:
    store = store_address("postgresql://records@h/d")
    waits = Alarm("spool-waiting", "cannot-tell", WEEK_48)
    assert remedy(waits, store) == "coefgate telemetry ingest --store postgresql://records@h/d"
    assert remedy(Alarm("rollback", "alert", WEEK_48), store) is None
