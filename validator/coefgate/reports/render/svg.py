"""Charts as SVG and PNG, by altair and vl-convert: the same chart gives the same bytes.

Text stays text, so that it can be read aloud, searched and compared; browsers set it in their own
font. Nothing of the reader's own settings, of the machine or of the day gets in: places are
measured with the font that vl-convert brings along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps
from math import ceil
from textwrap import wrap
from typing import Any, Final, TypeAlias

import altair as alt
import vl_convert

from coefgate.core.characters import visible
from coefgate.reports.chart import Axis, Chart, Note, Panel
from coefgate.reports.render.chart_layers import TEXT_SIZE, Layer, layers, legible
from coefgate.reports.render.palette import GRID, GROUND, INK
from coefgate.reports.render.plain_svg import plain_svg

_WIDTH, _HEIGHT = 360, 280
"""Of a panel; with its axis a drawing is about as wide as a narrow screen."""
_GAP, _PADDING = 24, 6
"""Between panels, and around the drawing."""
_LABELS: Final = 44
"""As wide are the words at a vertical axis at least, so that panels lie in line."""
_TICK: Final = 9
"""As wide is what lies between an axis and the words at it."""
_CHARACTER: Final = 0.6
"""As wide is one of them in the font of any browser, in times their size, about."""
_ROW: Final = 17
"""From one line of the legend to the next."""
_TITLE: Final = 54
"""Characters in a line of the title."""
_FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
_VERSION: Final = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_CONFIG: Final = alt.Config(
    aria=False,
    axis=alt.AxisConfig(
        domainColor=INK, gridColor=GRID, gridWidth=0.6, labelColor=INK, labelFontSize=TEXT_SIZE,
        labelFlush=False, labelLimit=0, labelOverlap=False, labelPadding=4, tickColor=INK,
        titleColor=INK, titleFontSize=TEXT_SIZE, titleFontWeight="normal", titleLimit=0,
    ),
    font=_FONT,
    legend=alt.LegendConfig(
        labelColor=INK, labelFontSize=TEXT_SIZE, labelLimit=0, offset=0, padding=0, title=None
    ),
    view=alt.ViewConfig(stroke=None),
).to_dict()  # fmt: skip
"""Whatever theme somebody has set for charts of altair does not count."""
_Datasets: TypeAlias = dict[str, Sequence[Mapping[str, float | str]]]
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n<!-- written by coefgate tune -->\n'


def svg(chart: Chart, *, place: str = "", alone: bool = False) -> str:
    """The chart as one element for a page, with its title and its description inside.

    ``place``: where in its page it stands, which no other chart says. ``alone``: with the title to
    be seen, and on a white ground.
    """
    datasets: _Datasets = {}
    panels = [_panel(one, datasets) for one in chart.panels]
    whole = panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=_GAP)
    stated = whole.to_dict() | {
        "background": GROUND if alone else "transparent",
        "config": _CONFIG | {"axisY": {"minExtent": _labels(chart)}},
        "datasets": datasets,
        "padding": _PADDING,
    }
    if alone:
        stated["title"] = _title(chart)
    return plain_svg(vl_convert.vegalite_to_svg(stated, vl_version=_VERSION), chart, place)


def _labels(chart: Chart) -> int:
    """How wide the words at vertical axes are, in the widest font that a browser may take."""
    words = [legible(text) for one in chart.panels for _, text in one.y.ticks]
    longest = max(map(len, words), default=0)
    return max(_LABELS, ceil(longest * _CHARACTER * TEXT_SIZE) + _TICK)


def svg_file(chart: Chart) -> bytes:
    """The chart as a file of its own."""
    return f"{_HEAD}{svg(chart, alone=True)}\n".encode()


def png(chart: Chart, *, scale: float = 2) -> bytes:
    """The chart as a picture of its own, ``scale`` times as large as the drawing."""
    return vl_convert.svg_to_png(svg(chart, alone=True), scale=scale)


def _title(chart: Chart) -> dict[str, Any]:
    return alt.TitleParams(
        wrap(visible(chart.title), _TITLE), anchor="start", color=INK, fontSize=TEXT_SIZE + 1,
        frame="bounds", limit=0, offset=2,
    ).to_dict()  # fmt: skip


def _panel(panel: Panel, datasets: _Datasets) -> alt.LayerChart:
    """The series, with their legend above them, or why there are none.

    Their rows go to ``datasets``, since altair copies again and again what it holds.
    """
    series = [] if panel.missing else panel.series
    named = [one for one in series if not isinstance(one, Note) and one.label]
    places = {id(one): _ROW * (at - len(named)) for at, one in enumerate(named)}
    found = [layer for one in series for layer in layers(one, places.get(id(one)))]
    if panel.missing:
        words = alt.Chart().mark_text(color=INK, fontSize=TEXT_SIZE, text=legible(panel.missing))
        middle = {"x": alt.value(_WIDTH / 2), "y": alt.value(_HEIGHT / 2)}
        found = [Layer(alt.Chart().mark_point(), ()), Layer(words.encode(**middle), [{}])]
    for one in found:
        name = f"rows-{len(datasets)}"
        datasets[name], one.drawn.data = one.rows, alt.NamedData(name=name)
    return alt.LayerChart(
        layer=[one.drawn for one in found],
        encoding={"x": _axis(alt.X, panel.x), "y": _axis(alt.Y, panel.y)},
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(color="independent")),
        width=_WIDTH,
        height=_HEIGHT,
    )


def _axis(channel: type[alt.X | alt.Y], axis: Axis) -> alt.X | alt.Y:
    """With words at the ticks, and nowhere else."""
    values, words = [at for at, _ in axis.ticks], [legible(text) for _, text in axis.ticks]
    return channel(
        f"{channel.__name__.lower()}:Q",
        scale=alt.Scale(
            type="log" if axis.log else "linear", domain=[axis.low, axis.high], nice=False
        ),
        axis=alt.Axis(
            title=legible(axis.label),
            values=values,
            labelExpr=f"{dumps(words)}[indexof({dumps(values)}, datum.value)]",
        ),
    )
