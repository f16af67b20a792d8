"""Charts as SVG and PNG, by altair and vl-convert: the same chart gives the same bytes.

Text stays text, so that it can be read aloud, searched and compared; browsers set it in their own
font. Nothing of the reader's own settings, of the machine or of the day gets in: places are
measured with the font that vl-convert brings along.
"""

from __future__ import annotations

from json import dumps
from textwrap import wrap
from typing import Any, Final

import altair as alt
import vl_convert

from coefgate.core.characters import visible
from coefgate.reports.chart import Axis, Chart, Note, Panel
from coefgate.reports.render.chart_layers import TEXT_SIZE, layers, legible
from coefgate.reports.render.palette import GRID, GROUND, INK
from coefgate.reports.render.plain_svg import plain_svg

_WIDTH, _HEIGHT = 360, 280
"""Of a panel; with its axis a drawing is about as wide as a narrow screen."""
_GAP, _PADDING = 24, 6
"""Between panels, and around the drawing."""
_LABELS: Final = 44
"""As wide are the words at a vertical axis at least, so that panels lie in line."""
_ROW: Final = 17
"""From one line of the legend to the next."""
_TITLE: Final = 54
"""Characters in a line of the title."""
_FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
_VERSION: Final = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n<!-- written by coefgate tune -->\n'


def svg(chart: Chart, *, alone: bool = False) -> str:
    """The chart as one element for a page, with its title and its description inside.

    ``alone``: with the title to be seen, and on a white ground.
    """
    panels = [_panel(one) for one in chart.panels]
    whole: Any = panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=_GAP)
    whole = whole.properties(padding=_PADDING, background=GROUND if alone else "transparent")
    if alone:
        whole = whole.properties(title=_title(chart))
    whole = (
        whole.configure(aria=False, font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            domainColor=INK, gridColor=GRID, gridWidth=0.6, labelColor=INK,
            labelFontSize=TEXT_SIZE, labelLimit=0, labelOverlap=False, labelPadding=4,
            tickColor=INK, titleColor=INK, titleFontSize=TEXT_SIZE, titleFontWeight="normal",
            titleLimit=0,
        )
        .configure_axisY(minExtent=_LABELS)
        .configure_legend(
            labelColor=INK, labelFontSize=TEXT_SIZE, labelLimit=0, offset=0, padding=0, title=None
        )
    )  # fmt: skip
    with alt.theme.enable("none"):
        spec = whole.to_dict()
    return plain_svg(vl_convert.vegalite_to_svg(spec, vl_version=_VERSION), chart)


def svg_file(chart: Chart) -> bytes:
    """The chart as a file of its own."""
    return f"{_HEAD}{svg(chart, alone=True)}\n".encode()


def png(chart: Chart, *, scale: float = 2) -> bytes:
    """The chart as a picture of its own, ``scale`` times as large as the drawing."""
    return vl_convert.svg_to_png(svg(chart, alone=True), scale=scale)


def _title(chart: Chart) -> alt.TitleParams:
    return alt.TitleParams(
        wrap(visible(chart.title), _TITLE), anchor="start", color=INK, fontSize=TEXT_SIZE + 1,
        frame="bounds", limit=0, offset=2,
    )  # fmt: skip


def _panel(panel: Panel) -> alt.LayerChart:
    """The series, with their legend above them, or why there are none."""
    axes = _axis(alt.X, panel.x), _axis(alt.Y, panel.y)
    series = [] if panel.missing else panel.series
    named = [one for one in series if not isinstance(one, Note) and one.label]
    rows = {id(one): _ROW * (at - len(named)) for at, one in enumerate(named)}
    drawn = [
        layer.encode(*axes) for one in series for layer in layers(one, rows.get(id(one)))
    ] or [alt.Chart(alt.InlineData(values=[])).mark_point().encode(*axes)]
    if panel.missing:
        words = alt.Chart(alt.InlineData(values=[{}])).mark_text(
            color=INK, fontSize=TEXT_SIZE, text=legible(panel.missing)
        )
        drawn.append(words.encode(x=alt.value(_WIDTH / 2), y=alt.value(_HEIGHT / 2)))
    whole: alt.LayerChart = alt.layer(*drawn).resolve_scale(color="independent")
    return whole.properties(width=_WIDTH, height=_HEIGHT)


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
