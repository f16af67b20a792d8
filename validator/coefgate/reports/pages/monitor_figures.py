"""What formats of their own file show of a monitor's run: every figure beside its limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from coefgate.reports.charts.alarm_figures import AlarmFigure, alarm_figures_chart
from coefgate.reports.page import Cells, ChartBlock, Page, TableBlock, code, plain
from coefgate.reports.pages.alarm_words import figure_words, interval_words, subject_words
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.times import week_name
from coefgate.use_cases.monitoring.monitor import Monitored

_WEEKS: Final = 4
"""Of so many weeks figures are drawn, the last ones."""


def drawn_figures(found: Monitored) -> Iterator[ChartBlock]:
    """A chart for each week that has figures of all its calls, the oldest first."""
    drawn = {week: _figures(found, week) for week in found.calls}
    weeks = [(week, figures) for week, figures in drawn.items() if figures]
    for week, figures in weeks[-_WEEKS:]:
        yield ChartBlock(
            partial(alarm_figures_chart, figures, week_name(week)),
            f"Figures of {week_name(week)}",
            "How many times its limit each figure is, with its 95% interval.",
        )


def figures_table(found: Monitored) -> Page:
    """Every figure that was asked for, also those that are fine."""
    rows = [_row(told.alarm) for told in found.alarms if told.alarm.statistic is not None]
    if rows:
        yield TableBlock(
            ("week", "alarm", "answer", "calls", "figure", "limit", "n", "95% interval"),
            rows,
            "Every figure",
            figures=(4, 5, 6),
            fold=True,
            width="whole",
        )


def _figures(found: Monitored, week: int) -> Sequence[AlarmFigure]:
    """Those of all calls that have an interval, and of the release that an alarm accuses."""
    figures: dict[str, AlarmFigure] = {}
    for one in (told.alarm for told in found.alarms if told.alarm.week == week):
        if one.by not in {"", "digest"} or one.statistic is None or one.interval is None:
            continue
        if one.threshold:
            words = f"{one.name} {figure_words(one, one.statistic)}"
            words = f"{words} of at most {figure_words(one, one.threshold)}"
            figure = AlarmFigure(
                one.name, one.answer, one.statistic, one.threshold, one.interval, words
            )
            figures.setdefault(one.name, figure)
    return tuple(figures.values())


def _row(one: Alarm) -> Cells:
    return (
        plain(week_name(one.week)),
        plain(one.name),
        plain(one.answer.replace("-", " ")),
        code(subject_words(one)) if one.by else plain(subject_words(one)),
        plain(figure_words(one, one.statistic)),
        plain(figure_words(one, one.threshold)),
        plain(f"{one.calls:,}"),
        plain(interval_words(one)),
    )
