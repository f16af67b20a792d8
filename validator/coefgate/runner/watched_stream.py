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
        self.reader = ReplyReader(f"a stream of type {type(stream).__name__}")
        self._done: Callable[[CallOutcome], object] | None = done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def end(self) -> None:
        """Nobody reads on. Again, or when it is over: nothing."""
        self._finish(self.reader.broken_off)

    def _stop(self, error: BaseException) -> None:
        if not isinstance(error, StopIteration | StopAsyncIteration):
            self.reader.fail()
        self._finish(self.reader.outcome)

    def _finish(self, outcome: Callable[[], CallOutcome]) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(outcome())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            if self._items is None:
                self._items = iter(self._stream)
            item = next(self._items)
        except BaseException as error:
            self._stop(error)
            raise
        self.reader.add(item)
        return item

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            if self._items is None:
                self._items = aiter(self._stream)
            item = await anext(self._items)
        except BaseException as error:
            self._stop(error)
            raise
        self.reader.add(item)
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
