"""The figures of a week, each as so many times the limit that it is held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.registry.wording import count
from coefgate.reports.chart import Axis, Chart, Line, Panel, Points, Series, Symbol, Tone
from coefgate.reports.charts.scales import log_axis
from coefgate.telemetry.alarms.alarm import AlarmAnswer

_LEAST, _MOST = 0.05, 100
"""Figures of so many times their limit or less, and of so many or more, are drawn alike."""
_MARKS: Final[Mapping[AlarmAnswer, tuple[str, Tone, Symbol]]] = {
    "alert": ("alert", "second", "square"),
    "cannot-tell": ("cannot tell", "quiet", "diamond"),
    "fine": ("fine", "first", "dot"),
}


@dataclass(frozen=True, slots=True)
class AlarmFigure:
    """A figure that alarms beyond its limit, above 0, and ``words`` with both.

    ``interval``: its ends.
    """

    name: str
    answer: AlarmAnswer
    figure: float
    limit: float
    interval: tuple[float, float]
    words: str


def alarm_figures_chart(figures: Sequence[AlarmFigure], week: str) -> Chart:
    """A row for each, the first on top; what lies right of the line is beyond its limit."""
    rows = {id(one): float(len(figures) - 1 - at) for at, one in enumerate(figures)}
    names = [(rows[id(one)], one.name) for one in figures]
    every = [_drawn(one, end) for one in figures for end in (one.figure, *one.interval)]
    x = log_axis("figure ÷ limit", [_LEAST, 2, *every])
    y = Axis("", -0.75, len(figures) - 0.25, names)
    series: list[Series] = [Line([1, 1], [y.low, y.high], "limit", "quiet", "dashed")]
    for answer, (words, tone, mark) in _MARKS.items():
        found = [one for one in figures if one.answer == answer]
        series += [_bar(one, rows[id(one)], tone) for one in found]
        at = [_drawn(one, one.figure) for one in found]
        if found:
            series.append(Points(at, [rows[id(one)] for one in found], words, tone, mark))
    return Chart(
        f"figures-{week}",
        f"Figures of {week} against their limits",
        " ".join(_description(figures)),
        [Panel(x, y, series)],
    )


def _drawn(one: AlarmFigure, value: float) -> float:
    return min(max(value / one.limit, _LEAST), _MOST)


def _bar(one: AlarmFigure, row: float, tone: Tone) -> Line:
    return Line([_drawn(one, end) for end in one.interval], [row, row], "", tone)


def _description(figures: Sequence[AlarmFigure]) -> Iterator[str]:
    beyond = [one.words for one in figures if one.answer == "alert"]
    if beyond:
        yield f"Beyond the limit: {'; '.join(beyond)}."
    others = len(figures) - len(beyond)
    if others:
        yield f"{count(others, 'other figure')} {'raises' if others == 1 else 'raise'} no alert."
