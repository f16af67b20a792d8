"""Cells and aims, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from coefgate.registry.model import CoverageAims, Scope
from coefgate.samples.coverage import FALLBACK, NO_DELIVERABLES, Coverage, CoveredCell, coverage
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.status import SCORED, Audited, CallCount, audit
from tests.samples.conftest import call, deliverable, line, read_lines

AIMS = CoverageAims(
    eligible_samples_from=3,
    eligible_samples_to=5,
    categories=2,
    each_complexity=1,
    five_or_more_deliverables=1,
)


NEWEST = date(2026, 2, 28)
"""The day of ``call()``, where it is in UTC."""
NAMES = {"tests": "tests", "testing": "tests", "docs": "docs"}


def _served_by(sample: Sample) -> tuple[str, str]:
    """As a registry for one model that declares tests and docs, low and high."""
    complexity = str(sample.complexity)
    category = NAMES.get(str(sample.category))
    if category is None or complexity == "medium" or sample.model == "gpt-5.1":
        return FALLBACK, complexity
    return category if sample.deliverables else NO_DELIVERABLES, complexity


def _coverage(*calls: dict[str, Any]) -> Coverage:
    samples, problems = read_lines([line(**each) for each in calls])
    assert problems == ()
    audited = audit(SampleStore(tuple(samples), {}), scope=Scope(None, None), unit="call")
    placed: dict[tuple[str, str], list[Audited]] = {}
    for one in audited:
        if one.status in SCORED:
            placed.setdefault(_served_by(one.sample), []).append(one)
    return coverage(
        placed,
        categories=("tests", "docs"),
        complexities=("low", "high"),
        aims=AIMS,
    )


def test_a_call_counts_where_it_is_predicted() -> None:
    found = _coverage(
        call(attempt=1),
        call(attempt=2, category="testing"),
        call(attempt=3, phase_id="phase-2"),
        call(attempt=4, category="docs", complexity="medium"),
        call(attempt=5, category="frontend"),
        call(attempt=6, category="docs", complexity="high", success=False),
        call(attempt=7, model="gpt-5.1"),
        call(attempt=8, deliverables=[]),
        call(attempt=9, phase_id="phase-3", truncated=True),
    )
    assert found.cells == (
        CoveredCell("tests", "low", CallCount(3, 1, 3), NEWEST),
        CoveredCell("tests", "high", CallCount()),
        CoveredCell("docs", "low", CallCount()),
        CoveredCell("docs", "high", CallCount()),
    )
    assert found.outside == (
        CoveredCell("(fallback)", "low", CallCount(2, 0, 1), NEWEST),
        CoveredCell("(fallback)", "medium", CallCount(1, 0, 1), NEWEST),
        CoveredCell("(no deliverables)", "low", CallCount(1, 0, 1), NEWEST),
    )


def test_what_the_fallback_predicts_counts_for_no_aim() -> None:
    many = [deliverable(f"src/{number}.py") for number in range(5)]
    fallen = [
        call(attempt=n, complexity="high", deliverables=many, model="gpt-5.1") for n in range(2, 9)
    ]
    found = _coverage(call(), *fallen)
    assert [(aim.aim, aim.have, aim.missing) for aim in found.aims] == [
        ("eligible_samples", 1, "2 more eligible, beside 7 that the fallback predicts"),
        ("categories", 1, "1 more category; without an eligible sample: docs"),
        ("each_complexity", 0, "1 more of high"),
        ("five_or_more_deliverables", 0, "1 more with 5 deliverables or more"),
    ]


def test_what_is_missing_is_said_in_words() -> None:
    found = _coverage(call())
    assert [(aim.aim, aim.wanted, aim.have, aim.met, aim.missing) for aim in found.aims] == [
        ("eligible_samples", "3 to 5", 1, False, "2 more eligible"),
        ("categories", "2", 1, False, "1 more category; without an eligible sample: docs"),
        ("each_complexity", "1", 0, False, "1 more of high"),
        ("five_or_more_deliverables", "1", 0, False, "1 more with 5 deliverables or more"),
    ]


def test_aims_that_are_met_lack_nothing() -> None:
    many = [deliverable(f"src/{number}.py") for number in range(5)]
    found = _coverage(
        call(deliverables=many),
        call(attempt=2, category="docs"),
        *(call(attempt=n, complexity="high") for n in range(3, 9)),
    )
    assert all(aim.met and not aim.missing for aim in found.aims)
    assert [aim.have for aim in found.aims] == [8, 2, 2, 1]


def test_a_cell_says_the_day_of_its_newest_call_in_utc() -> None:
    found = _coverage(
        call(attempt=1, observed_at="2026-03-02T09:00:00+11:00"),  # 22:00 on the day before
        call(attempt=2, observed_at="2025-12-31T23:00:00Z"),
        call(attempt=3, observed_at=None),
        call(attempt=4, observed_at=None, complexity="high"),
        call(attempt=5, observed_at="2026-03-03T00:00:00Z", success=False),
    )
    days = {(one.category, one.complexity): one.newest for one in found.cells}
    assert days[("tests", "low")] == date(2026, 3, 1)
    assert days[("tests", "high")] is None
    assert days[("docs", "low")] is None
