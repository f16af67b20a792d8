"""Too few tokens against too many, as one single safety margin varies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coefgate.registry.model import Limits
from coefgate.registry.numbers import written
from coefgate.replay.figure_text import ratio, share
from coefgate.replay.metrics import Metrics
from coefgate.replay.scores import Scores
from coefgate.reports.chart import Axis, Band, Chart, Line, Panel, Points, Symbol, Tone
from coefgate.reports.charts.note_places import notes_beside
from coefgate.reports.charts.scales import LEAST_RATIO, log_axis, percent_axis
from coefgate.reports.charts.sides import other_base, sides
from coefgate.whatif.feasible_margin import FeasibleMargin
from coefgate.whatif.margin_frontier import MarginPoint, margin_frontier

_UNTIL: Final = 2
"""Waste is drawn up to so many times the limit of its median."""
_MARKED: Final = (1000, 1250, 1500, 2000, 3000)
"""Margins, in thousandths, that are written beside the line."""
_MARKS: Final[Mapping[str, tuple[Tone, Symbol]]] = {
    "base": ("quiet", "diamond"),
    "unseen runs": ("third", "triangle"),
}
_TITLE: Final = "Underestimation against waste, by single safety margin"


def frontier_chart(
    scores: Scores,
    limits: Limits,
    *,
    base: Scores | None = None,
    feasible: FeasibleMargin | None = None,
) -> Chart:
    """Underestimation against median waste at every single margin, and where the registry is.

    ``base``: another registry on the same calls. ``feasible``: the margins that meet all limits.
    """
    today = scores.all.metrics
    base = other_base(scores, base)
    if today is None:
        words, empty = "no complete call is scored", Axis("", 0, 1, [])
        return Chart("frontier", _TITLE, f"{words}.", [Panel(empty, empty, [], words)])
    line = _frontier(scores, limits)
    marked = [one for one in line if one.margin * 1000 in _MARKED]
    states = tuple(_states(scores, base))
    lines = [
        *([Line(*_columns(_frontier(base, limits)), "any single margin, base", "quiet", "dashed")]
          if base is not None and base.all.metrics is not None else []),
        Line(*_columns(line), "any single margin (×), instead of all margins", "first"),
    ]  # fmt: skip
    drawn: list[Line | Points] = [*lines, Points(*_columns(marked), "", "first"), *states]
    corner = _corner(limits)
    x = log_axis(
        "waste ratio of the median call: predicted ÷ needed",
        [*corner.x, *(x for one in drawn for x in one.x)],
    )
    y = percent_axis(
        "calls that need more than predicted", [*corner.high, *(y for one in drawn for y in one.y)]
    )
    margins = [f"× {written(one.margin)}" for one in marked]
    named = zip(*_columns(marked), margins, strict=True)
    notes = notes_beside(named, x, y, marks=states, lines=lines)
    panel = Panel(x, y, [corner, *drawn, *notes])
    return Chart("frontier", _TITLE, _description(today, limits, feasible), [panel])


def _frontier(scores: Scores, limits: Limits) -> Sequence[MarginPoint]:
    until = limits.waste_median_to * _UNTIL
    return margin_frontier(scores.by_margin, scores.predicted.calls, until, also=_MARKED)


def _columns(points: Sequence[MarginPoint]) -> tuple[list[float], list[float]]:
    return (
        [max(float(one.waste_median), LEAST_RATIO) for one in points],
        [float(one.underestimation) for one in points],
    )


def _corner(limits: Limits) -> Band:
    low, high = limits.waste_median_from, limits.waste_median_to
    below = limits.underestimation_rate_below
    label = f"within limits: {ratio(low)}–{ratio(high)}, below {share(below)}"
    ends = [float(below), float(below)]
    return Band([float(low), float(high)], [0, 0], ends, label, "third")


def _states(scores: Scores, base: Scores | None) -> Iterator[Points]:
    """The registry with the margins that it has, drawn above all others."""
    for name, found in reversed(sides(scores, base)):
        if found.metrics is not None:
            median, rate = found.metrics.waste_median, found.metrics.underestimation_kaplan_meier
            x, y = max(float(median), LEAST_RATIO), float(rate)
            label = f"{name}: {ratio(median)}, {share(rate)}"
            tone, mark = _MARKS.get(name, ("second", "square"))
            yield Points([x], [y], label, tone, mark, large=True)


def _description(today: Metrics, limits: Limits, feasible: FeasibleMargin | None) -> str:
    low, high = limits.waste_median_from, limits.waste_median_to
    found = (
        f"The median call is predicted at {ratio(today.waste_median)} times what it needed, and "
        f"{share(today.underestimation_kaplan_meier)} need more than predicted. The limits are "
        f"{ratio(low)} to {ratio(high)}, and below {share(limits.underestimation_rate_below)}."
    )
    if feasible is None:
        return found
    ends = " to ".join(dict.fromkeys(f"{one / 1000:g}" for one in (feasible.low, feasible.high)))
    return f"{found} A single margin of {ends} meets all four limits."
