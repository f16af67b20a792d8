from __future__ import annotations

import pytest

from coefgate.core.table import Table
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import compiled
from coefgate.registry.reading import read_registry
from coefgate.telemetry.alarms.new_names import new_categories, other_models
from tests.frozen_registry import BY_HAND
from tests.telemetry.tables import MONDAY, table_of

WEEK_48 = MONDAY // 86_400_000_000


@pytest.fixture(scope="module")
def registry() -> Table:
    return compiled(read_registry(FolderTree(BY_HAND)), "1.0.0")


def test_categories_that_are_not_declared_are_named_the_most_frequent_first(
    registry: Table,
) -> None:
    table = table_of(
        {"category": "docs"},
        {"category": "documentation"},  # an alias
        {"category": None},
        {"category": "migration"},
        *[{"category": "bugfix"}] * 2,
    )
    found = new_categories(table, WEEK_48, registry)
    assert (found.answer, found.names) == ("alert", ("bugfix", "migration"))
    assert (found.counted, found.calls, found.rows.tolist()) == (3, 6, [3, 4, 5])


def test_models_that_the_registry_was_not_made_for(registry: Table) -> None:
    table = table_of({"model": "claude-sonnet-4-5"}, {"model": "gpt-5.3"}, {"model": None})
    found = other_models(table, WEEK_48, registry)
    assert (found.answer, found.names, found.counted) == ("alert", ("gpt-5.3",), 1)


def test_names_of_another_week_are_no_matter_and_of_no_call_nobody_can_tell(
    registry: Table,
) -> None:
    table = table_of({"category": "bugfix"})
    found = new_categories(table, WEEK_48 + 7, registry)
    assert (found.answer, found.why, found.names) == ("cannot-tell", "no-calls", ())
    known = new_categories(table_of({}), WEEK_48, registry)
    assert known.answer == "fine"
