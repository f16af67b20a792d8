"""What a new registry is told of the limits that its calls miss."""

from __future__ import annotations

from coefgate.calibration.like_calls import Scatter
from coefgate.calibration.more_calls import CellDeviation, MoreCalls
from coefgate.reports.pages.init import more_calls_words


def _cell(*, alike: float | None, formula: float, errors: tuple[float, ...]) -> CellDeviation:
    scatter = None if alike is None else Scatter(alike, 9)
    return CellDeviation(("docs", "low"), 4, 4, scatter, True, formula, errors)


def _told(*cells: CellDeviation, now: float | None = 0.4) -> str:
    return more_calls_words(MoreCalls(now, now, 0.3, None, 0.0, cells), now, 0.3)


def test_what_keeps_a_cell_from_the_limits_is_told_apart() -> None:
    errors = (0.09, 0.04, 0.01, 0.0, 0.0)  # of 0.1 alike, hypot(0.1, 0.2) is below 0.3
    told = _told(
        _cell(alike=0.1, formula=0.0, errors=errors),
        _cell(alike=0.1, formula=0.0, errors=(0.09,) * 5),
        _cell(alike=0.31, formula=0.0, errors=errors),
        _cell(alike=0.1, formula=0.3, errors=errors),
    )
    assert "of 4 cells 1 would come to it with 5 more calls each at most, 1 with more than" in told
    assert "1 with no number of calls: calls alike differ by more, 1 with none: the form" in told


def test_of_too_few_calls_nothing_is_claimed() -> None:
    told = _told(_cell(alike=None, formula=0.35, errors=(0.0,) * 5), now=None)
    assert told.startswith("more calls: these are too few to say")
