"""A backtest: how often each alarm would have fired, and what other guardrails would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from coefgate.registry.wording import count, first_of
from coefgate.reports.figures import number_words, short
from coefgate.reports.page import Page, Paragraph, TableBlock, Title, plain
from coefgate.reports.render.json import as_json, picked
from coefgate.telemetry.backtest import NOT_REPLAYED, AlarmHistory, Backtest
from coefgate.telemetry.times import week_name
from coefgate.use_cases.monitoring.backtest import Backtested

_SHOWN: Final = 4
"""Weeks that a row has room for."""


def backtest_page(found: Backtested) -> Page:
    """The alarms with the weeks in which they would have fired; beside a base's, where asked."""
    yield Title(_headline(found), "pass" if found.head.weeks else "not-measurable")
    if found.base is not None:
        yield from _changes(found)
    if found.head.weeks:
        yield _table(found.head, found.base)
    yield Paragraph(
        "Each week is judged by what was recorded when it was over, and by stored samples where "
        "they were known then. Not replayed, since what they would have said is not known: "
        + ", ".join(NOT_REPLAYED)
    )
    yield Paragraph(
        f"{found.store}, held to coefficients {found.state.version}, digest "
        f"{short(found.state.digest)}"
    )


def _headline(found: Backtested) -> str:
    weeks = found.head.weeks
    if not weeks:
        return "CANNOT TELL – no week of records is over"
    fired = sum(bool(one.fired) for one in found.head.alarms)
    span = f"{week_name(weeks[0])} to {week_name(weeks[-1])}"
    told = f"BACKTEST – {fired} of {len(found.head.alarms)} alarms would have fired"
    return f"{told}, {count(len(weeks), 'week')}, {span}"


def _changes(found: Backtested) -> Iterator[Paragraph]:
    for one in found.changed:
        yield Paragraph(f"{one.name}: {_threshold(one.base)} → {_threshold(one.head)}")
    if not found.changed:
        yield Paragraph("The guardrails are the same as at the base.")


def _threshold(value: int | Fraction) -> str:
    return number_words(Fraction(value), None)


def _table(head: Backtest, base: Backtest | None) -> TableBlock:
    before = {} if base is None else {one.name: one for one in base.alarms}
    columns = ("alarm", "fired before", "fires now", "cannot tell", "fine", "weeks")
    if base is None:
        columns = ("alarm", "", "fired", "cannot tell", "fine", "weeks")
    rows = [_row(one, before.get(one.name), len(head.weeks)) for one in head.alarms]
    return TableBlock(columns, rows, "Weeks of each alarm", figures=(1, 2, 3, 4))


def _row(now: AlarmHistory, before: AlarmHistory | None, weeks: int) -> Sequence[Any]:
    fine = weeks - len(now.fired) - len(now.unknown)
    return (
        plain(now.name),
        plain("" if before is None else f"{len(before.fired):,}"),
        plain(f"{len(now.fired):,}"),
        plain(f"{len(now.unknown):,}"),
        plain(f"{fine:,}"),
        plain(_weeks(now, before)),
    )


def _weeks(now: AlarmHistory, before: AlarmHistory | None) -> str:
    """Those that fired; with a base those that fire only now, or no longer."""
    if before is None:
        return first_of([week_name(one) for one in now.fired], _SHOWN)
    new = [f"+{week_name(one)}" for one in now.fired if one not in before.fired]
    gone = [f"−{week_name(one)}" for one in before.fired if one not in now.fired]
    return first_of([*new, *gone], _SHOWN)


def backtest_dict(found: Backtested) -> dict[str, Any]:
    """The same for programs, with every week."""
    return {
        "store": found.store,
        "registry": picked(found.state, "version", "digest"),
        "weeks": [week_name(one) for one in found.head.weeks],
        "alarms": _histories(found.head),
        "base": None if found.base is None else _histories(found.base),
        "changed": [
            {"name": one.name, "base": as_json(one.base), "head": as_json(one.head)}
            for one in found.changed
        ],
        "not_replayed": list(NOT_REPLAYED),
    }


def _histories(found: Backtest) -> list[Mapping[str, Any]]:
    return [
        {
            "name": one.name,
            "fired": [week_name(week) for week in one.fired],
            "cannot_tell": [week_name(week) for week in one.unknown],
        }
        for one in found.alarms
    ]
