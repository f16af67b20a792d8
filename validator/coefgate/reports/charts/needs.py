"""Predicted against needed tokens, call by call."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from coefgate.calibration.charted import Charted
from coefgate.registry.numbers import written
from coefgate.replay.figure_text import share
from coefgate.replay.metrics import Booleans, Calls, missed, underestimation
from coefgate.reports.chart import Chart, Line, Panel, Points, Symbol, Tone
from coefgate.reports.charts.scales import log_axis
from coefgate.reports.figures import count_words

MOST: Final = 500
"""Calls that are drawn at most, so that the file stays small."""


def needs_chart(found: Charted) -> Chart:
    """Calls by fits without their run, else their phase, else by the fit that knew them."""
    calls, by = found.fitted, "by the fit that knew it"
    if found.unseen_run is not None:
        calls, by = found.unseen_run, "by a fit without its run"
    elif found.unseen_phase is not None:
        calls, by = found.unseen_phase, "by a fit without its phase"
    drawn = _some(calls)
    every = np.maximum([*drawn.predicted.tolist(), *drawn.actual.tolist()], 1).tolist()
    axis = log_axis("predicted tokens", every)
    ends, margin = [axis.low, axis.high], float(found.margin)
    short, cut_off = missed(drawn), drawn.censored
    lines = [Line(ends, ends, "needed = predicted", "quiet")]
    if margin > 1:
        words = f"without the margin of {written(found.margin)}"
        lines += [Line(ends, [one / margin for one in ends], words, "quiet", "dashed")]
    left = ""
    if len(drawn.actual) < len(calls.actual):
        left = f" {len(drawn.actual):,} of them are drawn."
    return Chart(
        "predicted-and-needed",
        f"Tokens that each call needed, and was predicted {by}",
        f"Both axes are logarithmic. Of {count_words(calls.count)}, "
        f"{share(underestimation(calls))} are estimated to need more than predicted: they lie "
        f"above the line.{left}",
        [
            Panel(
                axis,
                replace(axis, label="needed tokens"),
                [
                    *lines,
                    _points(drawn, ~short & ~cut_off, "needed no more", "first", "dot"),
                    _points(drawn, short & ~cut_off, "needed more", "second", "square"),
                    _points(drawn, cut_off, "cut off: needed at least", "third", "triangle"),
                ],
            )
        ],
    )


def _some(calls: Calls) -> Calls:
    """At most ``MOST`` of them, all along the order of what was predicted."""
    order = np.lexsort((calls.censored, calls.actual, calls.predicted))
    if len(order) > MOST:
        order = order[np.arange(MOST) * len(order) // MOST]
    return calls.where(order)


def _points(calls: Calls, rows: Booleans, label: str, tone: Tone, mark: Symbol) -> Points:
    x, y = (np.maximum(one[rows], 1).tolist() for one in (calls.predicted, calls.actual))
    return Points(x, y, label, tone, mark, open=mark == "triangle")
