"""The frontier of underestimation and waste, as it is drawn."""

from __future__ import annotations

import pytest

from coefgate.replay.scores import Scores, replay
from coefgate.reports.chart import Band, Chart, Line, Note, Points
from coefgate.reports.charts.frontier import frontier_chart
from coefgate.whatif.feasible_margin import FeasibleMargin
from tests.registry.builders import gates
from tests.replay.builders import predicted, sample, table

LIMITS = gates().limits


def _scores(margin: int = 1200) -> Scores:
    """Each is predicted 1,100 tokens times the margin."""
    return replay(predicted([sample(1, 550), sample(2, 1100), sample(3, 2200)], table(margin)))


def _series(chart: Chart) -> dict[str, Line | Points | Band]:
    return {
        one.label: one for one in chart.panels[0].series if isinstance(one, Line | Points | Band)
    }


def test_the_line_the_corner_and_today() -> None:
    chart = frontier_chart(_scores(), LIMITS)
    found = _series(chart)
    line = found["any single margin (×), instead of all margins"]
    assert isinstance(line, Line)
    assert (line.x[0], line.y[0]) == pytest.approx((1, 1 / 3))
    assert line.y[-1] == 0
    # 1,320 tokens: 2.4, 1.2 and 0.6 times what was needed.
    today = found["today: 1.20, 33.3%"]
    assert isinstance(today, Points)
    assert (list(today.x), today.large) == ([1.2], True)
    corner = found["within limits: 1.00–1.50, below 10.0%"]
    assert isinstance(corner, Band)
    assert (corner.x, corner.low, corner.high) == ([1, 1.5], [0, 0], [0.1, 0.1])
    notes = [one for one in chart.panels[0].series if isinstance(one, Note)]
    assert [(one.text, one.x) for one in notes] == [
        ("× 1", 1),
        ("× 1.25", 1.25),
        ("× 1.5", 1.5),
        ("× 2", 2),
        ("× 3", 3),
    ]
    assert "1.20 times" in chart.description
    assert "33.3% need more" in chart.description
    assert "meets all four" not in chart.description


def test_a_base_that_predicts_otherwise_is_drawn_beside_it() -> None:
    found = _series(frontier_chart(_scores(), LIMITS, base=_scores(2000)))
    assert {"any single margin, base", "base: 2.00, 0.0%", "head: 1.20, 33.3%"} <= found.keys()
    same = _series(frontier_chart(_scores(), LIMITS, base=_scores()))
    assert "today: 1.20, 33.3%" in same
    assert not any("base" in label for label in same)


def test_it_says_which_margins_meet_all_limits() -> None:
    for ends, words in (((1200, 1300), "1.2 to 1.3"), ((1200, 1200), "1.2")):
        feasible = FeasibleMargin(*ends, whole=True)
        chart = frontier_chart(_scores(), LIMITS, feasible=feasible)
        assert chart.description.endswith(f"A single margin of {words} meets all four limits.")


def test_without_a_complete_call_it_says_so() -> None:
    chart = frontier_chart(replay(predicted([], table())), LIMITS)
    assert chart.panels[0].missing == "no complete call is scored"
    assert not chart.panels[0].series
