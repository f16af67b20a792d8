"""What formats that draw show of a fit: predictions, waste, intervals, and what more calls do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from coefgate.calibration.charted import Charted
from coefgate.registry.model import Limits
from coefgate.reports.charts.calibration import asked_sigma, waste_sides
from coefgate.reports.charts.coverage import coverage_chart
from coefgate.reports.charts.learning import learning_chart
from coefgate.reports.charts.needs import needs_chart
from coefgate.reports.charts.waste import waste_chart
from coefgate.reports.page import ChartBlock


def drawn_fit(found: Charted, limits: Limits) -> Iterator[ChartBlock]:
    """What a fit is worth on calls that it did not know."""
    yield ChartBlock(partial(needs_chart, found), "Predicted against needed, by such fits")
    waste = partial(waste_chart, tuple(waste_sides(found)), limits)
    yield ChartBlock(waste, "Waste of calls that a fit did not know")
    yield ChartBlock(partial(coverage_chart, found), "Do intervals hold what they say?")
    learning = partial(learning_chart, found, asked_sigma(limits))
    yield ChartBlock(learning, "What more calls would do")
