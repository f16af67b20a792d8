"""Rows are added once; what is there is never changed, and what does not fit is counted."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from coefgate.telemetry.adding import AddedRecords, add_calls, merge_writers
from coefgate.telemetry.record_rows import StoredRow
from coefgate.telemetry.schema import calls, writers
from coefgate.telemetry.store import Store
from coefgate.telemetry.times import DAY
from tests.telemetry.rows import MONDAY, A, B, call, calls_of, put, recorder


def _add(store: Store, *rows: StoredRow) -> AddedRecords:
    with store.write() as connection:
        return add_calls(connection, rows)


def _all(store: Store, table: sa.Table) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.c[:2]))]


def _merge(store: Store, **facts: Any) -> dict[str, Any]:
    """Bring a row in, and give the one that there is then."""
    names = writers.c.keys()
    row = dict(zip(names, recorder(begun=5), strict=True)) | facts
    with store.write() as connection:
        merge_writers(connection, [tuple(row.values())])
    return dict(zip(names, _all(store, writers)[0], strict=True))


def test_rows_come_back_as_they_were(store: Store) -> None:
    rows = [
        call(1, fault=None, interval_coverage=None, truncated=None, success=False),
        call(2, phase_id="'; DROP TABLE calls; --", model="größe 🐘"),
        call(3, started_at=-(1 << 60), fault="clock"),
    ]
    assert _add(store, *rows).added == 3
    assert _all(store, calls) == rows


def test_the_same_again_adds_nothing(store: Store) -> None:
    rows = [*calls_of(A, range(1, 4)), *calls_of(B, range(2, 5))]
    first, second = _add(store, *rows), _add(store, *rows, call(4))
    assert (first.added, first.known) == (6, 0)
    assert (second.added, second.known, dict(second.refused)) == (1, 6, {})


def test_what_says_otherwise_is_refused_by_name_and_changes_nothing(store: Store) -> None:
    _add(store, call(1), call(2))
    other = call(2, actual_output_tokens=1)
    done = _add(store, other, call(3), call(3, success=False))
    assert done.added == 1
    assert done.refused["conflict"].count == 2
    assert done.refused["conflict"].places == [f"{A}:2", f"{A}:3"]
    assert _all(store, calls) == [call(1), call(2), call(3)]


def test_what_was_pruned_does_not_come_back(store: Store) -> None:
    _merge(store, pruned_to=2)
    done = _add(store, call(2), call(3))
    assert (done.added, done.refused["pruned"].count) == (1, 1)


def test_of_a_recorder_the_latest_is_known(store: Store) -> None:
    _merge(store, begun=5, closed=False, seen_at=MONDAY + DAY)
    found = _merge(store, begun=3, closed=True, seen_at=MONDAY, started_at=MONDAY - DAY)
    assert found == {
        "writer": A,
        "runner": "host-1",
        "program_version": "0.1.0",
        "started_at": MONDAY - DAY,
        "seen_at": MONDAY + DAY,
        "begun": 5,
        "closed": True,
        "pruned_to": 0,
        "pruned_lost": 0,
    }
    assert _merge(store, begun=9)["begun"] == 9


def test_what_was_lost_goes_with_what_was_pruned_furthest(store: Store) -> None:
    _merge(store, pruned_to=4, pruned_lost=2)
    found = _merge(store, pruned_to=3, pruned_lost=9)
    assert (found["pruned_to"], found["pruned_lost"]) == (4, 2)
    found = _merge(store, pruned_to=5, pruned_lost=3)
    assert (found["pruned_to"], found["pruned_lost"]) == (5, 3)


def test_records_alone_tell_of_their_recorder_until_it_is_known(store: Store) -> None:
    put(store, [call(3), call(7)])
    found = dict(zip(writers.c.keys(), _all(store, writers)[0], strict=True))
    assert (found["program_version"], found["begun"], found["closed"]) == ("unknown", 7, False)
    known = _merge(store, begun=8, program_version="0.2.0", runner="host-2")
    assert (known["program_version"], known["runner"]) == ("0.2.0", "host-2")


@pytest.mark.parametrize("closed", [True, False])
def test_a_record_after_its_recorders_end_opens_it_again(store: Store, closed: bool) -> None:
    put(store, [call(1)], recorder(begun=1, closed=closed))
    _add(store, call(2))
    assert _all(store, writers)[0][6] is False
