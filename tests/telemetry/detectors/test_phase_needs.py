"""Phases of records and of stored calls: one number each."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from coefgate.calibration.residuals import Residuals
from coefgate.telemetry.alarms.week import WatchedRecords
from coefgate.telemetry.detectors import phase_needs
from coefgate.telemetry.detectors.phase_needs import needs_of_records, needs_of_samples
from tests.telemetry.tables import invented, table_of


def test_a_phase_is_the_mean_of_its_calls() -> None:
    table = table_of(
        {"phase": "a", "predicted": 100, "actual": 200},
        {"phase": "a", "predicted": 100, "actual": 50},
        {"phase": "a", "predicted": 100, "actual": 100, "truncated": 1},
        {"phase": "b", "predicted": 100, "actual": 300},
        {"phase": None, "predicted": 100, "actual": 400},
        {"phase": None, "predicted": 100, "actual": 500},
    )
    found = needs_of_records(WatchedRecords(table, {}), np.arange(6))
    # 2, a half and (at least) 1: their logarithms add up to 0.
    assert found.need == pytest.approx([0, log(3), log(4), log(5)])
    assert found.at_least.tolist() == [True, False, False, False]
    assert found.calls.tolist() == [3, 1, 1, 1]
    assert len(found.of(("tests", "low"))) == 4
    assert len(found.of(("docs", "low"))) == 0


def test_a_phase_belongs_to_the_cell_of_most_of_its_calls() -> None:
    table = table_of(
        {"category": "docs", "actual": 1},
        {"category": "tests", "actual": 100},
        {"category": "testing", "actual": 400},
        {"category": None, "actual": 1},
        {"complexity": None, "actual": 1},
        phase="a",
        predicted=100,
    )
    found = needs_of_records(WatchedRecords(table, {"testing": "tests"}), np.arange(5))
    # 1 and 4, by an alias.
    assert found.need == pytest.approx([log(2)])
    assert found.cell.tolist() == [found.cells["tests", "low"]]


def test_of_many_phases_the_same_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    table = invented(600, np.random.default_rng(1))
    every = needs_of_records(WatchedRecords(table, {}), np.arange(600))
    monkeypatch.setattr(phase_needs, "MOST", 100)
    drawn = needs_of_records(WatchedRecords(table, {}), np.arange(600))
    assert (len(every), len(drawn)) == (300, 100)
    assert {*drawn.need.tolist()} < {*every.need.tolist()}
    # Which ones does not depend on the others.
    fewer = needs_of_records(WatchedRecords(table, {}), np.arange(300))
    assert len({*fewer.need.tolist()} & {*drawn.need.tolist()}) > 40


def test_stored_calls_outside_cells_count_for_no_cell() -> None:
    known = Residuals(
        residual=np.array([0.5, 1.5, 3.0]),
        censored=np.array([False, True, False]),
        cell=np.array([0, 0, -1]),
        phase=np.array([-7, -7, 9]),
        fold=np.array([0, 0, 1]),
        cells=(("docs", "low"),),
    )
    found = needs_of_samples(known)
    assert (found.need.tolist(), found.at_least.tolist()) == ([1.0], [True])
    assert len(needs_of_samples(known.where(np.array([False, False, True])))) == 0
