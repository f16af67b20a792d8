"""What draws each kind of series: layers of altair, with a line of the legend for each series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

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


class Layer(NamedTuple):
    """A mark with its encodings but for x and y, and the rows that it draws."""

    drawn: alt.Chart
    rows: Sequence[Mapping[str, float | str]]


def layers(one: Series, row: float | None) -> Iterator[Layer]:
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
            found = alt.Chart().mark_area(opacity=0.18).encode(color, alt.Y2("y2:Q"))
            yield _layer(found, _ranges(one.x, zip(one.low, one.high, strict=True)), one.label)
        case Density():
            yield _cells(one, row)
        case Limit():
            color = _color(
                one.label, INK, row, _KEY, 20, symbolType=_BAR, symbolFillColor=INK,
                symbolStrokeWidth=0, symbolOpacity=0.35,
            )  # fmt: skip
            bar = alt.Chart().mark_rule(strokeWidth=7, opacity=0.35)
            place = {"x": one.low, "x2": one.high, "y": one.y}
            yield _layer(bar.encode(color, alt.X2("x2:Q")), [place], one.label)
        case Note():
            words = alt.Chart().mark_text(
                **_SIDES[one.side], color=INK, fontSize=TEXT_SIZE, text=legible(one.text)
            )
            yield _layer(words, [{"x": one.x, "y": one.y}])


def legible(text: str) -> str:
    """One line that XML can hold and a drawing has room for."""
    return shortened(visible(text), _LONGEST)


def _line(one: Line, row: float | None) -> Iterator[Layer]:
    color, dashes = TONES[one.tone], _STROKES[one.stroke]
    if one.ends:
        bars = alt.Chart().mark_rule(color=color, strokeOpacity=0.5).encode(alt.Y2("y2:Q"))
        yield _layer(bars, _ranges(one.x, one.ends))
    shape: Any = "step-after" if one.steps else "linear"
    line = alt.Chart().mark_line(clip=True, interpolate=shape, strokeDash=dashes, strokeWidth=1.6)
    key = _color(one.label, color, row, _KEY, symbolType="stroke", symbolDash=dashes)
    yield _layer(line.encode(key), _points(one), one.label)
    if one.mark:
        yield _marks(one, one.mark)


def _marks(
    one: Points | Line,
    mark: Symbol,
    row: float | None = None,
    *,
    hollow: bool = False,
    area: float = _AREA,
) -> Layer:
    found = alt.Chart().mark_point(
        filled=not hollow, fillOpacity=0.8, opacity=1, shape=_SYMBOLS[mark], size=area,
        strokeWidth=1.4,
    )  # fmt: skip
    color = _color(one.label, TONES[one.tone], row, 8, 10, symbolType=_SYMBOLS[mark])
    return _layer(found.encode(color), _points(one), one.label)


def _cells(one: Density, row: float | None) -> Layer:
    rows = [
        {"x": left, "x2": right, "y": low, "y2": high, "weight": weight}
        for (left, right), (low, high), weight in zip(one.x, one.y, one.weights, strict=True)
    ]
    color = _color(one.label, TONES[one.tone], row, 12, symbolType="square", symbolOpacity=0.6)
    shade = alt.Opacity("weight:Q", scale=None, legend=None)
    found = alt.Chart().mark_rect().encode(color, shade, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    return _layer(found, rows, one.label)


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


def _points(one: Points | Line) -> Iterator[Mapping[str, float]]:
    for x, y in zip(one.x, one.y, strict=True):
        yield {"x": x, "y": y}


def _ranges(
    x: Iterable[float], ends: Iterable[tuple[float, float]]
) -> Iterator[Mapping[str, float]]:
    for at, (low, high) in zip(x, ends, strict=True):
        yield {"x": at, "y": low, "y2": high}


def _layer(drawn: alt.Chart, rows: Iterable[Mapping[str, float]], label: str = "") -> Layer:
    return Layer(drawn, [{**row, "label": legible(label)} for row in rows])
