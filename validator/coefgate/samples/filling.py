"""Which of the phases that wait are taken: the next one of the cell that is emptiest by then."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from coefgate.samples.near_copies import ComparedCall, NearCopies
from coefgate.samples.waiting_phases import WaitingPhases

NEAR_COPY: Final = "near-copy"
LIMIT: Final = "limit"
"""Reasons to pass a phase over."""


class Filled:
    """The phases that fill each cell so far, and the calls that others may be near-copies of."""

    def __init__(self) -> None:
        self.known = NearCopies()
        self.phases: defaultdict[tuple[str, str], set[int]] = defaultdict(set)

    def add(self, call: ComparedCall, cell: tuple[str, str] | None) -> None:
        """Count a scored call."""
        self.known.add(call)
        if cell is not None:
            self.phases[cell].add(call.phase)


def choices(
    waiting: WaitingPhases, filled: Filled, cells: Sequence[tuple[str, str]], limit: int
) -> Iterator[tuple[int, str | None]]:
    """Each phase once with the reason to pass it over, ``None`` where it is taken."""
    calls, is_seen = 0, bytearray(len(waiting))
    for at in _emptiest_first(waiting, filled, cells):
        is_seen[at] = True
        wanted = list(waiting.wanted(at))
        if all(filled.known.has(one) for one, _ in wanted):
            yield at, NEAR_COPY
            continue
        yield at, None
        calls += sum(1 for _ in waiting.kept(at))
        for one, cell in wanted:
            filled.add(one, cell)
        if calls >= limit:
            break
    for at in range(len(waiting)):
        if not is_seen[at]:
            near = all(filled.known.has(one) for one, _ in waiting.wanted(at))
            yield at, NEAR_COPY if near else LIMIT


def _emptiest_first(
    waiting: WaitingPhases, filled: Filled, cells: Sequence[tuple[str, str]]
) -> Iterator[int]:
    """Each phase once: the next one of the cell with the fewest phases at that moment."""
    of_cell: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("l"))
    for at in sorted(range(len(waiting)), key=waiting.draws.__getitem__, reverse=True):
        for cell in {cell for _, cell in waiting.wanted(at)}:
            of_cell[cell].append(at)
    rank = {cell: at for at, cell in enumerate((*cells, *sorted(of_cell.keys() - {*cells})))}
    done = bytearray(len(waiting))
    while of_cell:
        emptiest = min(of_cell, key=lambda cell: (len(filled.phases[cell]), rank[cell]))
        at = of_cell[emptiest].pop()
        if not of_cell[emptiest]:
            del of_cell[emptiest]
        if not done[at]:
            done[at] = True
            yield at
