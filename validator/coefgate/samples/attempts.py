"""Earlier attempts: of each call, the last one at the same files in the same phase of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import inf
from typing import Final

from coefgate.core.retry import Previous
from coefgate.samples.model import Sample, instant
from coefgate.samples.status import Audited, Status

TELLS_NOTHING: Final[frozenset[Status]] = frozenset(
    ("superseded", "retired", "synthetic", "contradictory")
)
"""Statuses of lines that are another's, or that nobody takes for true."""
Work = tuple[str, str, str, str, frozenset[str]]


def previous_attempts(audited: Iterable[Audited]) -> Mapping[str, Previous]:
    """By the id of a call, the last attempt before it; none of calls that have no such attempt.

    Both are of one origin, run, phase and unit, and name the same paths, at least one. Attempts
    are in the order of their numbers, then of their times; of times alone where one has no number.
    One that wrote nothing, or of which nobody knows whether it was cut off, is passed over. Who
    made it, and whether it failed, does not matter.
    """
    by_work: dict[Work, list[Audited]] = {}
    for one in audited:
        work = work_of(one.sample)
        if work is not None:
            by_work.setdefault(work, []).append(one)
    found: dict[str, Previous] = {}
    for several in by_work.values():
        if len(several) > 1:
            found.update(_within(several))
    return found


def work_of(sample: Sample) -> Work | None:
    """What attempts at the same files share; ``None`` of a call that is no attempt at any."""
    if sample.run_id is None or sample.phase_id is None or not sample.deliverables:
        return None
    paths = frozenset(one.path for one in sample.deliverables)
    return sample.origin, sample.run_id, sample.phase_id, sample.unit, paths


def _within(several: Sequence[Audited]) -> Iterator[tuple[str, Previous]]:
    numbered = all(one.sample.attempt is not None for one in several)

    def moment(one: Audited) -> tuple[int, float]:
        attempt = one.sample.attempt if numbered else None
        return attempt or 0, instant(one.sample.observed_at)

    last: Previous | None = None
    ordered = sorted(several, key=lambda one: (moment(one), one.sample.id))
    for (_, at), together in groupby(ordered, key=moment):
        these = tuple(together)
        if last is not None and (numbered or at < inf):
            yield from ((one.sample.id, last) for one in these)
        telling = [one.sample for one in these if _tells(one)]
        if telling:
            last = Previous(telling[-1].actual_output_tokens, bool(telling[-1].truncated))


def _tells(one: Audited) -> bool:
    sample = one.sample
    is_known = sample.truncated is not None and sample.actual_output_tokens > 0
    # Of several that were cut off at one ceiling one is scored, and each was tried.
    return is_known and sample.duplicate_of is None and one.status not in TELLS_NOTHING
