"""What a store says of itself."""

from __future__ import annotations

import pytest

from coefgate.telemetry.status import StoreTotals, read_status, store_totals
from coefgate.telemetry.store import Store, open_store
from coefgate.telemetry.times import DAY, SECOND
from tests.telemetry.rows import MONDAY, B, call, put, recorder
from tests.telemetry.stores import store_with
from tests.telemetry.tables import records_of, table_of

MONDAY_IN_DAYS = MONDAY // DAY


def test_an_empty_store_has_nothing_to_say(store: Store) -> None:
    with store.read() as connection:
        found = read_status(connection)
    assert (found.records, found.weeks, found.last_at, found.lost) == (0, {}, None, 0)


def test_records_by_fault_and_week_and_what_never_came(store: Store) -> None:
    put(
        store,
        [
            call(1, started_at=MONDAY),
            call(2, started_at=MONDAY - SECOND),  # the Sunday before; within a second
            call(3, started_at=MONDAY + 15 * DAY),
            call(5, started_at=MONDAY + 15 * DAY - 2 * SECOND),  # its clock went back
            call(6, started_at=1 << 60, fault="clock"),
            call(7, started_at=MONDAY + 15 * DAY, state="unfinished"),
        ],
        recorder(begun=9),
    )
    put(store, [call(2, B)], recorder(B, begun=3, closed=False))
    with store.read() as connection:
        found = read_status(connection)
    assert found.by_state == {"finished": 6, "unfinished": 1}
    assert found.by_fault == {"clock": 1}
    assert found.weeks == {
        MONDAY_IN_DAYS - 7: 1,
        MONDAY_IN_DAYS: 2,
        MONDAY_IN_DAYS + 7: 0,
        MONDAY_IN_DAYS + 14: 3,
    }
    assert found.empty_weeks == [MONDAY_IN_DAYS + 7]
    assert found.last_at == MONDAY + 15 * DAY + SECOND
    assert (found.backwards, found.lost, found.waited_for) == (1, 3, 2)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = ({"started_at": at * SECOND, "finished_at": (at + 5) * SECOND} for at in (1, 2, 3))
    return store_with(tmp_path_factory.mktemp("totals") / "t.db", records_of(table_of(*rows)))


@pytest.mark.parametrize(
    ("until", "totals"),
    [(99, StoreTotals(3, 8 * SECOND)), (7, StoreTotals(2, 7 * SECOND)), (1, StoreTotals(0, None))],
)
def test_totals_are_those_of_a_moment(three: str, until: int, totals: StoreTotals) -> None:
    with open_store(three) as opened, opened.read() as connection:
        assert store_totals(connection, until=until * SECOND) == totals
