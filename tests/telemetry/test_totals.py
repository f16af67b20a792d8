"""What a store holds as a whole, at a moment."""

from __future__ import annotations

import pytest

from coefgate.telemetry.store import open_store
from coefgate.telemetry.totals import StoreTotals, store_totals
from tests.telemetry.stores import store_with
from tests.telemetry.tables import SECOND, records_of, table_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = ({"started_at": at * SECOND, "finished_at": (at + 5) * SECOND} for at in (1, 2, 3))
    return store_with(tmp_path_factory.mktemp("totals") / "t.db", records_of(table_of(*rows)))


@pytest.mark.parametrize(
    ("until", "totals"),
    [(99, StoreTotals(3, 8 * SECOND)), (7, StoreTotals(2, 7 * SECOND)), (1, StoreTotals(0, None))],
)
def test_totals_are_those_of_a_moment(store: str, until: int, totals: StoreTotals) -> None:
    with open_store(store) as opened, opened.read() as connection:
        assert store_totals(connection, until=until * SECOND) == totals
