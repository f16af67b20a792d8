"""Predicted against needed tokens, call by call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from coefgate.registry.model import Limits
from coefgate.registry.numbers import written
from coefgate.replay.evidence import Predicted
from coefgate.replay.figure_text import share
from coefgate.replay.metrics import Booleans, Calls, missed, underestimation
from coefgate.reports.chart import Axis, Chart, Line, Panel, Points, Series, Symbol, Tone
from coefgate.reports.charts.density import MOST, cell_marks, density
from coefgate.reports.charts.scales import log_axis
from coefgate.reports.figures import count_words

if TYPE_CHECKING:
    from coefgate.calibration.charted import Charted

CallGroups: TypeAlias = Sequence[tuple[str, Booleans]]
"""Complete calls by what they are called: three groups at most."""
_MARKS: Final[Sequence[tuple[Tone, Symbol]]] = (
    ("first", "dot"),
    ("second", "square"),
    ("third", "diamond"),
)
_CUT_OFF: Final = "cut off: needed at least"


def needs_chart(found: Charted) -> Chart:
    """Calls by fits without their run, else their phase, else by the fit that knew them."""
    calls, by = found.fitted, "by the fit that knew it"
    if found.unseen_run is not None:
        calls, by = found.unseen_run, "by a fit without its run"
    elif found.unseen_phase is not None:
        calls, by = found.unseen_phase, "by a fit without its phase"
    short, margin = missed(calls), float(found.margin)
    axis, lines = _axis(calls), []
    if margin > 1:
        lines = [_below(axis, margin, f"without the margin of {written(found.margin)}")]
    groups = ("needed no more", ~short), ("needed more", short)
    return _chart(
        f"Predicted and needed tokens of each call, predicted {by}", calls, axis, lines, groups
    )


def predictions_chart(predicted: Predicted, limits: Limits) -> Chart:
    """Calls as a table predicts them, by complexity, with the lines of the limits of waste."""
    calls, axis = predicted.calls, _axis(predicted.calls)
    middle, p90 = limits.waste_median_to, limits.waste_p90_to
    lines = [
        _below(
            axis, float(middle), f"predicted = {written(middle)} × needed: limit of the median"
        ),
        replace(
            _below(axis, float(p90), f"predicted = {written(p90)} × needed: limit of the P90"),
            stroke="dotted",
        ),
    ]
    names = predicted.table.complexities
    groups: CallGroups = [("complete calls", np.ones_like(calls.censored))]
    if 1 < len(names) <= len(_MARKS):
        of = np.array([one.complexity for one in predicted.evidence.samples], dtype=np.str_)
        groups = [(name, of == name) for name in names]
    return _chart("Predicted and needed tokens of each call", calls, axis, lines, groups)


def _axis(calls: Calls) -> Axis:
    every = np.maximum([*calls.predicted.tolist(), *calls.actual.tolist()], 1).tolist()
    return log_axis("predicted tokens", every or [1000])


def _below(axis: Axis, factor: float, label: str) -> Line:
    """Where so many times what was needed is predicted."""
    ends = [axis.low, axis.high]
    return Line(ends, [one / factor for one in ends], label, "quiet", "dashed")


def _chart(
    title: str, calls: Calls, axis: Axis, lines: Sequence[Line], groups: CallGroups
) -> Chart:
    needed = replace(axis, label="needed tokens")
    ends = [axis.low, axis.high]
    exact = Line(ends, ends, "needed = predicted", "quiet")
    few = len(calls.actual) <= MOST
    drawn = _points(calls, groups) if few else _cells(calls, axis, needed)
    words = "No call is scored."
    if len(calls.actual):
        words = (
            f"Of {count_words(calls.count)}, {share(underestimation(calls))} are estimated to "
            "need more than predicted: they lie above the line."
        )
    darker = "" if few else " The darker a cell, the more calls lie in it."
    return Chart(
        "predicted-and-needed",
        title,
        f"Both axes are logarithmic. {words}{darker}",
        [
            Panel(
                axis,
                needed,
                [exact, *lines, *drawn] if len(calls.actual) else [],
                missing="" if len(calls.actual) else "no call is scored",
            )
        ],
    )


def _points(calls: Calls, groups: CallGroups) -> Sequence[Series]:
    whole, cut_off = ~calls.censored, calls.censored
    found = [
        Points(*_columns(calls, rows & whole), label, tone, mark)
        for (label, rows), (tone, mark) in zip(groups, _MARKS, strict=False)
    ]
    found.append(Points(*_columns(calls, cut_off), _CUT_OFF, "quiet", "triangle", open=True))
    return [one for one in found if one.x]


def _columns(calls: Calls, rows: Booleans) -> tuple[list[float], list[float]]:
    """Predicted and needed tokens, whatever the order of the calls."""
    x, y = (np.maximum(one[rows], 1) for one in (calls.predicted, calls.actual))
    order = np.lexsort((y, x))
    return x[order].tolist(), y[order].tolist()


def _cells(calls: Calls, x: Axis, y: Axis) -> Sequence[Series]:
    whole, cut_off = (
        tuple(np.maximum(one[rows], 1).astype(float) for one in (calls.predicted, calls.actual))
        for rows in (~calls.censored, calls.censored)
    )
    found: list[Series] = [density(x, y, (whole[0], whole[1]), "complete calls", "first")]
    if len(cut_off[0]):
        marks = cell_marks(
            x, y, (cut_off[0], cut_off[1]), _CUT_OFF, tone="second", mark="triangle"
        )
        found.append(marks)
    return found
