"""Charts as SVG, drawn by matplotlib: the same chart gives the same bytes.

Text stays text, so that it can be read aloud, searched and compared; browsers set it in their own
font. A white ground lets a chart be read on dark pages too. Nothing of the reader's own settings
of matplotlib, of the machine or of the day gets in.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from coefgate.reports.chart import (
    Axis,
    Band,
    Chart,
    Limit,
    Line,
    Note,
    Panel,
    Points,
    Series,
    Stroke,
    Symbol,
    Tone,
)

_INK: Final = "#1f2328"
_TONES: Final[Mapping[Tone, str]] = {
    "first": "#0072b2",
    "second": "#d55e00",
    "third": "#007a5a",
    "quiet": "#6e7781",
}
"""Told apart without red or green sight (Okabe and Ito), and 3 : 1 or more against white."""
_SYMBOLS: Final[Mapping[Symbol, str]] = {"dot": "o", "square": "s", "triangle": "^"}
_STROKES: Final[Mapping[Stroke, str]] = {"solid": "-", "dashed": "--", "dotted": ":"}
_WIDTH, _HEIGHT = 6.4, 4.8
"""Of a panel, in inches of 72 units."""
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "coefgate",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],  # it is measured with the first
    "font.size": 10,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "path.simplify": False,
}
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n<!-- written by coefgate tune -->\n'


def svg(chart: Chart) -> bytes:
    """The chart as a file of its own, with its title and its description inside."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(_WIDTH * len(chart.panels), _HEIGHT), facecolor="white")
        count = len(chart.panels)
        for at, panel in enumerate(chart.panels):
            left, width = (at + 0.14) / count, 0.83 / count
            _draw(figure.add_axes((left, 0.12, width, 0.77)), panel)
        figure.text(0.5, 0.95, chart.title, ha="center", va="center", size=11)
        written = BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", metadata=nothing)
    return _described(written.getvalue().decode(), chart).encode()


def _described(text: str, chart: Chart) -> str:
    """The same with what tells of it to those who do not see it, and what it is made by."""
    attributes, _, body = text.partition("<svg ")[2].partition(">")
    told = (
        '<svg role="img" aria-labelledby="title description" '
        f'{attributes}>\n <title id="title">{escape(chart.title)}</title>'
        f'\n <desc id="description">{escape(chart.description)}</desc>'
    )
    lines = f"{_HEAD}{told}{body}".splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _draw(axes: Axes, panel: Panel) -> None:
    if panel.missing:
        axes.text(0.5, 0.5, panel.missing, ha="center", va="center", transform=axes.transAxes)
    _set_axis(axes, panel.x, "x")
    _set_axis(axes, panel.y, "y")
    axes.grid(color="#d0d7de", linewidth=0.6)
    axes.set_axisbelow(True)
    for order, one in enumerate(panel.series, start=3):
        _add(axes, one, order)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc=panel.legend, fontsize=8.5, framealpha=0.9).set_zorder(99)


def _set_axis(axes: Axes, axis: Axis, which: str) -> None:
    getattr(axes, f"set_{which}label")(axis.label)
    if axis.log:
        getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(axis.low, axis.high)
    drawn = getattr(axes, f"{which}axis")
    drawn.set_major_locator(FixedLocator([at for at, _ in axis.ticks]))
    drawn.set_minor_locator(NullLocator())
    drawn.set_minor_formatter(NullFormatter())
    getattr(axes, f"set_{which}ticklabels")([words for _, words in axis.ticks])


def _add(axes: Axes, one: Series, order: int) -> None:
    match one:
        case Points():
            color = _TONES[one.tone]
            axes.plot(
                one.x,
                one.y,
                linestyle="none",
                marker=_SYMBOLS[one.mark],
                markersize=5,
                markerfacecolor="none" if one.open else color,
                markeredgecolor=color,
                alpha=0.8,
                label=one.label,
                zorder=order,
            )
        case Line():
            _add_line(axes, one, order)
        case Band():
            axes.fill_between(
                one.x, one.low, one.high, color=_TONES[one.tone], alpha=0.15, linewidth=0,
                label=one.label, zorder=order,
            )  # fmt: skip
        case Limit():
            axes.plot(
                [one.low, one.high], [one.y, one.y], color="#1f2328", alpha=0.35, linewidth=7,
                solid_capstyle="butt", label=one.label, zorder=order,
            )  # fmt: skip
        case Note():
            axes.annotate(
                one.text, (one.x, one.y), xytext=(5, -14), textcoords="offset points",
                zorder=order,
            )  # fmt: skip


def _add_line(axes: Axes, one: Line, order: int) -> None:
    color = _TONES[one.tone]
    if one.ends:
        low, high = ([pair[at] for pair in one.ends] for at in (0, 1))
        axes.vlines(one.x, low, high, color=color, alpha=0.5, linewidth=1.2, zorder=order)
    axes.plot(
        one.x,
        one.y,
        color=color,
        linestyle=_STROKES[one.stroke],
        drawstyle="steps-post" if one.steps else "default",
        marker=_SYMBOLS[one.mark] if one.mark else None,
        markersize=5,
        linewidth=1.6,
        label=one.label,
        zorder=order,
    )
