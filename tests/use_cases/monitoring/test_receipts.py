"""A receipt gives the same figures from the same records, wherever they are; else it says so."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from coefgate.core.problems import InvalidDocument
from coefgate.telemetry.adding import merge_writers
from coefgate.telemetry.alarms.alarm import AlarmName
from coefgate.telemetry.alarms.receipt import GivenReceipt
from coefgate.telemetry.schema import calls
from coefgate.telemetry.store import make_store, open_store
from coefgate.telemetry.times import DAY
from coefgate.use_cases.monitoring.monitor import Monitored, ToldAlarm, monitor
from coefgate.use_cases.telemetry_store import export_store, fill, prune_store, ship_store
from tests.telemetry.rows import recorder
from tests.telemetry.tables import MONDAY, WEEK
from tests.use_cases.monitoring.conftest import Released

again = partial(monitor, week=MONDAY // DAY, now=MONDAY + WEEK)


@pytest.fixture
def store(trouble: str, tmp_path: Path) -> str:
    """Three weeks of calls by recorders that have ended, in a file that may be spoiled."""
    place = shutil.copy(trouble, tmp_path / "copy.db")
    with open_store(str(place), write=True) as opened, opened.write() as connection:
        merge_writers(connection, [recorder(one * 32, begun=200) for one in "abc"])
    return str(place)


def rests_on_records(found: Monitored) -> dict[tuple[AlarmName, str], ToldAlarm]:
    """The alarms with a receipt, by name and stratum."""
    return {
        (one.alarm.name, one.alarm.stratum): one for one in found.alarms if one.records is not None
    }


def has_the_same(made: Released, store: str, one: ToldAlarm) -> bool:
    """Does ``store`` give this alarm again? Raises where the receipt is of other records."""
    given = GivenReceipt.parsed(str(one.records))
    found = again(made.root, store, only=[one.alarm.name], receipt=given)
    same = rests_on_records(found)[one.alarm.name, one.alarm.stratum]
    return (same.alarm, same.records, same.worst) == (one.alarm, one.records, one.worst)


def refusal(made: Released, store: str, name: AlarmName, receipt: str) -> str:
    with pytest.raises(InvalidDocument) as caught:
        again(made.root, store, only=[name], receipt=GivenReceipt.parsed(receipt))
    return str(caught.value)


def test_what_was_shipped_to_a_server_gives_every_figure_again(
    made: Released, store: str, postgres_url: str
) -> None:
    make_store(postgres_url)
    ship_store(postgres_url, store)
    before, after = (rests_on_records(again(made.root, one)) for one in (store, postgres_url))
    assert {"rollback", "truncation-rate", "drift", "release"} <= {name for name, _ in before}
    assert list(before) == list(after)
    for key, one in before.items():
        assert (after[key].alarm, after[key].records) == (one.alarm, one.records)
    assert has_the_same(made, postgres_url, before["truncation-rate", "all calls"])


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".csv"])
def test_an_export_that_is_taken_in_gives_every_figure_again(
    made: Released, store: str, tmp_path: Path, suffix: str
) -> None:
    file, other = tmp_path / f"calls{suffix}", str(tmp_path / "other.db")
    export_store(store, file)
    make_store(other)
    fill(other, [str(file)])
    before, after = (rests_on_records(again(made.root, one)) for one in (store, other))
    assert {key: (one.alarm, one.records) for key, one in before.items()} == {
        key: (one.alarm, one.records) for key, one in after.items()
    }
    assert has_the_same(made, other, before["truncation-rate", "all calls"])


def test_what_rests_on_other_weeks_is_refused_once_these_are_pruned(
    made: Released, store: str
) -> None:
    asked: tuple[AlarmName, ...] = ("rollback", "smape", "drift", "release")
    before = rests_on_records(again(made.root, store, only=asked))
    assert {name for name, _ in before} == {*asked}
    prune_store(store, before=MONDAY - WEEK)
    for (name, _), one in before.items():
        if name == "release":
            said = refusal(made, store, name, str(one.records))
            assert "Old records of 1 recorder were pruned: give --store the store" in said
        else:
            assert has_the_same(made, store, one)


def _edited(store: str, *statements: Any) -> None:
    with open_store(store, write=True) as opened, opened.write() as connection:
        for one in statements:
            connection.execute(one)


LAST = sa.and_(calls.c.writer == "c" * 32, calls.c.sequence == 200)


@pytest.mark.parametrize(
    "facts",
    [
        {"actual_output_tokens": 1},
        {"category": "docs-and-more"},
        {"phase_id": "another"},
        {"max_output_tokens": 1},
        {"started_at": MONDAY + WEEK - 1},
        {"basis": "alias"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_one_edited_value_is_noticed(made: Released, store: str, facts: dict[str, Any]) -> None:
    before = rests_on_records(again(made.root, store, only=["truncation-rate"]))
    one = before["truncation-rate", "all calls"]
    _edited(store, sa.update(calls).where(LAST).values(**facts))
    said = refusal(made, store, "truncation-rate", str(one.records))
    assert "is of 200, and truncation-rate of 2026-W48, all calls, rests on 200 here" in said
    assert "At least one of them was changed or replaced" in said
    assert said.endswith("Without --receipt the command says what is there now.")


def test_a_record_less_or_more_is_noticed(made: Released, store: str) -> None:
    before = rests_on_records(again(made.root, store, only=["rollback"]))
    [one] = before.values()
    _edited(store, sa.update(calls).where(LAST).values(sequence=201))
    assert "At least one" in refusal(made, store, "rollback", str(one.records))
    _edited(store, sa.delete(calls).where(calls.c.sequence == 201))
    said = refusal(made, store, "rollback", str(one.records))
    assert "is of 200, and rollback of 2026-W48, " in said
    assert "rests on 199 here. Give --store a store that has all of them, or bring" in said
    assert "coefgate telemetry ingest SOURCE --store" in said
    fewer = rests_on_records(again(made.root, store, only=["rollback"]))
    [now] = fewer.values()
    _edited(
        store,
        sa.insert(calls).from_select(
            calls.c.keys(),
            sa.select(
                calls.c.writer, sa.literal(300), *[one for one in calls.c if one.name not in _KEY]
            ).where(calls.c.writer == "c" * 32, calls.c.sequence == 1),
        ),
    )
    assert "Records came in since" in refusal(made, store, "rollback", str(now.records))


_KEY = {"writer", "sequence"}


@pytest.mark.parametrize("text", ["", "240", "240:xyz", "240:0123", "x:0123456789ab"])
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a receipt; it is a number of records and"):
        GivenReceipt.parsed(text)
