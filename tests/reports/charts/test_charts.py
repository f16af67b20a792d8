"""What figures show, as numbers, before anybody draws them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.charted import Charted
from coefgate.calibration.learning_curve import LearningPoint
from coefgate.calibration.more_calls import MoreCalls
from coefgate.replay.metrics import Calls
from coefgate.reports.chart import Band, Chart, Density, Limit, Line, Note, Points
from coefgate.reports.charts.calibration import asked_sigma, waste_sides
from coefgate.reports.charts.coverage import coverage_chart
from coefgate.reports.charts.density import COLUMNS, ROWS
from coefgate.reports.charts.learning import learning_chart
from coefgate.reports.charts.needs import needs_chart, predictions_chart
from coefgate.reports.charts.scales import from_zero, log_axis
from coefgate.reports.charts.waste import waste_chart
from coefgate.reports.render.svg import svg
from tests.registry.builders import gates
from tests.replay.builders import calls, predicted, sample, table

LIMITS = gates().limits


def _found(unseen: Calls | None = None) -> Charted:
    seen = calls([(150, 100), (100, 100), (300, 100), (80, 120)], cut_off=[(500, 500), (501, 500)])
    point = LearningPoint(2, 3.0, 0.5, 0.1, (0.4, 0.7), (0.05, 0.2), 0.6)
    return Charted(
        margin=Fraction(3, 2),
        fitted=seen,
        unseen_phase=seen if unseen is None else unseen,
        unseen_run=None,
        held=((Fraction(8, 10), Fraction(75, 100)), (Fraction(95, 100), None)),
        phases=(point, replace(point, groups=9, phases=9.0, sigmas=None, spreads=None)),
        runs=(),
        ahead=((10, 0.45), (20, 0.4)),
        more=MoreCalls(0.5, 0.6, 0.4, None, 0.4, ()),
    )


def _series(chart: Chart, kind: type) -> list[object]:
    return [one for one in chart.panels[0].series if isinstance(one, kind)]


def test_each_call_is_a_point_and_a_cut_off_one_is_open() -> None:
    chart = needs_chart(_found())
    points = {one.label: one for one in _series(chart, Points) if isinstance(one, Points)}
    met, short, cut = (
        points[label] for label in ("needed no more", "needed more", "cut off: needed at least")
    )
    assert (met.x, met.y) == ([100, 150, 300], [100, 100, 100])
    assert (short.x, short.y, short.open) == ([80], [120], False)
    assert (cut.x, cut.y, cut.open) == ([500, 501], [500, 500], True)
    even, before = (one for one in _series(chart, Line) if isinstance(one, Line))
    assert even.x == even.y
    assert [y * 1.5 for y in before.y] == before.x
    assert "44.4% are estimated" in chart.description  # 4/9: docs/reference/metrics.md
    assert "a fit without its phase" in chart.title


def test_predictions_stand_by_their_complexity_between_the_limits() -> None:
    cut_off = sample(
        4, 900, truncated=True, stop_reason="max_tokens", max_output_tokens=900, phase_id="x"
    )
    given = [sample(1, 550), sample(2, 1100, complexity="high"), sample(3, 2200), cut_off]
    chart = predictions_chart(predicted(given, table()), LIMITS)
    points = {one.label: one for one in _series(chart, Points) if isinstance(one, Points)}
    assert {label: (one.x, one.y, one.open) for label, one in points.items()} == {
        "low": ([1100, 1100], [550, 2200], False),
        "high": ([4100], [1100], False),
        "cut off: needed at least": ([1100], [900], True),
    }
    even, middle, p90 = (one for one in _series(chart, Line) if isinstance(one, Line))
    assert even.x == even.y
    assert [y * 1.5 for y in middle.y] == pytest.approx(middle.x)
    assert [y * 3 for y in p90.y] == pytest.approx(p90.x)
    assert middle.label == "predicted = 1.5 × needed: limit of the median"
    # One of three is missed; the one that was cut off might have been.
    assert "3 calls + 1 cut off" in chart.description


def test_a_chart_without_calls_says_so() -> None:
    none = predicted([], table())
    assert predictions_chart(none, LIMITS).panels[0].missing == "no call is scored"
    assert waste_chart([("today", none.calls)], LIMITS).panels[0].missing


def test_a_line_rises_at_each_waste_ratio_and_meets_the_limits() -> None:
    chart = waste_chart(waste_sides(_found()), LIMITS)
    (line,) = (one for one in _series(chart, Line) if isinstance(one, Line) and one.steps)
    assert line.x == pytest.approx([2 / 3, 2 / 3, 1, 1.5, 3], abs=1e-6)
    assert line.y == [0, 0.25, 0.5, 0.75, 1]
    assert line.label == "unseen phase: median 1.25, P90 3.00"
    middle, upper = (one for one in _series(chart, Limit) if isinstance(one, Limit))
    assert (middle.y, middle.low, middle.high) == (0.5, 1, 1.5)
    assert (upper.y, upper.high) == (0.9, 3)


@pytest.mark.thorough
def test_of_very_many_calls_cells_are_drawn_and_it_says_so() -> None:
    cut_off = [(900 + n, 900) for n in range(100)]
    many = calls([(1000 + n, 700 + (n * 37) % 900) for n in range(3000)], cut_off=cut_off)
    found = _found(many)
    needs, waste = needs_chart(found), waste_chart(waste_sides(found), LIMITS)
    (cells,) = (one for one in _series(needs, Density) if isinstance(one, Density))
    assert len(cells.weights) <= COLUMNS * ROWS
    assert max(cells.weights) == 1
    (marks,) = (one for one in _series(needs, Points) if isinstance(one, Points))
    assert marks.open
    assert 0 < len(marks.x) < 20
    assert "The darker a cell" in needs.description
    (line,) = (one for one in _series(waste, Line) if isinstance(one, Line) and one.steps)
    assert line.y[-1] == 1
    whole = many.where(~many.censored)
    ratios = np.sort(whole.predicted / whole.actual)
    for x, y in zip(line.x[1:], line.y[1:], strict=True):
        assert (ratios <= x + 1e-6).mean() == pytest.approx(y, abs=1e-2)
    assert len(svg(needs)) + len(svg(waste)) < 60_000


def test_what_intervals_hold_lies_beside_what_chance_allows() -> None:
    chart = coverage_chart(_found())
    (band,) = (one for one in _series(chart, Band) if isinstance(one, Band))
    # Of six phases: 0.5 ± 1.96 × √(0.25 ÷ 6).
    assert (band.low[10], band.high[10]) == pytest.approx((0.0999, 0.9001), abs=1e-4)
    (note,) = (one for one in _series(chart, Note) if isinstance(one, Note))
    assert (note.x, note.y, note.text) == (0.8, 0.75, "75.0%")
    assert "75.0% lie within where 80% should" in chart.description
    nothing = coverage_chart(replace(_found(), unseen_phase=None))
    assert nothing.panels[0].missing


def test_a_curve_has_the_ends_of_its_draws_and_what_is_asked() -> None:
    asked = asked_sigma(LIMITS)
    assert asked == pytest.approx(0.3164, abs=1e-4)
    chart = learning_chart(_found(), asked)
    phases, expected, ahead, limit = (
        one for one in chart.panels[0].series if isinstance(one, Line)
    )
    assert (phases.x, phases.y, list(phases.ends)) == (
        [3, 9],
        [0.5, 0.5],
        [(0.4, 0.7), (0.5, 0.5)],
    )
    assert (expected.y, ahead.x, ahead.y) == ([0.6, 0.6], [10, 20], [0.45, 0.4])
    assert limit.y == [asked, asked]
    assert len(learning_chart(_found(), None).panels[0].series) == 3


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=5))
def test_axes_hold_their_values_and_have_a_few_ticks(values: list[float]) -> None:
    for axis in (log_axis("x", values), from_zero("x", values)):
        assert axis.low <= min(values) <= max(values) <= axis.high
        assert all(axis.low <= at <= axis.high * (1 + 1e-9) for at, _ in axis.ticks)
        assert len(axis.ticks) <= 10
        assert len({words for _, words in axis.ticks}) == len(axis.ticks)
