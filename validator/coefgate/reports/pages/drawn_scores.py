"""What formats that draw show of scores: predictions, waste, and what other margins would do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from coefgate.registry.model import Limits
from coefgate.replay.scores import Scores
from coefgate.reports.charts.frontier import frontier_chart
from coefgate.reports.charts.needs import predictions_chart
from coefgate.reports.charts.sides import sides
from coefgate.reports.charts.waste import waste_chart
from coefgate.reports.page import ChartBlock
from coefgate.whatif.feasible_margin import FeasibleMargin


def drawn_scores(
    scores: Scores,
    limits: Limits,
    *,
    base: Scores | None = None,
    feasible: FeasibleMargin | None = None,
) -> Iterator[ChartBlock]:
    """``base``: another registry on the same calls, where there is one; nothing without a call."""
    if not len(scores.all.calls.actual):
        return
    yield ChartBlock(
        partial(predictions_chart, scores.predicted, limits),
        "Predicted against needed",
        "Each mark is a call; above the line it needed more than predicted.",
    )
    yield ChartBlock(
        lambda: waste_chart([(name, one.calls) for name, one in sides(scores, base)], limits),
        "Waste",
        "The share of calls whose prediction is at most so many times what they needed.",
    )
    yield ChartBlock(
        partial(frontier_chart, scores, limits, base=base, feasible=feasible),
        "Too few tokens against too many",
        "A larger margin leads to the right and down; better numbers move the whole line.",
    )
