"""What draws each kind of series: layers of altair, with a line of the legend for each series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import altair as alt

from coefgate.core.characters import visible
from coefgate.registry.wording import shortened
from coefgate.reports.chart import (
    Band,
    Density,
    Limit,
    Line,
    Note,
    NoteSide,
    Points,
    Series,
    Stroke,
    Symbol,
)
from coefgate.reports.render.palette import INK, TONES

TEXT_SIZE: Final = 12
_LONGEST: Final = 60
"""Characters of a line of the legend."""
_KEY: Final = 22
"""As wide is what a line of the legend begins with."""
_SYMBOLS: Final[Mapping[Symbol, str]] = {
    "dot": "circle",
    "square": "square",
    "triangle": "triangle-up",
    "diamond": "diamond",
}
_STROKES: Final[Mapping[Stroke, list[float]]] = {
    "solid": [],
    "dashed": [6, 4],
    "dotted": [1.5, 3],
}
_SIDES: Final[Mapping[NoteSide, dict[str, Any]]] = {
    "right above": {"align": "left", "dx": 6, "dy": -8},
    "right below": {"align": "left", "dx": 6, "dy": 12},
    "left below": {"align": "right", "dx": -6, "dy": 12},
}
_AREA, _OPEN_AREA, _LARGE_AREA = 36, 49, 100
"""Of a mark."""
_BAR: Final = "M-1,-0.3H1V0.3H-1Z"
"""A limit in the legend, as Vega asks for a symbol of one's own: within -1 and 1."""


def layers(one: Series, row: float | None) -> Iterator[alt.Chart]:
    """What draws a series, over x and y; ``row``: where its line of the legend is, if it has one.

    Places are those of the panel, with its upper left corner as 0.
    """
    match one:
        case Points():
            area = _LARGE_AREA if one.large else _OPEN_AREA if one.open else _AREA
            yield _marks(one, one.mark, row, hollow=one.open, area=area)
        case Line():
            yield from _line(one, row)
        case Band():
            color = _color(one.label, TONES[one.tone], row, 14, symbolType="square")
            found = _over(_ranges(one.x, zip(one.low, one.high, strict=True)), one.label)
            yield found.mark_area(opacity=0.18).encode(color, alt.Y2("y2:Q"))
        case Density():
            yield _cells(one, row)
        case Limit():
            color = _color(
                one.label, INK, row, _KEY, 20, symbolType=_BAR, symbolFillColor=INK,
                symbolStrokeWidth=0, symbolOpacity=0.35,
            )  # fmt: skip
            found = _over([{"x": one.low, "x2": one.high, "y": one.y}], one.label)
            yield found.mark_rule(strokeWidth=7, opacity=0.35).encode(color, alt.X2("x2:Q"))
        case Note():
            yield _over([{"x": one.x, "y": one.y}]).mark_text(
                **_SIDES[one.side], color=INK, fontSize=TEXT_SIZE, text=legible(one.text)
            )  # fmt: skip


def legible(text: str) -> str:
    """One line that XML can hold and a drawing has room for."""
    return shortened(visible(text), _LONGEST)


def _line(one: Line, row: float | None) -> Iterator[alt.Chart]:
    color, dashes = TONES[one.tone], _STROKES[one.stroke]
    if one.ends:
        bars = _over(_ranges(one.x, one.ends)).mark_rule(color=color, strokeOpacity=0.5)
        yield bars.encode(alt.Y2("y2:Q"))
    shape: Any = "step-after" if one.steps else "linear"
    line = _at_points(one).mark_line(
        clip=True, interpolate=shape, strokeDash=dashes, strokeWidth=1.6
    )
    yield line.encode(_color(one.label, color, row, _KEY, symbolType="stroke", symbolDash=dashes))
    if one.mark:
        yield _marks(one, one.mark)


def _marks(
    one: Points | Line,
    mark: Symbol,
    row: float | None = None,
    *,
    hollow: bool = False,
    area: float = _AREA,
) -> alt.Chart:
    found: alt.Chart = _at_points(one).mark_point(
        filled=not hollow, fillOpacity=0.8, opacity=1, shape=_SYMBOLS[mark], size=area,
        strokeWidth=1.4,
    )  # fmt: skip
    color = _color(one.label, TONES[one.tone], row, 8, 10, symbolType=_SYMBOLS[mark])
    return found.encode(color)


def _cells(one: Density, row: float | None) -> alt.Chart:
    rows = [
        {"x": left, "x2": right, "y": low, "y2": high, "weight": weight}
        for (left, right), (low, high), weight in zip(one.x, one.y, one.weights, strict=True)
    ]
    found: alt.Chart = _over(rows, one.label).mark_rect()
    color = _color(one.label, TONES[one.tone], row, 12, symbolType="square", symbolOpacity=0.6)
    shade = alt.Opacity("weight:Q", scale=None, legend=None)
    return found.encode(color, shade, alt.X2("x2:Q"), alt.Y2("y2:Q"))


def _color(
    label: str, color: str, row: float | None, width: int, takes: int = 0, **symbol: Any
) -> alt.Color:
    """The colour, and a line of the legend whose middle is at ``row``.

    It begins with a symbol so wide; ``takes``: so much with its outline.
    """
    takes = takes or width
    margin = (_KEY - takes) / 2
    legend = alt.Legend(
        orient="none", legendX=0, legendY=(row or 0) - takes / 2, symbolSize=width**2,
        symbolOffset=margin, labelOffset=margin + 6, **symbol,
    )  # fmt: skip
    return alt.Color(
        "label:N",
        scale=alt.Scale(domain=[legible(label)], range=[color]),
        legend=None if row is None else legend,
    )


def _at_points(one: Points | Line) -> alt.Chart:
    rows = ({"x": x, "y": y} for x, y in zip(one.x, one.y, strict=True))
    return _over(rows, one.label)


def _ranges(
    x: Iterable[float], ends: Iterable[tuple[float, float]]
) -> Iterator[Mapping[str, float]]:
    for at, (low, high) in zip(x, ends, strict=True):
        yield {"x": at, "y": low, "y2": high}


def _over(rows: Iterable[Mapping[str, float]], label: str = "") -> alt.Chart:
    named = [{**row, "label": legible(label)} for row in rows]
    return alt.Chart(alt.InlineData(values=named))
