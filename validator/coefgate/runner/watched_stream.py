"""A stream of a reply that is read on the way: the caller gets every item, untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from coefgate.runner.replies import CallOutcome, ReplyReader


class WatchedStream:
    """Stands for ``stream``, of whatever client, to iterate over and to enter, also async.

    ``done`` is called once with what came: when the stream has ended, when it raises, when its
    block is left, or by ``end()``. Everything else of the stream is reached through this.
    """

    def __init__(self, stream: Any, done: Callable[[CallOutcome], object]) -> None:
        self._stream = self._entered = stream
        self._items: Any = None
        self._reader = ReplyReader()
        self._done: Callable[[CallOutcome], object] | None = done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def end(self) -> None:
        """Nobody reads on: without a stop reason, the call failed. Again, or later: nothing."""
        self._stop(failed=not self._reader.has_ended)

    def _stop(self, *, failed: bool) -> None:
        done, self._done = self._done, None
        if done is not None:
            if failed:
                self._reader.fail()
            done(self._reader.outcome(f"a stream of type {type(self._stream).__name__}"))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            if self._items is None:
                self._items = iter(self._stream)
            item = next(self._items)
        except BaseException as error:
            self._stop(failed=not isinstance(error, StopIteration))
            raise
        self._reader.add(item)
        return item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            if self._items is None:
                self._items = aiter(self._stream)
            item = await anext(self._items)
        except BaseException as error:
            self._stop(failed=not isinstance(error, StopAsyncIteration))
            raise
        self._reader.add(item)
        return item

    def __enter__(self) -> Self:
        self._stream = self._entered.__enter__()
        return self

    def __exit__(self, *error: object) -> Any:
        self.end()
        return self._entered.__exit__(*error)

    async def __aenter__(self) -> Self:
        self._stream = await self._entered.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> Any:
        self.end()
        return await self._entered.__aexit__(*error)
