from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from coefgate import Registry
from coefgate.runner.call_record import CallRecord
from coefgate.runner.replies import CallOutcome
from coefgate.runner.watched_stream import WatchedStream
from tests.runner.recorded import CALL, records, registry_in

_CHUNKS: list[Any] = [
    {"id": "c1", "choices": [{"index": 0, "finish_reason": None}]},
    {"id": "c1", "choices": [{"index": 0, "finish_reason": "length"}]},
    {"id": "c1", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}},
]
_WHOLE = CallOutcome(
    output_tokens=4, input_tokens=9, stop_reason="length", truncated=True, call_id="c1"
)
_BEGUN = CallOutcome(success=False, call_id="c1")


class _Stream:
    """A client's stream, as far as callers rely on it."""

    def __init__(self, chunks: list[Any], error: Exception | None = None) -> None:
        self._chunks, self._error, self.closed = chunks, error, False

    def __iter__(self) -> Iterator[Any]:
        yield from self._chunks
        if self._error is not None:
            raise self._error

    async def __aiter__(self) -> AsyncIterator[Any]:
        for one in self:
            yield one

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.closed = True

    async def __aenter__(self) -> _Stream:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.closed = True


def _watched(stream: Any) -> tuple[WatchedStream, list[CallOutcome]]:
    came: list[CallOutcome] = []
    return WatchedStream(stream, came.append), came


def test_every_item_is_the_callers_and_the_end_is_told_once() -> None:
    watched, came = _watched(_Stream(_CHUNKS))
    items = list(watched)
    assert all(one is other for one, other in zip(items, _CHUNKS, strict=True))
    watched.end()
    assert list(watched) == []
    assert came == [_WHOLE]


def test_an_asynchronous_stream_is_read_alike() -> None:
    watched, came = _watched(_Stream(_CHUNKS))

    async def read() -> list[Any]:
        async with watched as stream:
            return [one async for one in stream]

    assert asyncio.run(read()) == _CHUNKS
    assert came == [_WHOLE]
    assert watched.closed


def test_who_breaks_off_is_told_what_came_until_then() -> None:
    watched, came = _watched(_Stream(_CHUNKS))
    with watched as stream:
        for _ in stream:
            break
    assert came == [_BEGUN]
    assert watched.closed


def test_who_breaks_off_behind_the_stop_reason_has_a_whole_reply() -> None:
    chunks = [{"id": "c1", "choices": [{"index": 0, "finish_reason": "stop"}]}, *_CHUNKS]
    watched, came = _watched(_Stream(chunks))
    next(watched)
    with pytest.warns(RuntimeWarning, match="states no output tokens"):
        watched.end()
    assert came == [CallOutcome(stop_reason="stop", truncated=False, success=True, call_id="c1")]


def test_a_stream_that_raises_has_failed_and_its_error_is_the_callers() -> None:
    error = ConnectionResetError("gone")
    for read in (list, lambda watched: asyncio.run(_read(watched))):
        watched, came = _watched(_Stream(_CHUNKS[:1], error))
        with pytest.raises(ConnectionResetError) as raised:
            read(watched)
        assert raised.value is error
        assert came == [_BEGUN]


async def _read(watched: WatchedStream) -> list[Any]:
    return [one async for one in watched]


def test_a_stream_that_ends_without_a_reason_has_not_failed() -> None:
    watched, came = _watched(iter(_CHUNKS[:1]))
    assert list(watched) == _CHUNKS[:1]
    assert came == [CallOutcome(call_id="c1")]


def test_what_is_no_stream_says_so_to_its_caller() -> None:
    watched, _ = _watched(7)
    with pytest.raises(TypeError, match="not iterable"):
        next(watched)
    with pytest.raises(AttributeError, match="text_stream"):
        watched.text_stream  # noqa: B018 (asked for, to see that it is not there)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = registry_in(tmp_path)
    recorder = made.record_to(tmp_path / "telemetry.db")
    yield made
    recorder.close()


def _end(tmp_path: Path) -> tuple[Any, ...]:
    row: CallRecord
    (row,) = records(tmp_path / "telemetry.db")
    return row.state, row.actual_output_tokens, row.truncated, row.success, row.fault


def test_the_end_of_a_watched_stream_finishes_its_call(registry: Registry, tmp_path: Path) -> None:
    with registry.record(**CALL) as call:
        assert list(call.watch(_Stream(_CHUNKS))) == _CHUNKS
    assert _end(tmp_path) == ("finished", 4, 1, None, None)


def test_a_call_whose_stream_was_broken_off_ends_with_its_block(
    registry: Registry, tmp_path: Path
) -> None:
    with registry.record(**CALL) as call:
        stream = call.watch(_Stream(_CHUNKS))
        next(stream)
    assert list(stream) == _CHUNKS[1:]  # read on afterwards, which is too late to be recorded
    assert _end(tmp_path) == ("finished", None, None, 0, None)


def test_what_the_caller_says_itself_stands(registry: Registry, tmp_path: Path) -> None:
    with registry.record(**CALL) as call:
        stream = call.watch(_Stream(_CHUNKS))
        next(stream)
        call.finish(output_tokens=7, stop_reason="stop")
        next(stream)
    assert _end(tmp_path) == ("finished", 7, 0, 1, None)


def test_an_error_between_two_items_is_a_call_that_failed(
    registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(KeyError), registry.record(**CALL) as call:  # noqa: PT012 (where it is)
        for _ in call.watch(_Stream(_CHUNKS)):
            raise KeyError
    assert _end(tmp_path) == ("finished", None, None, 0, None)


def test_an_asynchronous_call_is_finished_alike(registry: Registry, tmp_path: Path) -> None:
    async def ask() -> None:
        async with registry.record(**CALL) as call:
            async for _ in call.watch(_Stream(_CHUNKS)):
                break

    asyncio.run(ask())
    assert _end(tmp_path) == ("finished", None, None, 0, None)
