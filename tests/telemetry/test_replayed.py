"""Recorded calls as another release would have predicted them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coefgate.core.estimate import estimate
from coefgate.core.table import Table
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import compiled
from coefgate.registry.reading import read_registry
from coefgate.telemetry.replayed import replayed, replayed_rows
from tests.frozen_registry import BY_HAND
from tests.telemetry.tables import records_of, table_of


@pytest.fixture(scope="module")
def registry() -> Table:
    return compiled(read_registry(FolderTree(BY_HAND)), "1.0.0")


def test_a_call_is_predicted_by_what_its_record_says(registry: Table) -> None:
    [record] = records_of(table_of({"category": "tests", "complexity": "high", "deliverables": 2}))
    found = replayed([replace(record, budget_risk=None)], registry)
    files = [Deliverable(f"src/file_{at}.py", "create") for at in range(2)]
    told = estimate(registry, category="tests", complexity="high", deliverables=files)
    assert found.predicted_before.tolist() == found.budget_before.tolist() == [told.tokens]
    assert (found.budget.tolist(), found.reached.tolist()) == ([1500], [800])
    assert found.cut_off.tolist() == [False]


def test_a_risk_that_is_not_stated_is_served_by_the_prediction(registry: Table) -> None:
    [record] = records_of(table_of({}), budget_risk=0.001)
    found = replayed([record], registry)
    assert found.budget_before.tolist() == found.predicted_before.tolist()


def test_calls_of_one_phase_are_told_by_it_and_others_stand_alone(registry: Table) -> None:
    phases: list[dict[str, Any]] = [
        {"phase": "runner/a"},
        {"phase": "runner/b"},
        {"phase": "runner/a"},
        {"phase": None},
    ]
    found = replayed(records_of(table_of(*phases)), registry)
    assert found.phase.tolist() == [0, 1, 0, -1]


def test_of_too_many_calls_whole_phases_are_taken() -> None:
    table = table_of(*({"phase": f"runner/{at // 2}"} for at in range(40)))
    rows = np.arange(40)
    assert replayed_rows(table, rows).tolist() == rows.tolist()
    some = replayed_rows(table, rows, most=10)
    assert len(some) == 10
    assert set(np.bincount(table.phase.codes[some]).tolist()) == {0, 2}
