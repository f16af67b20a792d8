"""A call that is being recorded: its estimate and budget, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from coefgate.core.estimate import Estimate
from coefgate.core.stop_reasons import ending
from coefgate.runner.call_record import CALLS, YEARS, RecordFault
from coefgate.runner.record_values import answer, name, now, whole, word

if TYPE_CHECKING:
    from coefgate.runner.recorder import Recorder
    from coefgate.runner.replies import CallOutcome, ReplyReader
    from coefgate.runner.watched_stream import WatchedStream

_PLACES: Final = {one.name: place for place, one in enumerate(CALLS)}
_FINISHED_AT: Final = _PLACES["finished_at"]
_REPLY_MATCHES: Final = _PLACES["reply_matches"]
_MODEL: Final = _PLACES["model"]
_CALL_ID: Final = _PLACES["call_id"]
_LIMIT: Final = _PLACES["max_output_tokens"]
_NOTHING: Final = (None,) * (_PLACES["success"] - _PLACES["input_tokens"])
"""What is known of an outcome, up to ``success``, where nobody said any."""


class RecordedCall:
    """One call, from its estimate to its end. ``with`` and ``async with`` notice what is raised.

    ``estimate``: what it is predicted to need. ``budget``: the tokens to allow it. A call of which
    nobody says how it ended is recorded as unfinished, when nothing holds it any more.
    """

    __slots__ = (
        *("__weakref__", "_begun", "_ended", "_faults", "_reader", "_recorder", "_row"),
        *("budget", "estimate"),
    )

    def __init__(
        self,
        recorder: Recorder,
        facts: Sequence[Any],
        *,
        estimate: Estimate,
        budget: int,
        faults: list[RecordFault],
        started_at: int | None = None,
    ) -> None:
        """For ``Registry.record``. ``facts``: a row from ``runner`` to ``max_output_tokens``."""
        self._ended = True  # until it has begun
        self.estimate = estimate
        self.budget = budget
        self._recorder = recorder
        self._begun = time.perf_counter_ns()
        self._faults = faults
        self._reader: ReplyReader | None = None
        began = now() if started_at is None else started_at
        self._row = [recorder.writer, recorder.begin(self), began, began, *facts]
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._finish_watched(self._reader.broken_off())
        if not self._ended:
            self._end(*_NOTHING, None if kind is None else False, "unfinished")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def __del__(self) -> None:
        # A call that was begun before a fork is the parent's to notice.
        if not self._ended and self._row[0] == self._recorder.writer:
            self.leave()

    def finish(
        self,
        *,
        output_tokens: int | None = None,
        stop_reason: str | None = None,
        truncated: bool | None = None,
        success: bool | None = None,
        input_tokens: int | None = None,
        reasoning_tokens: int | None = None,
        max_output_tokens: int | None = None,
        model: str | None = None,
        call_id: str | None = None,
        reply_matches: str | None = None,
    ) -> None:
        """Say what came of the call, and record it. Nothing is raised.

        ``output_tokens``: with those of reasoning. ``stop_reason``: the provider's word; it tells
        whether the reply was cut off (``truncated``) and came to its end (``success``), where
        these are not said. ``success``: did the call do what it was made for? ``model``: the one
        that answered. ``max_output_tokens``: the ceiling that was set. ``call_id``: the provider's
        id of the reply. ``reply_matches``: are the files of the reply those that it was asked for:
        ``same_files``, ``same_count`` or ``differs``?

        A call that is finished again is recorded once more, as a fault that counts in no figure.
        """
        faults, row = self._faults, self._row
        row[_CALL_ID] = name(call_id) or row[_CALL_ID]
        row[_MODEL] = name(model) or row[_MODEL]
        limit = whole(max_output_tokens, "max-output-tokens", faults)
        row[_LIMIT] = row[_LIMIT] if limit is None else limit
        row[_REPLY_MATCHES] = word("reply_matches", reply_matches, row[_REPLY_MATCHES])
        reason = name(stop_reason)
        end = ending(reason)
        if truncated is None and end is not None:
            truncated = end == "cut-off"
        if success is None and end is not None and end != "cut-off":
            success = end == "finished"
        numbers = (
            whole(input_tokens, "input-tokens", faults),
            whole(output_tokens, "output-tokens", faults),
            whole(reasoning_tokens, "reasoning-tokens", faults),
        )
        self._end(*numbers, reason, answer(truncated), answer(success), "finished")

    def finish_from(self, reply: Any, **said: Any) -> None:
        """``finish`` with what a reply says of itself: the object that a client library returned.

        Anthropic's and OpenAI's, whole or as the list of a stream's events, and what speaks like
        them. ``said``: what is said beside it, or better, in the words of ``finish``.
        """
        from coefgate.runner.replies import outcome_of  # noqa: PLC0415 (only who uses it pays)

        self._finish_with(outcome_of(reply), **said)

    def watch(self, stream: Any) -> WatchedStream:
        """``stream``, to be used in its place: its end, or what it raises, finishes the call.

        A caller that breaks off leaves what came until then to the end of the call's block.
        """
        from coefgate.runner.watched_stream import WatchedStream  # noqa: PLC0415

        watched = WatchedStream(stream, self._finish_watched)
        self._reader = watched.reader
        return watched

    def _finish_watched(self, found: CallOutcome) -> None:
        if not self._ended:
            self._finish_with(found)

    def _finish_with(self, found: CallOutcome, **said: Any) -> None:
        told = {field: getattr(found, field) for field in found.__slots__}
        self.finish(**{**told, **said})

    def leave(self) -> None:
        """Record it as unfinished, when the recorder gets to it. It takes no lock."""
        self._ended = True
        self._recorder.leave(self._finished_row(*_NOTHING, None, "unfinished"))

    def _end(self, *outcome: Any) -> None:
        if self._ended:
            self._row[:2] = self._recorder.writer, self._recorder.begin(None)
            self._faults.insert(0, "finished-twice")
        self._ended = True
        self._recorder.keep(self._finished_row(*outcome))

    def _finished_row(self, *outcome: Any) -> tuple[Any, ...]:
        """``outcome``: the columns from ``input_tokens`` to ``state``."""
        row, faults = self._row, self._faults
        row[_FINISHED_AT] = row[2] + (time.perf_counter_ns() - self._begun) // 1000
        if not YEARS[0] <= row[2] <= YEARS[1]:
            faults.insert(0, "clock")
        return (*row, *outcome, faults[0] if faults else None)


def microseconds(moment: Any, faults: list[RecordFault]) -> int | None:
    """A time as it is recorded; one without a zone might be any, and what is none is a fault."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        faults.append("clock")
        return None
    return round(moment.timestamp() * 1_000_000)
