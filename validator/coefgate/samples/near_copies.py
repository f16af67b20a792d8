"""Calls that say again what another one said: copies, and near-copies of other phases."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import fields
from operator import attrgetter
from typing import Final, NamedTuple

from coefgate.samples.model import Sample, instant

CLOSE_THOUSANDTHS: Final = 20
"""Token counts that differ by no more than this share of the larger one are close."""
_PLACE: Final = frozenset(
    ("id", "origin", "reference", "observed_at", "file", "line", "format", "call_id")
)
_content: Final = attrgetter(*(one.name for one in fields(Sample) if one.name not in _PLACE))


def content_of(sample: Sample) -> object:
    """All that a line says but who says it, and where: lines that share it tell of one call."""
    return instant(sample.observed_at), _content(sample)


class ComparedCall(NamedTuple):
    """What is compared of a call, in a few numbers.

    ``work``: a hash of its model, unit, paths and operations, ``None`` of a call that is not
    compared. ``input_tokens``: -1 where they are not known. ``phase``: a hash.
    """

    work: int | None
    tokens: int
    input_tokens: int
    phase: int


def compared_call(sample: Sample) -> ComparedCall:
    """What is compared of ``sample``."""
    known = -1 if sample.input_tokens is None else sample.input_tokens
    return ComparedCall(_work(sample), sample.actual_output_tokens, known, hash(sample.phase))


class NearCopies:
    """Calls that others are compared with.

    A near-copy is a complete call of another phase by the same model, of the same unit, at the
    same paths and operations, whose output tokens are close, and whose input tokens are where both
    are known. A call that was cut off is none: what it says of tokens is its ceiling.
    """

    def __init__(self) -> None:
        self._calls: dict[int, list[tuple[int, ...]]] = {}

    def add(self, call: ComparedCall) -> None:
        """Compare others with this call."""
        if call.work is not None:
            insort(self._calls.setdefault(call.work, []), call[1:])

    def has(self, call: ComparedCall) -> bool:
        """Is it a near-copy of one of them?"""
        if call.work is None or (known := self._calls.get(call.work)) is None:
            return False
        at = bisect_left(known, (call.tokens - call.tokens * CLOSE_THOUSANDTHS // 1000,))
        while at < len(known) and _close(known[at][0], call.tokens):
            _, given, phase = known[at]
            if phase != call.phase and (
                -1 in {given, call.input_tokens} or _close(given, call.input_tokens)
            ):
                return True
            at += 1
        return False


def _work(sample: Sample) -> int | None:
    if sample.truncated or not sample.deliverables:
        return None
    files = frozenset((one.path, one.operation) for one in sample.deliverables)
    return hash((sample.model, sample.unit, files))


def _close(one: int, other: int) -> bool:
    return abs(one - other) * 1000 <= CLOSE_THOUSANDTHS * max(one, other)
