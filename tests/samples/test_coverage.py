"""Cells and aims, by hand."""

from __future__ import annotations

from typing import Any

from coefgate.registry.model import CoverageAims, Scope
from coefgate.samples.coverage import Coverage, CoveredCell, coverage
from coefgate.samples.eligibility import audit
from coefgate.samples.model import SampleStore

from .conftest import call, deliverable, line, read_lines

AIMS = CoverageAims(
    eligible_samples_from=3,
    eligible_samples_to=5,
    categories=2,
    each_complexity=1,
    five_or_more_deliverables=1,
)


def _coverage(*calls: dict[str, Any]) -> Coverage:
    samples, problems = read_lines([line(**each) for each in calls])
    assert problems == ()
    audited = audit(SampleStore(tuple(samples), {}), scope=Scope(None, None), unit="call")
    return coverage(
        audited,
        canonical_category={"tests": "tests", "testing": "tests", "docs": "docs"},
        categories=("tests", "docs"),
        complexities=("low", "high"),
        aims=AIMS,
    )


def test_every_declared_cell_is_listed_and_then_others_that_occur() -> None:
    found = _coverage(
        call(attempt=1),
        call(attempt=2, category="testing"),
        call(attempt=3, phase_id="phase-2"),
        call(attempt=4, category="docs", complexity="medium"),
        call(attempt=5, category="frontend"),
        call(attempt=6, category="docs", complexity="high", success=False),
    )
    assert found.cells == (
        CoveredCell("tests", "low", 3, 2),
        CoveredCell("tests", "high", 0, 0),
        CoveredCell("docs", "low", 0, 0),
        CoveredCell("docs", "high", 0, 0),
        CoveredCell("docs", "medium", 1, 1),
        CoveredCell("frontend", "low", 1, 1),
    )


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
