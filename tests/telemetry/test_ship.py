"""Records are shipped once, in whatever order servers go and come; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from coefgate.core.problems import EnvironmentProblem
from coefgate.telemetry.adding import add_calls, merge_writers
from coefgate.telemetry.ingest import ingest
from coefgate.telemetry.record_rows import CALL_NAMES
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.ship import ship
from coefgate.telemetry.store import Store, make_store, open_store
from coefgate.telemetry.store_address import StoreAddress, store_address
from tests.postgres import Server
from tests.telemetry.rows import A, B, call, calls_of, put, recorder


@pytest.fixture
def target(postgres_url: str) -> StoreAddress:
    make_store(postgres_url)
    return store_address(postgres_url)


def _content(store: Store) -> list[list[tuple[object, ...]]]:
    with store.read() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.c[:2]))]
            for table in (calls, writers)
        ]


def _there(target: StoreAddress) -> list[list[tuple[object, ...]]]:
    with open_store(target) as store:
        return _content(store)


def test_what_is_new_is_shipped(store: Store, file_store: Store) -> None:
    put(file_store, calls_of(A, [*range(1, 1502), 2600]), recorder(begun=2600, closed=False))
    put(file_store, calls_of(B, range(1, 4)), recorder(B, begun=4))
    target = store.address
    assert ship(file_store, target).records.added == 1505
    assert _there(target) == _content(file_store)
    assert ship(file_store, target).records.added == 0
    put(file_store, [call(1502), call(2601)])
    assert ship(file_store, target).records.added == 2
    assert _there(target)[0] == _content(file_store)[0]


def test_a_hole_is_filled_where_the_other_store_has_as_many(
    file_store: Store, target: StoreAddress
) -> None:
    put(file_store, [call(1), call(2)])
    with open_store(target, write=True) as store:
        put(store, [call(1), call(3)])
    assert ship(file_store, target).records.added == 1
    assert [row[1] for row in _there(target)[0]] == [1, 2, 3]


def test_a_late_record_of_a_closed_recorder_is_shipped(
    file_store: Store, target: StoreAddress
) -> None:
    put(file_store, [call(1)], recorder(begun=2))
    ship(file_store, target)
    put(file_store, [call(2)], recorder(begun=2, closed=False))
    assert ship(file_store, target).records.added == 1


def test_a_closed_recorder_is_not_counted_again(file_store: Store, target: StoreAddress) -> None:
    put(file_store, [call(1), call(2)], recorder(begun=2))
    ship(file_store, target)
    with file_store.write() as connection:
        connection.execute(sa.update(calls).values(sequence=calls.c.sequence + 7))
    assert ship(file_store, target).records.added == 0


def test_records_without_a_row_of_their_recorder_are_shipped(
    file_store: Store, target: StoreAddress
) -> None:
    with file_store.write() as connection:
        add_calls(connection, [call(1), call(1, B)])
    assert ship(file_store, target).records.added == 2
    assert [row[0] for row in _there(target)[1]] == [A, B]


def test_what_the_other_store_has_otherwise_is_told_until_it_is_settled(
    store: Store, file_store: Store
) -> None:
    put(file_store, [call(1), call(2), call(3)], recorder(begun=3))
    put(store, [call(2, category="tests"), call(4)])
    kept = call(2, category="tests")
    for added in (2, 0):
        done = ship(file_store, store.address).records
        assert (done.added, done.refused["conflict"].places) == (added, [f"{A}:2"])
        assert _content(store)[0] == [call(1), kept, call(3), call(4)]
    assert ingest(str(file_store.address.path), store).refused["conflict"].places == [f"{A}:2"]


@pytest.mark.parametrize(
    "facts",
    [{"actual_output_tokens": 1}, {"truncated": None}, {"category": "implementation"}],
    ids=["number", "answer", "text"],
)
def test_a_record_that_changed_of_a_recorder_that_lives_is_told(
    store: Store, file_store: Store, facts: dict[str, Any]
) -> None:
    put(file_store, calls_of(A, range(1, 1003)), recorder(begun=1002, closed=False))
    ship(file_store, store.address)
    with store.write() as connection:
        connection.execute(sa.update(calls).where(calls.c.sequence == 7).values(**facts))
    done = ship(file_store, store.address).records
    assert (done.added, done.refused["conflict"].places) == (0, [f"{A}:7"])


def test_a_recorder_that_has_ended_is_compared_as_a_whole_once(
    file_store: Store, target: StoreAddress
) -> None:
    put(file_store, [call(1), call(2)], recorder(begun=2, closed=False))
    ship(file_store, target)
    with file_store.write() as connection:  # a text of the same length
        connection.execute(sa.update(calls).where(calls.c.sequence == 2).values(category="abcd"))
    assert len("abcd") == len(call(2)[CALL_NAMES.index("category")])  # type: ignore[arg-type]
    assert not ship(file_store, target).records.refused
    with file_store.write() as connection:
        merge_writers(connection, [recorder(begun=2)])
    assert ship(file_store, target).records.refused["conflict"].places == [f"{A}:2"]


def test_of_two_that_ship_at_once_each_counts_what_it_added(
    file_store: Store, target: StoreAddress
) -> None:
    """Another one comes between what is looked at and what is inserted."""
    put(file_store, [call(1), call(2), call(3)])
    faster = [call(1), call(2, success=False)]
    with open_store(target, write=True) as other:

        def be_faster(_: sa.Connection, __: object, statement: str, *___: object) -> None:
            if faster and statement.startswith("INSERT INTO calls"):
                rows = [faster.pop(), faster.pop()]
                put(other, rows)

        sa.event.listen(sa.Engine, "before_cursor_execute", be_faster)
        try:
            done = ship(file_store, target).records
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", be_faster)
        assert (done.added, done.known) == (1, 1)
        assert done.refused["conflict"].places == [f"{A}:2"]
        assert _content(other)[0] == [call(1), call(2, success=False), call(3)]


class _Outage:
    """A server that goes when something is asked of it, and comes back while one waits."""

    def __init__(self, server: Server, *, back_after: float) -> None:
        self.server, self.back_after, self.waited = server, back_after, 0.0

    def wait(self, seconds: float) -> None:
        self.waited += seconds
        if self.waited >= self.back_after:
            self.server.start()


@pytest.fixture
def back(postgres: Server) -> Iterator[None]:
    """The server runs again at the end, whatever happens."""
    yield
    postgres.start()


@pytest.mark.usefixtures("back")
def test_a_server_that_goes_for_a_while_is_waited_for(
    file_store: Store, target: StoreAddress, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(file_store, calls_of(A, range(1, 3001)), recorder(begun=3000))
    outage = _Outage(postgres, back_after=40)
    sent = 0

    def add_and_stop(connection: sa.Connection, rows: object) -> object:
        nonlocal sent
        sent += 1
        if sent == 2:
            postgres.stop()
        return add_calls(connection, rows)  # type: ignore[arg-type]

    monkeypatch.setattr("coefgate.telemetry.ship.add_calls", add_and_stop)
    done = ship(file_store, target, wait=outage.wait)
    assert done.away > 1
    assert 40 <= outage.waited <= 60
    assert done.records.added == 3000
    assert _there(target) == _content(file_store)


@pytest.mark.usefixtures("back")
def test_a_server_that_stays_away_leaves_the_rest_for_later(
    file_store: Store, target: StoreAddress, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(file_store, calls_of(A, range(1, 1501)), recorder(begun=1500))
    waited: list[float] = []

    def add_and_stop(connection: sa.Connection, rows: object) -> object:
        done = add_calls(connection, rows)  # type: ignore[arg-type]
        if len(_held(rows)) < 1000:
            postgres.stop()
        return done

    with monkeypatch.context() as patch:
        patch.setattr("coefgate.telemetry.ship.add_calls", add_and_stop)
        with pytest.raises(EnvironmentProblem) as caught:
            ship(file_store, target, wait=waited.append)
    assert sum(waited) == 60
    assert waited[:4] == [1, 2, 4, 8]
    assert "1,000 records were shipped, and 500 are left" in str(caught.value)
    postgres.start()
    assert ship(file_store, target).records.added == 500
    assert _there(target) == _content(file_store)


def _held(rows: object) -> list[object]:
    assert isinstance(rows, list)
    return rows


@pytest.mark.usefixtures("back")
def test_a_server_that_was_never_there_is_told(
    file_store: Store, target: StoreAddress, postgres: Server
) -> None:
    put(file_store, [call(1)])
    postgres.stop()
    with pytest.raises(
        EnvironmentProblem, match=r"away.* 0 records were shipped, and up to 1 are"
    ):
        ship(file_store, target, wait=lambda _: None)
