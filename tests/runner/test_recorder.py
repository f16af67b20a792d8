"""A record is one insert, or waits beside the file: no caller is slowed or stopped by it."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coefgate import Deliverable, Previous, RecorderWarning, Registry
from coefgate.core.problems import UsageProblem
from coefgate.runner import recorder as recorders
from coefgate.runner.call_record import CallRecord
from coefgate.runner.record_spool import spool_folder
from tests.runner.recorded import CALL, records, registry_in, spooled, started


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


@pytest.fixture
def registry(tmp_path: Path, database: Path) -> Iterator[Registry]:
    found = registry_in(tmp_path)
    recorder = found.record_to(database, runner="agents", origin="shop")
    yield found
    recorder.close()


class _Named(str, Enum):  # noqa: UP042 (the older way, whose text is not its value)
    DOCS = "docs"


class _Silent(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("the customer's words")


def _only(database: Path) -> CallRecord:
    (found,) = records(database)
    return found


def test_a_call_is_kept_with_its_estimate_and_its_outcome(
    registry: Registry, database: Path
) -> None:
    before = datetime.now(UTC)
    with registry.record(
        **{**CALL, "deliverables": ["modify@2048:README.md", "docs/new.md"]},
        phase_id="guide",
        run_id=41,
        attempt=2,
        previous=Previous(output_tokens=900, truncated=True),
        label_origin="human",
        max_output_tokens=4_096,
        exists=lambda path: path == "README.md",
    ) as call:
        call.finish(
            output_tokens=1_400,
            input_tokens=2_000,
            reasoning_tokens=200,
            stop_reason="end_turn",
            call_id="msg_01",
            reply_matches="same_files",
        )
    found = _only(database)
    estimate, (low, high, coverage) = call.estimate, call.estimate.interval
    assert before.timestamp() <= found.started_at / 1e6 <= found.finished_at / 1e6
    assert found.writer == registry.record_to(database).writer or len(found.writer) == 32
    assert asdict(found) | {"writer": "", "started_at": 0, "finished_at": 0} == {
        "writer": "",
        "sequence": 1,
        "started_at": 0,
        "finished_at": 0,
        "runner": "agents",
        "origin": "shop",
        "run_id": "41",
        "phase_id": "guide",
        "attempt": 2,
        "call_id": "msg_01",
        "category": "docs",
        "complexity": "low",
        "label_origin": "human",
        "model": "claude-sonnet-4-5",
        "unit": "call",
        "output_mode": None,
        "deliverables": '[{"path":"README.md","operation":"modify","bytes_before":2048},'
        '{"path":"docs/new.md","operation":"create","bytes_before":null}]',
        "deliverable_count": 2,
        "redacted": 0,
        "paths": "real",
        "deliverables_from": "request",
        "reply_matches": "same_files",
        "sizes_unknown": 0,
        "registry_version": "1.4.0",
        "registry_commit": None,
        "digest": registry.digest,
        "basis": estimate.basis,
        "predicted_tokens": estimate.tokens,
        "interval_low": low,
        "interval_high": high,
        "interval_coverage": coverage,
        "share_measured": estimate.share_measured,
        "budget": call.budget,
        "budget_risk": None,
        "previous_output_tokens": 900,
        "previous_truncated": 1,
        "max_output_tokens": 4_096,
        "input_tokens": 2_000,
        "actual_output_tokens": 1_400,
        "reasoning_tokens": 200,
        "stop_reason": "end_turn",
        "truncated": 0,
        "success": 1,
        "state": "finished",
        "fault": None,
    }


@pytest.mark.parametrize(
    ("said", "truncated", "success"),
    [
        ({"stop_reason": "end_turn"}, 0, 1),
        ({"stop_reason": "max_tokens"}, 1, None),
        ({"stop_reason": "refusal"}, 0, 0),
        ({"stop_reason": "pause_turn"}, None, None),
        ({}, None, None),
        ({"stop_reason": "end_turn", "success": False}, 0, 0),
        ({"stop_reason": "stop", "truncated": True}, 1, 1),
    ],
)
def test_the_stop_reason_tells_how_it_ended_where_nobody_says_it(
    said: dict[str, Any],
    truncated: int | None,
    success: int | None,
    registry: Registry,
    database: Path,
) -> None:
    registry.record_call(output_tokens=5, **said, **CALL)
    found = _only(database)
    assert (found.truncated, found.success) == (truncated, success)


def test_a_path_of_odd_letters_is_json_like_any_other(registry: Registry, database: Path) -> None:
    path = 'docs/"quoted"\\naïve\u2028\udc80.md'
    with registry.record(
        category="docs", complexity="low", deliverables=[Deliverable(path, "modify", 0)]
    ) as call:
        call.finish(output_tokens=1)
    (file,) = json.loads(_only(database).deliverables)
    assert file == {"path": path, "operation": "modify", "bytes_before": 0}


def test_a_budget_is_chosen_by_risk(registry: Registry, database: Path) -> None:
    with registry.record(**CALL, ceiling=100) as call:
        call.finish(output_tokens=100, stop_reason="length")
    assert (call.budget, _only(database).budget, _only(database).truncated) == (100, 100, 1)


def test_a_call_that_raises_is_kept_and_what_it_raised_is_not(
    registry: Registry, database: Path
) -> None:
    with pytest.raises(RuntimeError), registry.record(**CALL):
        raise RuntimeError("the prompt was: secret")
    found = _only(database)
    assert (found.state, found.success, found.actual_output_tokens) == ("unfinished", 0, None)
    assert b"secret" not in database.read_bytes()


def test_a_call_that_nobody_finishes_is_noticed(registry: Registry, database: Path) -> None:
    registry.record(**CALL)
    gc.collect()
    with registry.record(**CALL):
        pass
    assert [(one.sequence, one.state) for one in records(database)] == [
        (1, "unfinished"),
        (2, "unfinished"),
    ]


def test_a_call_that_is_held_at_the_end_is_noticed(registry: Registry, database: Path) -> None:
    call = registry.record(**CALL)
    registry.record_to(database)  # closes the recorder before
    assert [one.state for one in records(database)] == ["unfinished"]
    call.finish(output_tokens=7, stop_reason="stop")
    assert len([*records(database), *spooled(database)]) == 2


def test_of_two_outcomes_the_first_stands(registry: Registry, database: Path) -> None:
    call = registry.record(**CALL)
    call.finish(output_tokens=7, stop_reason="stop")
    call.finish(output_tokens=9, stop_reason="stop")
    assert [(one.sequence, one.actual_output_tokens, one.fault) for one in records(database)] == [
        (1, 7, None),
        (2, 9, "finished-twice"),
    ]


@pytest.mark.parametrize("absurd", [-1, 1_000_001, 1.5, "12", True, float("nan"), 10**30])
def test_absurd_tokens_are_a_named_fault(absurd: Any, registry: Registry, database: Path) -> None:
    registry.record_call(output_tokens=absurd, stop_reason="stop", **CALL)
    found = _only(database)
    assert (found.actual_output_tokens, found.fault) == (None, "output-tokens")


def test_async_calls_side_by_side(registry: Registry, database: Path) -> None:
    async def one(number: int) -> None:
        async with registry.record(**CALL, phase_id=number) as call:
            await asyncio.sleep(0)
            call.finish(output_tokens=number, stop_reason="end_turn")

    async def several() -> None:
        await asyncio.gather(*map(one, range(20)))

    asyncio.run(several())
    assert {(one.phase_id, one.actual_output_tokens) for one in records(database)} == {
        (str(number), number) for number in range(20)
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("phase-1/a:b@c", "phase-1/a:b@c"),
        ("x'; DROP TABLE calls; --".replace(" ", ""), "x';DROPTABLEcalls;--"),
        (7, "7"),
        (np.int64(7), "7"),
        (_Named.DOCS, "docs"),
        (_Silent("a"), "a"),
        pytest.param(1 << 20_000, "hashed-d4e22924ae5b055f", id="more digits than Python spells"),
        (True, None),
        (np.array([1, 2]), None),
        ("", None),
        (["list"], None),
    ],
)
def test_identifiers_are_kept(
    given: Any, kept: str | None, registry: Registry, database: Path
) -> None:
    registry.record_call(output_tokens=1, phase_id=given, **CALL)
    assert _only(database).phase_id == kept


@pytest.mark.parametrize(
    "text", ["write me a poem", "a\0b", "a\nb", "x" * 201, "\ud800", "a\u2028"]
)
def test_what_might_be_a_prompt_is_only_kept_as_a_hash(
    text: str, registry: Registry, database: Path
) -> None:
    for _ in range(2):
        registry.record_call(output_tokens=1, phase_id=text, **{**CALL, "category": text})
    one, other = records(database)
    assert one.phase_id is not None
    assert one.phase_id.startswith("hashed-")
    assert one.phase_id == other.phase_id == one.category


def test_any_path_is_kept_as_it_is(registry: Registry, database: Path) -> None:
    odd = ["create:a'; --\0\ud800.md", "create:Ünïcode/ß.py"]
    registry.record_call(output_tokens=1, **{**CALL, "deliverables": odd})
    assert '{"path":"a\'; --\\u0000\\ud800.md"' in _only(database).deliverables


def test_a_list_without_end_is_a_named_fault(registry: Registry, database: Path) -> None:
    many = [f"create:{number:0200}.md" for number in range(6_000)]
    registry.record_call(output_tokens=1, **{**CALL, "deliverables": many})
    found = _only(database)
    assert (found.deliverables, found.deliverable_count) == ("[]", 6_000)
    assert found.fault == "too-many-deliverables"


def test_times_of_any_zone_are_one_time_and_one_without_a_zone_is_a_fault(
    registry: Registry, database: Path
) -> None:
    noon = datetime(2026, 4, 6, 12, tzinfo=UTC)
    east = noon.astimezone(tz=__import__("datetime").timezone(timedelta(hours=11)))
    none: Any = [date(2026, 4, 6), "2026-04-06", 1_775_433_600]
    for moment in (noon, east, noon.replace(tzinfo=None), noon.replace(year=1999), *none):
        registry.record_call(output_tokens=1, started_at=moment, **CALL)
    found = records(database)
    assert [one.fault for one in found] == [None, None, *["clock"] * 5]
    assert found[0].started_at == found[1].started_at == round(noon.timestamp()) * 1_000_000


def test_paths_under_salted_names(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = registry_in(tmp_path)
    with pytest.raises(UsageProblem, match="COEFGATE_PATH_SALT"):
        registry.record_to(database, redact_paths=True)
    monkeypatch.setenv("COEFGATE_PATH_SALT", "a salt of sixteen bytes or more")
    registry.record_to(database, redact_paths=True)
    plain = registry.estimate(**{**CALL, "deliverables": ["create:acme/payroll.md"]})
    registry.record_call(output_tokens=1, **{**CALL, "deliverables": ["create:acme/payroll.md"]})
    found = _only(database)
    assert found.redacted
    assert "acme" not in found.deliverables
    assert "payroll" not in found.deliverables
    assert ".md" in found.deliverables
    assert found.predicted_tokens == plain.tokens


def test_what_is_no_origin_is_refused(tmp_path: Path, database: Path) -> None:
    with pytest.raises(UsageProblem, match="small letters"):
        registry_in(tmp_path).record_to(database, origin="../up")


def test_a_registry_that_records_nowhere_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="record_to"):
        registry_in(tmp_path).record(**CALL)


def test_while_somebody_holds_the_file_records_wait_beside_it_and_no_caller_does(
    registry: Registry, database: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(50):
            registry.record_call(output_tokens=number, **CALL)
        assert records(database) == []
        waiting = len(spooled(database))
        other.execute("ROLLBACK")
    registry.record_to(database).close()
    assert waiting == 50
    assert sorted(one.actual_output_tokens or 0 for one in records(database)) == [*range(50)]
    assert not spool_folder(database).exists()


def test_a_deleted_file_is_made_again_and_said(registry: Registry, database: Path) -> None:
    registry.record_call(output_tokens=1, **CALL)
    for name in ("", "-wal", "-shm"):
        Path(f"{database}{name}").unlink(missing_ok=True)
    with pytest.warns(RecorderWarning, match="deleted"):
        registry.record_call(output_tokens=2, **CALL)
    assert [(one.sequence, one.actual_output_tokens) for one in records(database)] == [(2, 2)]


def _no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, but a text that somebody put here" * 100)


def _other_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (one)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()


@pytest.mark.parametrize("made", [_no_database, _other_tables, _newer])
def test_a_file_that_is_no_store_of_ours_is_left_alone(
    made: Any, tmp_path: Path, database: Path
) -> None:
    made(database)
    before = database.read_bytes()
    registry = registry_in(tmp_path)
    with pytest.warns(RecorderWarning, match="go to the spool") as told:
        recorder = registry.record_to(database)
    for number in range(3):
        registry.record_call(output_tokens=number, **CALL)
    recorder.close()
    assert len(told) == 1
    assert database.read_bytes() == before
    assert [one.actual_output_tokens for one in spooled(database)] == [0, 1, 2]


def test_where_nothing_can_be_written_records_are_kept_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "MOST_IN_MEMORY", 2)
    folder = tmp_path / "file"
    folder.write_text("no folder")
    registry = registry_in(tmp_path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        recorder = registry.record_to(folder / "telemetry.db")
        for _ in range(5):
            registry.record_call(output_tokens=1, **CALL)
        recorder.close()
    words = "\n".join(str(one.message) for one in told)
    assert "records are kept in memory" in words
    assert "5 records are lost" in words


def test_warnings_that_are_errors_stop_no_caller(tmp_path: Path, database: Path) -> None:
    _no_database(database)
    registry = registry_in(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry.record_to(database)
        registry.record_call(output_tokens=1, **CALL)
    assert len(spooled(database)) == 1


def test_a_file_that_can_be_had_again_takes_in_what_waited(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "_AGAIN", 0.01)
    _no_database(database)
    registry = registry_in(tmp_path)
    with pytest.warns(RecorderWarning):
        recorder = registry.record_to(database)
    registry.record_call(output_tokens=1, **CALL)
    database.unlink()
    recorder.close()
    assert [one.actual_output_tokens for one in records(database)] == [1]
    assert not spool_folder(database).exists()


def test_threads_share_a_recorder(registry: Registry, database: Path) -> None:
    def several(base: int) -> None:
        for number in range(200):
            registry.record_call(output_tokens=base + number, **CALL)

    threads = [threading.Thread(target=several, args=(200 * one,)) for one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.actual_output_tokens or 0 for one in records(database)) == [*range(1_600)]


def test_after_a_fork_both_processes_record_under_names_of_their_own(
    registry: Registry, database: Path
) -> None:
    registry.record_call(output_tokens=0, **CALL)
    shared = registry.record(**CALL)
    if not (child := os.fork()):
        try:
            registry.record_call(output_tokens=1, **CALL)
            shared.finish(output_tokens=2, stop_reason="stop")
            registry.record_to(database).close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    registry.record_call(output_tokens=3, **CALL)
    shared.finish(output_tokens=2, stop_reason="stop")
    found = records(database)
    assert sorted((one.actual_output_tokens or 0, one.fault or "") for one in found) == [
        (0, ""),
        (1, ""),
        (2, ""),
        (2, "finished-twice"),
        (3, ""),
    ]
    assert len({one.writer for one in found}) == 2


def test_processes_that_write_at_once_lose_and_double_nothing(
    tmp_path: Path, database: Path
) -> None:
    program = "for number in range(1_000): call(number)"
    running = [started(tmp_path, database, program) for _ in range(8)]
    for one in running:
        said, warned = one.communicate(timeout=120)
        assert (one.returncode, said, warned) == (0, "", "")
    found = records(database)
    assert len(found) == 8_000
    assert {(one.writer, one.sequence) for one in found} == {
        (writer, number) for writer in {one.writer for one in found} for number in range(1, 1_001)
    }
    assert not spool_folder(database).exists()


def test_an_absurd_budget_is_a_named_fault(registry: Registry, database: Path) -> None:
    with registry.record(**CALL, floor=10**30) as call:
        call.finish(output_tokens=1, stop_reason="stop")
    found = _only(database)
    assert (call.budget, found.budget, found.fault) == (10**30, call.estimate.tokens, "budget")


def test_whatever_goes_wrong_stops_no_caller(
    registry: Registry, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_row: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(registry.record_to(database)._file, "insert", wrong)
    with pytest.warns(RecorderWarning, match=r"\(ZeroDivisionError\): a record is lost"):
        registry.record_call(output_tokens=1, **CALL)


def test_a_call_that_ends_in_the_midst_of_another_record_of_its_thread_waits_for_nobody(
    registry: Registry, database: Path
) -> None:
    recorder = registry.record_to(database)
    assert recorder._file is not None
    insert, inner = recorder._file.insert, iter([1, 2])

    def interrupted(row: Any) -> None:  # by a signal, or by garbage that is collected
        for number in inner:
            registry.record_call(output_tokens=number, **CALL)
        insert(row)

    recorder._file.insert = interrupted  # type: ignore[method-assign]
    registry.record_call(output_tokens=0, **CALL)
    found = records(database)
    assert [(one.sequence, one.actual_output_tokens) for one in found] == [(1, 0), (2, 1), (3, 2)]


def test_garbage_that_ends_calls_stops_nobody(registry: Registry, database: Path) -> None:
    def stream() -> Iterator[int]:
        with registry.record(**CALL):
            yield 1

    def drop() -> None:
        held: list[Any] = [stream()]
        held.append(held)
        next(held[0])

    before = gc.get_threshold()
    gc.set_threshold(50)
    try:
        for _ in range(300):
            drop()
            registry.record_call(output_tokens=1, **CALL)
    finally:
        gc.set_threshold(*before)
    gc.collect()
    registry.record_to(database).close()
    assert sorted(one.sequence for one in records(database)) == [*range(1, 601)]


def test_an_end_waits_for_a_locked_file_once(registry: Registry, database: Path) -> None:
    recorder = registry.record_to(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        registry.record_call(output_tokens=1, **CALL)
        before = time.monotonic()
        recorder.close(wait=0.3)
        assert time.monotonic() - before < 1
        other.execute("ROLLBACK")
    assert len(spooled(database)) == 1


def test_numbers_out_of_a_table_are_numbers(registry: Registry, database: Path) -> None:
    told: Any = {"output_tokens": np.int64(12), "truncated": np.True_, "attempt": np.int8(2)}
    registry.record_call(**told, **CALL)
    found = _only(database)
    assert (found.actual_output_tokens, found.truncated, found.attempt) == (12, 1, 2)


class _Quarrelsome:
    def __eq__(self, _other: object) -> bool:
        raise RuntimeError("the customer's words")

    __hash__ = None  # type: ignore[assignment]


def test_what_is_none_of_the_words_stops_no_caller(registry: Registry, database: Path) -> None:
    odd: Any = _Quarrelsome()
    with registry.record(**CALL, unit=odd, paths=odd, deliverables_from=odd) as call:
        call.finish(output_tokens=1, stop_reason=odd, reply_matches=odd)
    found = _only(database)
    assert (found.unit, found.paths, found.deliverables_from) == ("call", "partial", "request")
    assert (found.reply_matches, found.state) == ("unknown", "finished")


@pytest.mark.parametrize("is_written", [False, True])
def test_a_record_that_a_signal_breaks_off_is_written_with_the_next_one(
    is_written: bool, registry: Registry, database: Path
) -> None:
    recorder = registry.record_to(database)
    assert recorder._file is not None
    insert = recorder._file.insert

    def broken_off(row: Any) -> None:
        if is_written:
            insert(row)
        raise SystemExit(3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder._file, "insert", broken_off)
        with pytest.raises(SystemExit):
            registry.record_call(output_tokens=1, **CALL)
    registry.record_call(output_tokens=2, **CALL)
    found = [(one.sequence, one.actual_output_tokens, one.fault) for one in records(database)]
    assert found == [(1, 1, None), (2, 2, None)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_where_the_place_is_no_file_records_wait_beside_it(
    tmp_path: Path, database: Path, make: Callable[[Path], None]
) -> None:
    make(database)
    registry = registry_in(tmp_path)
    with pytest.warns(RecorderWarning, match=r"telemetry\.db \(it is not a file\)"):
        recorder = registry.record_to(database)
    registry.record_call(**CALL, output_tokens=7)
    recorder.close()
    assert [one.actual_output_tokens for one in spooled(database)] == [7]
    assert not database.is_file()
