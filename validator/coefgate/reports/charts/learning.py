"""What phases and runs have taught, and what more of them are expected to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from coefgate.calibration.charted import Charted
from coefgate.calibration.learning_curve import LearningPoint
from coefgate.registry.wording import count
from coefgate.reports.chart import Axis, Chart, Line, Panel, Stroke, Symbol, Tone
from coefgate.reports.charts.scales import from_zero, log_axis

_TITLE: Final = "Error on unseen calls, by the number of phases fitted on"
_MISSING: Final = "not measurable: all calls are of one phase"


def learning_chart(found: Charted, asked: float | None) -> Chart:
    """Sigma and spread of unseen calls, by the phases that are fitted on.

    ``asked``: the sigma that the limits ask for.
    """
    if not found.phases:
        empty = Axis("phases fitted on", 0, 1, [])
        return Chart(
            "learning",
            _TITLE,
            f"{_MISSING}.",
            [Panel(empty, Axis("sigma", 0, 1, []), [], missing=_MISSING)],
        )
    label, every = "phases fitted on", [one.phases for one in (*found.phases, *found.runs)]
    x = log_axis(label, [*every, *(phases for phases, _ in found.ahead)])
    expected = [(one.phases, one.expected) for one in found.phases]
    sigma = [
        *_curves(found, _sigma),
        _line(expected, "expected", "dotted"),
        _line(found.ahead, "expected, no new cells", "dashed"),
    ]
    if asked is not None:
        words = f"limits ask for {asked:.3f}"
        sigma.append(Line([x.low, x.high], [asked, asked], words, "quiet"))
    spread = _curves(found, _spread)
    of_sigma = from_zero("sigma of ln(needed ÷ predicted)", _values(sigma))
    of_spread = from_zero("spread", _values(spread))
    return Chart(
        "learning",
        _TITLE,
        _description(found),
        [
            Panel(x, of_sigma, sigma),
            Panel(log_axis(label, every), of_spread, spread),
        ],
    )


_Figure: TypeAlias = Callable[[LearningPoint], tuple[float, tuple[float, float] | None]]
"""A figure of a point, and its ends over single draws."""


def _sigma(one: LearningPoint) -> tuple[float, tuple[float, float] | None]:
    return one.sigma, one.sigmas


def _spread(one: LearningPoint) -> tuple[float, tuple[float, float] | None]:
    return one.spread, one.spreads


def _curves(found: Charted, figure: _Figure) -> list[Line]:
    sides: tuple[tuple[Sequence[LearningPoint], str, Tone, Stroke, Symbol], ...] = (
        (found.phases, "unseen phases", "first", "solid", "dot"),
        (found.runs, "unseen runs", "second", "dashed", "square"),
    )
    lines = []
    for points, label, tone, stroke, mark in sides:
        if points:
            x, figures = [one.phases for one in points], list(map(figure, points))
            y = [value for value, _ in figures]
            ends = [pair or (value, value) for value, pair in figures]
            lines.append(Line(x, y, label, tone, stroke, mark=mark, ends=ends))
    return lines


def _line(points: Sequence[tuple[float, float]], label: str, stroke: Stroke) -> Line:
    return Line([x for x, _ in points], [y for _, y in points], label, "third", stroke)


def _values(lines: Sequence[Line]) -> list[float]:
    return [value for one in lines for value in (*one.y, *(high for _, high in one.ends))]


def _description(found: Charted) -> str:
    told = []
    for points, unit in ((found.phases, "phases"), (found.runs, "runs")):
        figures = [
            f"sigma {one.sigma:.3f} and spread {one.spread:.3f} with "
            f"{count(round(one.phases), 'phase')}"
            for one in (points[:1] + points[-1:])
        ]
        if figures:
            told.append(f"Of unseen {unit}: {', '.join(dict.fromkeys(figures))}.")
    return f"{' '.join(told)} The axis of phases is logarithmic; bars are of single draws."
