"""What samples say about each other: links lead to stored samples, and of one call one line stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from coefgate.samples.faults import Fault
from coefgate.samples.model import Sample

LINKS: Final = ("duplicate_of", "same_ceiling_as", "supersedes")
"""Fields that name another sample. Cycles are impossible: an id is a hash over the ids it names."""

_LONGEST_CHAIN: Final = 1_000
"""Links that are followed from one line of a call to another; no call is corrected so often."""


class Disagreement(NamedTuple):
    """A fault that shows only beside other samples."""

    sample: Sample
    fault: Fault


def dangling_links(samples: Iterable[Sample], ids: Mapping[str, Sample]) -> Iterator[Disagreement]:
    """Links to samples that are not stored."""
    for sample in samples:
        for name in LINKS:
            target = getattr(sample, name)
            if target is not None and target not in ids:
                fix = "Check the id; a sample is stored before, or together with, the one that names it."
                allowed = "it is the id of a stored sample"
                yield Disagreement(
                    sample, Fault((name,), "unknown-sample", "names no stored sample", allowed, fix)
                )


def rival_lines(samples: Sequence[Sample], ids: Mapping[str, Sample]) -> Iterator[Disagreement]:
    """Lines of one call of which neither supersedes nor duplicates the other.

    Of the lines of one call all but one must lead to another of them, and all but one must have been
    set aside: corrected by another line, or marked as a duplicate. That forbids two independent lines
    as well as two corrections of one line.
    """
    first: dict[tuple[object, ...], Sample] = {}
    rivals: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        call = (
            sample.origin,
            sample.run_id,
            sample.phase_id,
            sample.attempt,
            sample.observed_at,
            sample.reference,
        )
        before = first.setdefault(call, sample)
        if before is not sample:
            rivals[before.id].append(sample)
    corrected = {sample.supersedes for sample in samples} if rivals else set()
    for first_id, later in rivals.items():
        lines = [ids[first_id], *later]
        of_call = {sample.id for sample in lines}
        first_ones = [sample for sample in lines if not _leads_into(sample, of_call, ids)]
        standing = [sample for sample in lines if sample.duplicate_of is None and sample.id not in corrected]
        yield from (Disagreement(late, _rival(first_ones[0])) for late in first_ones[1:])
        if len(first_ones) <= 1:
            yield from (Disagreement(late, _rival(standing[0])) for late in standing[1:])


def _leads_into(sample: Sample, of_call: set[str], ids: Mapping[str, Sample]) -> bool:
    """Does a link of ``sample``, or a link of what it links to, end at another line of its call?"""
    reached: list[Sample] = [sample]
    for step in range(_LONGEST_CHAIN):
        if step == len(reached):
            return False
        for target in (reached[step].supersedes, reached[step].duplicate_of):
            if target in of_call:
                return True
            if target is not None and target in ids:
                reached.append(ids[target])
    return False


def _rival(other: Sample) -> Fault:
    found = f"tells of the same call as {other.file}:{other.line}"
    allowed = (
        "of two lines with the same origin, run, phase, attempt, time and reference, one supersedes or "
        "duplicates the other"
    )
    fix = (
        f'If it corrects that line, write "supersedes":"{other.id}"; '
        f'if it repeats it, "duplicate_of":"{other.id}"; if it is another call, tell them apart by reference.'
    )
    return Fault((), "rival-lines", found, allowed, fix)
