"""What an alarm says: in a sentence, in figures, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from coefgate.registry.wording import count, first_of
from coefgate.replay.figure_text import share
from coefgate.reports.figures import short
from coefgate.telemetry.alarms.alarm import Alarm, AlarmName
from coefgate.telemetry.store_address import StoreAddress
from coefgate.telemetry.times import week_name
from coefgate.use_cases.monitoring.proposal import TUNE

MOST_NAMES: Final = 5
"""Names that a sentence has room for."""

_MOST: Final = 1_000_000
"""Evidence beyond this says no more."""


def percent(value: float) -> str:
    """``14.2%``."""
    return share(Fraction(value))


_RATES: Final = frozenset(
    {
        *("underestimated", "overestimated", "mispredicted", "truncation-rate"),
        *("underestimation-rate", "fallback-share", "sizes-unknown", "endings-unknown"),
        "rollback",
    }
)


def figure_words(alarm: Alarm, value: float | None) -> str:
    """A figure of this alarm, as it is written; empty where there is none."""
    if value is None:
        return ""
    if alarm.name in _RATES:
        return percent(value)
    if value >= _MOST:
        return f"over {_MOST:,}"
    return f"{value:.1f}" if alarm.name == "smape" else f"{value:.4g}"


def interval_words(alarm: Alarm) -> str:
    """Its 95% interval."""
    if alarm.interval is None:
        return ""
    low, high = (figure_words(alarm, end) for end in alarm.interval)
    return f"{low}–{high}"


def subject_words(alarm: Alarm) -> str:
    """Which calls it is about: ``all calls``, ``category docs``, ``digest 3f2c1ab09d41``."""
    if alarm.by == "digest":
        return f"digest {short(alarm.value)}"
    return alarm.stratum


def _counted(what: str) -> Callable[[Alarm], str]:
    return lambda one: f"{one.counted or 0:,} of {count(one.calls, 'call')} {what}"


def _names(what: str) -> Callable[[Alarm], str]:
    def said(one: Alarm) -> str:
        shown = first_of(one.names, MOST_NAMES)
        return f"{what} in {count(one.counted or 0, 'call')}: {shown}"

    return said


_REFERENCES: Final = {
    "samples": "stored samples do",
    "earlier-weeks": "calls of earlier weeks did",
}


def _drift(one: Alarm) -> str:
    [reference] = one.names
    needs = f"{count(one.calls, 'call')} need {one.factor or 0:.2f} times as much"
    return f"{needs} of their predictions as {_REFERENCES[reference]} (p = {one.p or 0:.2g})"


_SHARES: Final = {"missed": "needed more than was predicted", "truncated": "were cut off"}


def _release(one: Alarm) -> str:
    share, before = one.names
    return f"{_counted(_SHARES[share])(one)}: a larger share than of {before}"


_ALERTS: Final[Mapping[AlarmName, Callable[[Alarm], str]]] = {
    "underestimated": _counted(
        "needed far more than was predicted, or were cut off there: more will be cut off"
    ),
    "overestimated": _counted("needed far less than was predicted: money and quota are wasted"),
    "mispredicted": _counted("were predicted far off, either way"),
    "truncation-rate": _counted("were cut off: what they wrote is paid and lost"),
    "underestimation-rate": _counted("are known to need more than was predicted"),
    "smape": lambda one: f"predictions of {count(one.calls, 'call')} are far from what they need",
    "waste-median": lambda one: f"the middle one of {count(one.calls, 'call')} is predicted high",
    "waste-p75": lambda one: f"one in four of {count(one.calls, 'call')} is predicted too high",
    "waste-p90": lambda one: f"one in ten of {count(one.calls, 'call')} is predicted too high",
    "rollback": _counted("were cut off: the rollback trigger"),
    "drift": _drift,
    "release": _release,
    "new-category": _names("categories that the registry does not declare"),
    "outside-applies-to": _names("models that the registry was not made for"),
    "fallback-share": _counted("were predicted by the fallback"),
    "sizes-unknown": _counted("had files whose size would have counted, but was not given"),
    "endings-unknown": _counted("do not say whether they were cut off, so more may have been"),
}
_WHYS: Final[Mapping[str, Callable[[Alarm], str]]] = {
    "too-few-calls": lambda one: f"{count(one.calls, 'call')} are too few to judge",
    "no-calls": lambda _: "no call was recorded",
    "chance": lambda one: (
        f"beyond the limit, but {count(one.calls, 'call')} may show that by chance"
    ),
    "silent-runners": lambda one: (
        f"no record for {one.statistic or 0:.0f} hours of {first_of(one.names, MOST_NAMES)}"
    ),
    "silent": lambda one: f"no record for {one.statistic or 0:.0f} hours",
    "lost-calls": lambda one: (
        f"{count(one.counted or 0, 'call')} began and left no record: with them a figure might be "
        "beyond its limit"
    ),
    "spool-waiting": lambda one: f"{count(one.counted or 0, 'record')} wait beside the store",
    "withdrawn": lambda _: "the release that it accuses is withdrawn by now",
    "nothing-to-compare": lambda _: "there is nothing to compare it with",
}
_TUNED: Final = frozenset(
    {
        *("underestimated", "overestimated", "mispredicted", "underestimation-rate", "smape"),
        *("truncation-rate", "waste-median", "waste-p75", "waste-p90", "drift"),
    }
)
_OF_STORE: Final[Mapping[str, str]] = {
    "release": "runners",
    "new-category": "samples propose --from-store",
    "outside-applies-to": "samples propose --from-store",
    "fallback-share": "samples propose --from-store",
    "spool-waiting": "telemetry ingest",
    "endings-unknown": "telemetry status",
    "silence": "telemetry status",
    "lost-calls": "telemetry status",
}


def alarm_words(alarm: Alarm) -> str:
    """What there is to say of an alarm that is no fine one."""
    if alarm.answer == "alert":
        return _ALERTS[alarm.name](alarm)
    return _WHYS[alarm.why](alarm)


def lost_words(alarm: Alarm) -> str:
    """What there is to say of lost calls that leave nobody in doubt."""
    many = count(alarm.counted or 0, "call")
    return f"{many} began and left no record: too few to bring a figure beyond its limit"


def remedy(alarm: Alarm, store: StoreAddress) -> str | None:
    """The command that ends it, or finds the cause, in the store that the alarm is of."""
    words = _OF_STORE.get(alarm.name)
    return TUNE if alarm.name in _TUNED else words and store.command(words)


def heading(alarm: Alarm) -> str:
    """The alarm with its week and its calls, for a message that stands alone."""
    return f"{alarm.name}, {week_name(alarm.week)}, {subject_words(alarm)}"
