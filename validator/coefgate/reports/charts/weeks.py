"""One figure of recorded calls, week by week, beside the limit that it is held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final, TypeAlias

from coefgate.registry.wording import count
from coefgate.replay.figure_text import Written
from coefgate.replay.figures import ConfidenceInterval
from coefgate.reports.chart import Axis, Chart, Line, Panel, Series, Symbol, Tone
from coefgate.reports.charts.scales import from_zero, percent_axis
from coefgate.reports.figures import short
from coefgate.telemetry.times import week_name
from coefgate.telemetry.weeks import StratumWeek

_MARKS: Final[Sequence[tuple[Tone, Symbol]]] = (
    ("first", "dot"),
    ("second", "square"),
    ("third", "diamond"),
)
"""Of the newest registry first; all before these are one."""
_EARLIER: Final[tuple[Tone, Symbol]] = ("quiet", "triangle")
_MOST_TICKS: Final = 5
_WEEK: Final = 7
WeekValue: TypeAlias = tuple[Fraction, ConfidenceInterval | None]


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """A figure of a week: ``title`` and name, ``of`` a week with its interval, and its limit.

    ``is_share``: its axis is in percent.
    """

    name: str
    title: str
    of: Callable[[StratumWeek], WeekValue | None]
    written: Written
    limit: Fraction | None
    is_share: bool = False


def week_chart(found: WeekFigure, weeks: Sequence[StratumWeek]) -> Chart:
    """A line for each registry that served, with a bar for each 95% interval.

    ``weeks``: all calls by week and digest, the oldest first.
    """
    known = [one for one in weeks if found.of(one) is not None]
    lines = [_line(found, words, rows, mark) for words, rows, mark in _registries(known)]
    x = _axis(sorted({one.week for one in known if one.week is not None}) or [0])
    high = [high for line in lines for _, high in line.ends]
    limits = [] if found.limit is None else [found.limit]
    scale = percent_axis if found.is_share else from_zero
    y = scale(found.title, [*high, *map(float, limits)] or [1])
    series: list[Series] = [
        *(_limit(x, at, found.written(at)) for at in limits),
        *lines,
    ]
    missing = "" if lines else "no week has this figure"
    return Chart(
        f"weeks-{found.name}",
        f"{found.title} by week",
        _description(found, known),
        [Panel(x, y, series, missing)],
    )


def _limit(x: Axis, at: Fraction, words: str) -> Line:
    return Line([x.low, x.high], [float(at)] * 2, f"limit {words}", "quiet", "dashed")


def _registries(
    weeks: Sequence[StratumWeek],
) -> Sequence[tuple[str, Sequence[StratumWeek], tuple[Tone, Symbol]]]:
    """Weeks by the registry that served, the one that came last first."""
    by: dict[str, list[StratumWeek]] = {}
    for one in weeks:
        by.setdefault(one.digest or "", []).append(one)
    newest = list(reversed(by.items()))
    drawn = [
        (f"digest {short(digest)}" if len(by) > 1 else "all calls", rows, mark)
        for (digest, rows), mark in zip(newest, _MARKS, strict=False)
    ]
    rest = [one for _, rows in newest[len(_MARKS) :] for one in rows]
    if rest:
        rest.sort(key=lambda one: (one.week or 0, one.digest or ""))
        others = f"{count(len(by) - len(_MARKS), 'earlier digest')}"
        drawn.append((others, rest, _EARLIER))
    return drawn


def _line(
    found: WeekFigure, words: str, rows: Sequence[StratumWeek], mark: tuple[Tone, Symbol]
) -> Line:
    figures = [figure for one in rows if (figure := found.of(one)) is not None]
    values = [float(value) for value, _ in figures]
    ends = [
        (value, value) if interval is None else (float(interval.low), float(interval.high))
        for value, (_, interval) in zip(values, figures, strict=True)
    ]
    at = [float(one.week or 0) for one in rows]
    tone, symbol = mark
    return Line(at, values, words, tone, mark=symbol, ends=ends)


def _axis(weeks: Sequence[int]) -> Axis:
    first, last = weeks[0], weeks[-1]
    step = _WEEK * ceil(((last - first) // _WEEK + 1) / _MOST_TICKS)
    ticks = [(float(at), week_name(at)) for at in range(first, last + 1, step)]
    room = max(_WEEK / 2, (last - first) * 0.08)
    return Axis("week", first - room, last + room, ticks)


def _description(found: WeekFigure, weeks: Sequence[StratumWeek]) -> str:
    """The first and the last figure, and how many are beyond the limit."""
    ends: Mapping[str, None] = dict.fromkeys(
        f"{found.written(figure[0])} in {week_name(one.week or 0)}"
        for one in (*weeks[:1], *weeks[-1:])
        if (figure := found.of(one)) is not None
    )
    limit = "" if found.limit is None else f" The limit is {found.written(found.limit)}."
    return f"{found.title}: {', then '.join(ends) or 'no week has this figure'}.{limit}"
