"""Which cells come next, by hand."""

from __future__ import annotations

from coefgate.samples.status import CallCount
from coefgate.telemetry.thin_cells import ThinCell, thin_cells
from coefgate.telemetry.weeks import ScoredRecords
from tests.telemetry.tables import table_of

RECORDED = {"docs/low": CallCount(4, 1, 3), "tests/low": CallCount(9, 0, 9)}


def test_with_samples_the_emptiest_cell_comes_first() -> None:
    stored = {"docs/low": CallCount(30, 2, 20), "tests/low": CallCount(3, 0, 3)}
    assert thin_cells(RECORDED, stored) == (
        ThinCell("tests/low", RECORDED["tests/low"], stored["tests/low"], 7),
        ThinCell("docs/low", RECORDED["docs/low"], stored["docs/low"], 0),
    )


def test_a_cell_that_is_not_declared_has_no_samples() -> None:
    found = thin_cells(RECORDED, {"docs/low": CallCount(1, 0, 1)})
    assert [(one.cell, one.stored, one.lacks) for one in found] == [
        ("tests/low", None, 10),
        ("docs/low", CallCount(1, 0, 1), 9),
    ]


def test_without_a_registry_records_decide() -> None:
    found = thin_cells(RECORDED, None)
    assert [(one.cell, one.lacks) for one in found] == [("docs/low", 7), ("tests/low", 1)]


def test_of_equally_empty_cells_the_one_with_most_records_comes_first() -> None:
    recorded = {
        name: CallCount(calls, 0, 2) for name, calls in (("a/x", 2), ("b/x", 5), ("c/x", 5))
    }
    assert [one.cell for one in thin_cells(recorded, {})] == ["b/x", "c/x", "a/x"]


def test_cells_are_counted_of_scored_records() -> None:
    table = table_of(
        {"phase": "a/1"},
        {"phase": "a/1", "truncated": 1, "limit": 800},
        {"category": "docs", "phase": None},
        {"success": 0},
    )
    assert ScoredRecords.of(table).counts("cell") == {
        "docs/low": CallCount(1, 0, 1),
        "tests/low": CallCount(1, 1, 1),
    }
