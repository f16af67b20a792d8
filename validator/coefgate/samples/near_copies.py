"""Calls that say again what another one said: copies, and near-copies of other phases."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import fields
from operator import attrgetter
from typing import Final

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


class NearCopies:
    """Calls that others are compared with.

    A near-copy is a complete call of another phase by the same model, of the same unit, at the
    same paths and operations, whose output tokens are close, and whose input tokens are where both
    are known. A call that was cut off is none: what it says of tokens is its ceiling.
    """

    def __init__(self) -> None:
        self._tokens: dict[object, list[tuple[int, int, tuple[str, str]]]] = {}

    def add(self, sample: Sample) -> None:
        """Compare others with this call."""
        if (key := _key(sample)) is not None:
            known = -1 if sample.input_tokens is None else sample.input_tokens
            call = sample.actual_output_tokens, known, sample.phase
            insort(self._tokens.setdefault(key, []), call)

    def has(self, sample: Sample) -> bool:
        """Is it a near-copy of one of them?"""
        key, tokens = _key(sample), sample.actual_output_tokens
        if key is None or (known := self._tokens.get(key)) is None:
            return False
        at = bisect_left(known, (tokens - tokens * CLOSE_THOUSANDTHS // 1000, -1, ("", "")))
        while at < len(known) and _close(known[at][0], tokens):
            _, given, phase = known[at]
            if phase != sample.phase and (
                given < 0 or sample.input_tokens is None or _close(given, sample.input_tokens)
            ):
                return True
            at += 1
        return False


def _key(sample: Sample) -> object:
    if sample.truncated or not sample.deliverables:
        return None
    files = frozenset((one.path, one.operation) for one in sample.deliverables)
    return sample.model, sample.unit, files


def _close(one: int, other: int) -> bool:
    return abs(one - other) * 1000 <= CLOSE_THOUSANDTHS * max(one, other)
