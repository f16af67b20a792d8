"""Phases that wait to be chosen, in few bytes: of each only what choosing needs."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Final

from coefgate.samples.near_copies import ComparedCall, compared_call
from coefgate.samples.phase_groups import PhaseGroup

_NOTHING: Final = -1
"""In the place of a hash, which is never this number."""
_DRAW_BYTES: Final = 8
"""Of the draw: enough to tell millions of phases apart."""


class WaitingPhases:
    """Phases with wanted calls, by number from 0: a million calls take some 60 MB."""

    def __init__(self) -> None:
        self._names: list[tuple[str, str]] = []
        self._codes: dict[tuple[str, str], int] = {}
        self.draws = array("Q")
        self._wanted_from, self._kept_from = array("l", [0]), array("l", [0])
        self._work, self._phase, self._input = array("q"), array("q"), array("q")
        self._tokens, self._cell = array("i"), array("i")
        self._number, self._kept_tokens = array("l"), array("i")

    def __len__(self) -> int:
        return len(self.draws)

    def add(self, group: PhaseGroup, numbers: Mapping[str, int]) -> None:
        """Take in a phase; ``numbers``: of its calls, by their ids."""
        self.draws.append(int.from_bytes(group.draw[:_DRAW_BYTES], "big"))
        for sample, cell in group.wanted:
            work, tokens, given, phase = compared_call(sample)
            self._work.append(_NOTHING if work is None else work)
            self._tokens.append(tokens)
            self._input.append(given)
            self._phase.append(phase)
            if cell not in self._codes:
                self._codes[cell] = len(self._names)
                self._names.append(cell)
            self._cell.append(self._codes[cell])
        self._wanted_from.append(len(self._work))
        for sample in group.kept:
            self._number.append(numbers[sample.id])
            self._kept_tokens.append(sample.actual_output_tokens)
        self._kept_from.append(len(self._number))

    def wanted(self, at: int) -> Iterator[tuple[ComparedCall, tuple[str, str]]]:
        """The wanted calls of a phase as they are compared, each with its cell."""
        for one in range(self._wanted_from[at], self._wanted_from[at + 1]):
            work = None if self._work[one] == _NOTHING else self._work[one]
            facts = self._tokens[one], self._input[one], self._phase[one]
            yield ComparedCall(work, *facts), self._names[self._cell[one]]

    def kept(self, at: int) -> Iterator[tuple[int, int]]:
        """What is stored of a phase, if it is: the number and the output tokens of each call."""
        kept = range(self._kept_from[at], self._kept_from[at + 1])
        yield from ((self._number[one], self._kept_tokens[one]) for one in kept)
