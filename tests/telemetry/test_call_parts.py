"""Which recorded calls are looked at together, and how many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.call_parts import CallParts, call_parts
from coefgate.telemetry.store import open_store
from tests.runner.records import BEGAN, SECOND, WRITER, record
from tests.telemetry.stores import store_with


def _parts(place: Path | str, records: Iterable[CallRecord], **options: Any) -> CallParts:
    """``place``: a folder for a file of SQLite, or the address of a database."""
    address = place if isinstance(place, str) else place / "calls.db"
    with open_store(store_with(address, records)) as store, store.read() as connection:
        return call_parts(connection, **options)


def _calls(*facts: dict[str, Any]) -> list[CallRecord]:
    """Calls of one recorder, a second after the other, each with tokens that no other has."""
    return [
        record(sequence=number, **({"actual_output_tokens": 100 + number} | one))
        for number, one in enumerate(facts, 1)
    ]


def test_a_phase_is_a_part_and_so_is_a_call_without_one(tmp_path: Path) -> None:
    phases = ("a", "b", None, "a", None, "b")
    found = _parts(tmp_path, _calls(*({"phase_id": one} for one in phases)))
    assert found.part.tolist() == [0, 1, 2, 0, 3, 1]
    assert list(found.batches(1)) == [[0, 3], [1, 5], [2], [4]]
    assert list(found.batches(3)) == [[0, 1, 3, 5], [2, 4]]
    assert list(found.batches(100)) == [[0, 1, 2, 3, 4, 5]]
    assert list(found.batches(1, holding={5, 2})) == [[1, 5], [2]]
    assert list(found.batches(1, holding=())) == []
    assert found.keys([5, 0]) == [(WRITER, 6), (WRITER, 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"call_id": "msg_1"}, {"call_id": "msg_1"}),
        ({"started_at": BEGAN, "actual_output_tokens": 7},) * 2,
        ({"started_at": BEGAN, "actual_output_tokens": None},) * 2,
        ({"phase_id": "/srv/ann/p"}, {"phase_id": "/srv/bob/p"}),
    ],
)
def test_calls_that_may_say_the_same_are_of_one_part(
    one: dict[str, Any], other: dict[str, Any], tmp_path: Path
) -> None:
    facts = [{"phase_id": "a"} | one, {"phase_id": "b"} | other, {"phase_id": "c"}]
    assert sorted(_parts(tmp_path, _calls(*facts)).part.tolist()) == [0, 0, 1]


def test_parts_that_have_a_call_in_common_are_one(tmp_path: Path) -> None:
    found = _parts(
        tmp_path,
        _calls(
            {"phase_id": "c", "call_id": "x"},
            {"phase_id": "d"},
            {"phase_id": "b", "call_id": "x"},
            {"phase_id": "b", "call_id": "y"},
            {"phase_id": "a", "call_id": "y"},
        ),
    )
    assert found.part.tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"actual_output_tokens": 8}),
        ({}, {"started_at": BEGAN + 1}),
        ({"origin": "elsewhere", "phase_id": "a"}, {"started_at": BEGAN + 1, "phase_id": "a"}),
    ],
)
def test_other_calls_are_not(one: dict[str, Any], other: dict[str, Any], tmp_path: Path) -> None:
    both = {"started_at": BEGAN, "actual_output_tokens": 7}
    assert _parts(tmp_path, _calls(both | one, both | other)).part.tolist() == [0, 1]


def test_calls_are_in_the_order_of_start_recorder_and_number(tmp_path: Path) -> None:
    first, last = ("e" * 32, "f" * 32)
    records = [
        replace(record(sequence=number, started_at=at), writer=writer)
        for writer, number, at in (
            (last, 10, BEGAN),
            (last, 9, BEGAN),
            (first, 11, BEGAN),
            (last, 12, BEGAN - SECOND),
        )
    ]
    found = _parts(tmp_path, records)
    assert found.keys(range(4)) == [(last, 12), (first, 11), (last, 9), (last, 10)]


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_of_a_phase_that_went_on_since_the_earlier_calls_are_there_too(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = tmp_path if database == "sqlite" else request.getfixturevalue("postgres_url")
    phases = ("a", "b", "a", "c", "a")
    records = _calls(*({"phase_id": one} for one in phases))
    times = {"since": BEGAN + 3 * SECOND, "until": BEGAN + 5 * SECOND}
    found = _parts(place, records, **times)
    assert [number for _, number in found.keys(range(len(found.part)))] == [1, 3, 4]


def test_where_no_call_began_since_there_is_no_part(tmp_path: Path) -> None:
    found = _parts(tmp_path, _calls({}), since=BEGAN + 2 * SECOND)
    assert (len(found.part), list(found.batches(10))) == (0, [])
