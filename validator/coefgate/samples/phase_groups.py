"""Lines of calls that are stored together or not at all: whole phases, and what lines name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from coefgate.core.disjoint_sets import DisjointSets
from coefgate.samples.attempts import TELLS_NOTHING, work_of
from coefgate.samples.links import LINKS
from coefgate.samples.model import Sample
from coefgate.samples.status import SCORED, Audited, contradictions

CellOf = Callable[[Sample], tuple[str, str] | None]
"""The cell that predicts a call; ``None`` of one that only the fallback does."""
LINKED: Final = "linked"
NO_CELL: Final = "no-cell"


@dataclass(frozen=True, slots=True)
class NotChosen:
    """A call that is not chosen; ``reason``: by its code (see ``selection``), or its status."""

    sample: Sample
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseGroup:
    """Lines that are stored together or not at all.

    ``wanted``: scored calls that a cell predicts, each with it; without any, nothing is ``kept``.
    ``kept``: what is stored of the phase. ``others``: what is not stored in any case.
    """

    draw: bytes
    wanted: tuple[tuple[Sample, tuple[str, str]], ...]
    kept: tuple[Sample, ...]
    others: tuple[NotChosen, ...]


def phase_groups(new: Sequence[Audited], cell_of: CellOf) -> list[PhaseGroup]:
    """The phases of new calls; those whose lines name each other are one group."""
    ids = {one.sample.id for one in new}
    return [_group(lines, ids, cell_of) for lines in _together(new)]


def named_by(sample: Sample) -> Iterator[str]:
    """The lines that a line names."""
    return (to for name in LINKS if (to := getattr(sample, name)) is not None)


def draw_of(sample: Sample) -> bytes:
    """What decides between equals: a hash of the names of a piece of work, and of nothing else."""
    name = sample.reference if sample.phase_id is None else sample.phase_id
    return sha256(f"{sample.origin}\0{name}".encode()).digest()


def _together(new: Sequence[Audited]) -> Iterator[list[Audited]]:
    """The lines of each phase; phases whose lines name each other are together."""
    ids = {one.sample.id: one.sample for one in new}
    phases = DisjointSets[tuple[str, str]]()
    for one in new:
        for to in named_by(one.sample):
            if to in ids:
                phases.join(one.sample.phase, ids[to].phase)
    found: dict[tuple[str, str], list[Audited]] = {}
    for one in new:
        found.setdefault(phases.first(one.sample.phase), []).append(one)
    return iter(found.values())


def _group(lines: Sequence[Audited], ids: Collection[str], cell_of: CellOf) -> PhaseGroup:
    """Of these lines scored and failed calls, attempts at the same files, and what they name."""
    scored = [one.sample for one in lines if one.status in SCORED]
    works = {work for one in scored if (work := work_of(one)) is not None}
    kept = {
        one.sample.id: one
        for one in lines
        if one.status in {*SCORED, "failed"}
        or (
            one.status not in TELLS_NOTHING
            and one.sample.duplicate_of is None
            and work_of(one.sample) in works
        )
    }
    by_id, reached = {one.sample.id: one for one in lines}, list(kept)
    while reached:
        named = [
            to for to in named_by(by_id[reached.pop()].sample) if to in ids and to not in kept
        ]
        kept |= {to: by_id[to] for to in named}
        reached += named
    wanted = tuple((one, cell) for one in scored if (cell := cell_of(one)) is not None)
    # Nothing that contradicts itself is stored, nor what names it.
    unusable = any(next(contradictions(one.sample), None) for one in kept.values())
    if unusable or not wanted:
        wanted, kept = (), {}
    why = LINKED if unusable else NO_CELL
    others = (
        NotChosen(one.sample, why if one.status in SCORED else one.status)
        for one in lines
        if one.sample.id not in kept
    )
    draw = min(draw_of(one.sample) for one in lines)
    return PhaseGroup(draw, wanted, tuple(one.sample for one in kept.values()), tuple(others))
