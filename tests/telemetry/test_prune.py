"""Old records go, and nobody takes that for a loss."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem
from coefgate.telemetry.prune import PrunedRecorder, old_records, prune, refuse_unless_kept
from coefgate.telemetry.recorders import read_recorders
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.ship import ship
from coefgate.telemetry.store import Store
from coefgate.telemetry.times import SECOND
from tests.telemetry.rows import MONDAY, A, B, call, calls_of, put, recorder

AT_TEN = MONDAY + 10 * SECOND


def _numbers(store: Store, writer: str = A) -> list[int]:
    with store.read() as connection:
        asked = sa.select(calls.c.sequence).where(calls.c.writer == writer)
        return list(connection.scalars(asked.order_by(calls.c.sequence)))


def _lost(store: Store) -> int:
    with store.read() as connection:
        known = sum(one.missing for one in read_recorders(connection, since=0))
        return known + int(connection.scalar(sa.select(sa.func.sum(writers.c.pruned_lost))) or 0)


def test_what_is_old_goes_and_losses_stay_known(store: Store) -> None:
    # Of 1 to 13 the numbers 3 and 12 were lost; 1 to 9 began before ten seconds.
    put(store, calls_of(A, [1, 2, *range(4, 12), 13]), recorder(begun=13))
    put(store, calls_of(B, [1, 2]), recorder(B, begun=4))
    assert _lost(store) == 4
    old = old_records(store, before=AT_TEN)
    assert old == [PrunedRecorder(A, 0, 9, 8), PrunedRecorder(B, 0, 4, 2)]
    prune(store, old)
    assert _numbers(store) == [10, 11, 13]
    assert _numbers(store, B) == []
    assert _lost(store) == 4
    assert old_records(store, before=AT_TEN) == []
    prune(store, old_records(store, before=AT_TEN + 100 * SECOND))
    assert _numbers(store) == []
    assert _lost(store) == 4


def test_what_a_call_that_goes_on_may_join_stays(store: Store) -> None:
    put(store, calls_of(A, [1, 2, 4, 5]), recorder(begun=5, closed=False))
    old = old_records(store, before=AT_TEN)
    assert old == [PrunedRecorder(A, 0, 2, 2)]
    prune(store, old)
    assert (_numbers(store), _lost(store)) == ([4, 5], 1)
    put(store, [call(3)], recorder(begun=5))
    assert old_records(store, before=AT_TEN) == [PrunedRecorder(A, 2, 5, 3)]


def test_what_began_earlier_by_a_wrong_clock_stays_with_its_neighbours(store: Store) -> None:
    put(
        store,
        [call(1), call(2, started_at=AT_TEN), call(3, started_at=MONDAY)],
        recorder(begun=3),
    )
    assert old_records(store, before=AT_TEN) == [PrunedRecorder(A, 0, 1, 1)]


def test_what_is_not_kept_elsewhere_stays(store: Store, file_store: Store) -> None:
    put(file_store, calls_of(A, range(1, 6)), recorder(begun=5))
    ship(file_store, store.address)
    with store.write() as connection:
        connection.execute(sa.delete(calls).where(calls.c.sequence == 2))
        connection.execute(sa.update(calls).where(calls.c.sequence == 3).values(budget=7))
    old = old_records(file_store, before=AT_TEN)
    with pytest.raises(EnvironmentProblem, match="2 of the 5 records are not in") as caught:
        refuse_unless_kept(file_store, store, old)
    assert "To see which differ (1): coefgate telemetry ingest" in str(caught.value)


def test_what_was_shipped_may_go_and_the_other_store_loses_nothing(
    store: Store, file_store: Store
) -> None:
    put(file_store, calls_of(A, [*range(1, 6), *range(7, 13)]), recorder(begun=12))
    ship(file_store, store.address)
    old = old_records(file_store, before=AT_TEN)
    refuse_unless_kept(file_store, store, old)
    prune(file_store, old)
    assert ship(file_store, store.address).records.added == 0
    assert _numbers(store) == [*range(1, 6), *range(7, 13)]
    assert (_numbers(file_store), _lost(file_store), _lost(store)) == ([10, 11, 12], 1, 1)
