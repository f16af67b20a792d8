"""Which of many calls to store: phases as a whole, the emptiest cells first, no near-copies.

What a registry predicts takes no part, nor does how many tokens a call needed, but to tell copies:
calls that were chosen by how well they are predicted would flatter. See docs/how-to/curation.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from coefgate.core.garbage_collector import collector_paused
from coefgate.samples.filling import Filled, choices
from coefgate.samples.left_out import LeftOutCalls, LeftOutCount
from coefgate.samples.links import leads_to, rival_lines
from coefgate.samples.model import Sample, SampleStore, order_key
from coefgate.samples.near_copies import compared_call, content_of
from coefgate.samples.phase_groups import (
    LINKED,
    CellOf,
    NotChosen,
    draw_of,
    named_by,
    phase_groups,
)
from coefgate.samples.status import SCORED, Audited
from coefgate.samples.waiting_phases import WaitingPhases

Auditor = Callable[[SampleStore], Sequence[Audited]]
"""The status of each sample of a store, in its order."""
STORED: Final = "stored"
COPY: Final = "copy"
RIVAL: Final = "rival"
CORRECTION: Final = "correction"
"""Reasons to leave a call out, beside those of ``phase_groups`` and of ``filling``, and statuses
without a score."""


class Candidates(Protocol):
    """Calls to choose among, each with a number; these are in the order of their places."""

    def parts(self) -> Iterator[Mapping[int, Sample]]:
        """All of them, once, in parts that need not be compared.

        Calls of a phase, lines of a call, and what names each other are of one part.
        """

    def samples(self, numbers: Collection[int]) -> Mapping[int, Sample]:
        """Those with these numbers, once all parts were seen."""


class ListedCandidates:
    """Candidates that are all in memory."""

    def __init__(self, calls: Sequence[Sample]) -> None:
        self._calls = dict(enumerate(sorted(calls, key=lambda one: (one.file, one.line))))

    def parts(self) -> Iterator[Mapping[int, Sample]]:
        """One."""
        yield self._calls

    def samples(self, numbers: Collection[int]) -> Mapping[int, Sample]:
        """Those with these numbers."""
        return {number: self._calls[number] for number in numbers}


@dataclass(frozen=True, slots=True)
class Selection:
    """``chosen``: what is to be stored, in order. ``left_out``: all others, by the reason."""

    chosen: tuple[Sample, ...]
    left_out: Mapping[str, LeftOutCalls]


def select(
    candidates: Candidates,
    stored: SampleStore,
    *,
    audit: Auditor,
    cell_of: CellOf,
    cells: Sequence[tuple[str, str]],
    limit: int,
) -> Selection:
    """Choose phases of ``candidates`` until ``limit`` calls are chosen; the last one is whole too.

    ``cells``: the declared ones; of equally empty ones the first is filled first. In which order
    the candidates are given does not matter. Little of a part is kept once it was seen.
    """
    seen = _SeenCandidates(stored, audit, cell_of)
    for part in candidates.parts():
        seen.take(part)
    chosen: list[int] = []
    for at, why in choices(seen.waiting, seen.filled(), cells, limit):
        for number, tokens in seen.waiting.kept(at):
            if why is None:
                chosen.append(number)
            else:
                seen.left[why].note(number, tokens)
    firsts = (number for one in seen.left.values() for number in one.numbers)
    samples = candidates.samples({*chosen, *firsts})
    return Selection(
        tuple(sorted((samples[number] for number in chosen), key=order_key)),
        {reason: one.among(samples) for reason, one in seen.left.items()},
    )


class _SeenCandidates:
    """What is kept of the parts so far: what is ``left`` out, and the phases ``waiting``."""

    def __init__(self, stored: SampleStore, audit: Auditor, cell_of: CellOf) -> None:
        self.left: defaultdict[str, LeftOutCount] = defaultdict(LeftOutCount)
        self.waiting = WaitingPhases()
        self._stored = _Stored(stored)
        self._audit = audit
        self._cell_of = cell_of
        self._not_scored: set[str] = set()

    @collector_paused()
    def take(self, part: Mapping[int, Sample]) -> None:
        """Look at one part."""
        numbers = {one.id: number for number, one in part.items()}
        left: list[NotChosen] = []
        new = _new(list(part.values()), self._stored, self._audit, left)
        ids, found = {one.id for one in new}, self._audit(self._stored.beside(new))
        for group in phase_groups([one for one in found if one.sample.id in ids], self._cell_of):
            left += group.others
            if group.wanted:
                self.waiting.add(group, numbers)
        # A new call may take the place of a stored one that was cut off at the same ceiling.
        self._not_scored |= {one.sample.id for one in found if one.status not in SCORED} - ids
        for one in left:
            self.left[one.reason].note(numbers[one.sample.id], one.sample.actual_output_tokens)

    def filled(self) -> Filled:
        """The cells as stored calls fill them that are scored beside all new ones."""
        filled = Filled()
        for one in self._stored.samples:
            if one.id not in self._not_scored:
                filled.add(compared_call(one), self._cell_of(one))
        return filled


class _Stored:
    """What is stored, with what tells whether a candidate says the same."""

    def __init__(self, store: SampleStore) -> None:
        self._store = store
        self.samples = store.samples
        self.known = {one.id: one for one in store.samples}
        self.contents = {content_of(one) for one in store.samples}
        self.erased = {*store.first_names.values()}

    def beside(self, new: Sequence[Sample]) -> SampleStore:
        """The store with ``new`` samples as well."""
        samples = sorted((*self.samples, *new), key=order_key)
        return replace(self._store, samples=tuple(samples))


def _new(
    candidates: Sequence[Sample], stored: _Stored, audit: Auditor, left: list[NotChosen]
) -> list[Sample]:
    """Those that tell of calls which nothing tells of yet; the others are ``left`` out."""
    known, contents = stored.known, set[object]()
    status = {one.sample.id: one.status for one in audit(stored.beside(candidates))}
    new: list[Sample] = []
    # Of lines that tell of one call, one that is scored stands.
    by_worth = [
        (status[one.id] not in SCORED, draw_of(one), one.reference, one.id) for one in candidates
    ]
    for *_, at in sorted((*key, at) for at, key in enumerate(by_worth)):
        one = candidates[at]
        content = content_of(one)
        if one.id in known or one.id in stored.erased:
            left.append(NotChosen(one, STORED))
        elif content in contents or content in stored.contents:
            left.append(NotChosen(one, COPY))
        else:
            contents.add(content)
            new.append(one)
    ids = known | {one.id: one for one in new}
    lines = rival_lines([*stored.samples, *new], ids)
    rivals = {one.id for one, _ in lines if one.id not in known}
    left += (NotChosen(one, RIVAL) for one in new if one.id in rivals)
    new = [one for one in new if one.id not in rivals]
    corrections = {one.id for one in new if one.supersedes and leads_to(one, known, ids)}
    left += (NotChosen(one, CORRECTION) for one in new if one.id in corrections)
    return _with_targets([one for one in new if one.id not in corrections], known, left)


def _with_targets(
    new: Sequence[Sample], known: Collection[str], left: list[NotChosen]
) -> list[Sample]:
    """Those whose links lead to lines that are stored, or may be."""
    kept, naming = {one.id: one for one in new}, defaultdict[str, list[str]](list)
    for one in new:
        for to in named_by(one):
            naming[to].append(one.id)
    lost = [name for to in naming if to not in known and to not in kept for name in naming[to]]
    while lost:
        if (gone := kept.pop(lost.pop(), None)) is not None:
            left.append(NotChosen(gone, LINKED))
            lost += naming.get(gone.id, ())
    return list(kept.values())
