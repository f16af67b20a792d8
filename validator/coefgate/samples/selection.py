"""Which of many calls to store: phases as a whole, the emptiest cells first, no near-copies.

What a registry predicts takes no part, nor does how many tokens a call needed, but to tell copies:
calls that were chosen by how well they are predicted would flatter. See docs/curation.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coefgate.core.garbage_collector import collector_paused
from coefgate.samples.links import leads_to, rival_lines
from coefgate.samples.model import Sample, SampleStore, order_key
from coefgate.samples.near_copies import NearCopies, content_of
from coefgate.samples.phase_groups import (
    LINKED,
    CellOf,
    NotChosen,
    PhaseGroup,
    draw_of,
    named_by,
    phase_groups,
)
from coefgate.samples.status import SCORED, Audited

Auditor = Callable[[SampleStore], Sequence[Audited]]
"""The status of each sample of a store, in its order."""
STORED: Final = "stored"
COPY: Final = "copy"
RIVAL: Final = "rival"
CORRECTION: Final = "correction"
NEAR_COPY: Final = "near-copy"
LIMIT: Final = "limit"
"""Reasons to leave a call out, beside those of ``phase_groups`` and statuses without a score."""


@dataclass(frozen=True, slots=True)
class Selection:
    """``chosen``: what is to be stored, in order. ``left_out``: every other candidate, once."""

    chosen: tuple[Sample, ...]
    left_out: tuple[NotChosen, ...]


@collector_paused()
def select(
    candidates: Sequence[Sample],
    stored: SampleStore,
    *,
    audit: Auditor,
    cell_of: CellOf,
    cells: Sequence[tuple[str, str]],
    limit: int,
) -> Selection:
    """Choose phases of ``candidates`` until ``limit`` calls are chosen; the last one is whole too.

    ``cells``: the declared ones; of equally empty ones the first is filled first. In which order
    the candidates are given does not matter.
    """
    left: list[NotChosen] = []
    new = _new(candidates, stored, audit, left)
    found, ids = audit(_beside(stored, new)), {one.id for one in new}
    groups = phase_groups([one for one in found if one.sample.id in ids], cell_of)
    filled = _Filled([one for one in found if one.sample.id not in ids], cell_of)
    taken, passed = _choose(groups, filled, cells, limit)
    for group in groups:
        left += group.others
    left += (NotChosen(one, why) for group, why in passed for one in group.kept)
    chosen = (one for group in taken for one in group.kept)
    return Selection(tuple(sorted(chosen, key=order_key)), tuple(left))


def _beside(stored: SampleStore, new: Sequence[Sample]) -> SampleStore:
    return replace(stored, samples=tuple(sorted((*stored.samples, *new), key=order_key)))


def _new(
    candidates: Sequence[Sample], stored: SampleStore, audit: Auditor, left: list[NotChosen]
) -> list[Sample]:
    """Those that tell of calls which nothing tells of yet; the others are ``left`` out."""
    known = {one.id: one for one in stored.samples}
    contents, erased = {content_of(one) for one in stored.samples}, {*stored.first_names.values()}
    status = {one.sample.id: one.status for one in audit(_beside(stored, candidates))}
    new: list[Sample] = []
    # Of lines that tell of one call, one that is scored stands.
    by_worth = [
        (status[one.id] not in SCORED, draw_of(one), one.reference, one.id) for one in candidates
    ]
    for *_, at in sorted((*key, at) for at, key in enumerate(by_worth)):
        one = candidates[at]
        content = content_of(one)
        if one.id in known or one.id in erased:
            left.append(NotChosen(one, STORED))
        elif content in contents:
            left.append(NotChosen(one, COPY))
        else:
            contents.add(content)
            new.append(one)
    ids = known | {one.id: one for one in new}
    rivals = {
        one.id: fault.found
        for one, fault in rival_lines([*stored.samples, *new], ids)
        if one.id not in known
    }
    left += (NotChosen(one, RIVAL, rivals[one.id]) for one in new if one.id in rivals)
    new = [one for one in new if one.id not in rivals]
    corrections = {one.id for one in new if one.supersedes and leads_to(one, known, ids)}
    left += (NotChosen(one, CORRECTION) for one in new if one.id in corrections)
    return _with_targets([one for one in new if one.id not in corrections], known, left)


def _with_targets(
    new: Sequence[Sample], known: Collection[str], left: list[NotChosen]
) -> list[Sample]:
    """Those whose links lead to lines that are stored, or may be."""
    kept = {one.id: one for one in new}
    while lost := [
        one
        for one in kept.values()
        if any(to not in known and to not in kept for to in named_by(one))
    ]:
        left += (NotChosen(one, LINKED) for one in lost)
        for one in lost:
            del kept[one.id]
    return list(kept.values())


def _choose(
    groups: Sequence[PhaseGroup], filled: _Filled, cells: Sequence[tuple[str, str]], limit: int
) -> tuple[list[PhaseGroup], list[tuple[PhaseGroup, str]]]:
    """The groups that are taken, and those that are passed over, each with the reason."""
    taken, passed, calls = list[PhaseGroup](), list[tuple[PhaseGroup, str]](), 0
    for group in _emptiest_first(groups, filled, cells):
        if all(filled.known.has(one) for one, _ in group.wanted):
            passed.append((group, NEAR_COPY))
        elif calls >= limit:
            passed.append((group, LIMIT))
        else:
            taken.append(group)
            calls += len(group.kept)
            for one, cell in group.wanted:
                filled.add(one, cell)
    return taken, passed


class _Filled:
    """The phases that fill each cell so far, and the calls that others may be near-copies of."""

    def __init__(self, stored: Sequence[Audited], cell_of: CellOf) -> None:
        self.known = NearCopies()
        self.phases: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for one in stored:
            if one.status in SCORED:
                self.add(one.sample, cell_of(one.sample))

    def add(self, sample: Sample, cell: tuple[str, str] | None) -> None:
        """Count a scored call."""
        self.known.add(sample)
        if cell is not None:
            self.phases[cell].add(sample.phase)


def _emptiest_first(
    groups: Sequence[PhaseGroup], filled: _Filled, cells: Sequence[tuple[str, str]]
) -> Iterator[PhaseGroup]:
    """Each group once: the next one of the cell with the fewest phases at that moment."""
    waiting: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number in sorted(range(len(groups)), key=lambda at: groups[at].draw, reverse=True):
        for cell in {cell for _, cell in groups[number].wanted}:
            waiting[cell].append(number)
    rank = {cell: at for at, cell in enumerate((*cells, *sorted(waiting.keys() - {*cells})))}
    done: set[int] = set()
    while waiting:
        emptiest = min(waiting, key=lambda cell: (len(filled.phases[cell]), rank[cell]))
        number = waiting[emptiest].pop()
        if not waiting[emptiest]:
            del waiting[emptiest]
        if number not in done:
            done.add(number)
            yield groups[number]
