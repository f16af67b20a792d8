"""New calls to choose among: of files and streams, or of a source that is read in parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from coefgate.core.characters import visible
from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.samples.foreign.collected import Collected, collected_together
from coefgate.samples.line_source import STDIN, LinesOf, kept
from coefgate.samples.model import Sample
from coefgate.samples.store import read_drafts, read_lines
from coefgate.use_cases.new_calls import CallsOfSources, NewCalls
from coefgate.use_cases.samples import reference_of

AT_ONCE: Final = 20_000
"""Calls of a source that are held in memory together, some 3 KiB for each."""


def drafts_of(
    sources: Sequence[str | BinaryIO], root: Path, facts: Mapping[str, Any]
) -> tuple[Sample, ...]:
    """The calls of files and streams in the sample format, each line once."""
    found: dict[str, Sample] = {}
    problems: list[Problem] = []
    for source in sources:
        with ExitStack() as open_until_done:
            if not isinstance(source, str):
                lines: Iterable[bytes] = open_until_done.enter_context(kept(source))
                name, reference = STDIN, None
            elif (file := Path(source)).is_file():
                name, reference = visible(source), reference_of(file, root)
                lines = LinesOf(file)
            else:
                raise UsageProblem(
                    f"{source} is no regular file. Name a file of JSON Lines in the sample "
                    "format, or give its format: --as FORMAT"
                )
            try:
                read = read_drafts(lines, source=name, facts=facts, reference=reference)
            except InvalidInput as error:
                problems += error.problems
            else:
                found |= {one.id: one for one in read}
    if problems:
        raise InvalidInput(problems)
    return tuple(found.values())


class CallsInParts(Protocol):
    """The calls of one source, which can be read again; ``line`` of a call is its number."""

    def parts(
        self, size: int, *, holding: Collection[int] | None = None
    ) -> Iterator[CallsOfSources]:
        """All calls, or those of the parts with these numbers, in some order.

        About ``size`` at once; calls of different parts need not be compared.
        """


class CandidatesInParts:
    """Candidates of which about ``at_once`` are held in memory together; ``source``: its name."""

    def __init__(self, calls: CallsInParts, new: NewCalls, *, at_once: int, source: str) -> None:
        self._calls = calls
        self._new = new
        self._size = at_once
        self._source = source
        self._collected = collected_together(())
        self._part: dict[int, Sample] = {}

    def parts(self) -> Iterator[Mapping[int, Sample]]:
        """All of them, one part after the other."""
        for told in self._calls.parts(self._size):
            self._part = {}  # before the next one is read
            collected = self._new.collected(told)
            self._collected = collected_together((self._collected, collected))
            self._part = self._samples(collected)
            yield self._part

    def samples(self, numbers: Collection[int]) -> Mapping[int, Sample]:
        """Those with these numbers; unless all are of the last part, they are read again."""
        if self._part.keys() >= {*numbers}:
            return self._part
        found: dict[int, Sample] = {}
        for told in self._calls.parts(self._size, holding=numbers):
            part = self._samples(self._new.collected(told))
            found |= {number: one for number, one in part.items() if number in numbers}
        return found

    def collected(self) -> Collected:
        """What all parts came to, but for their lines."""
        return self._new.with_notes(self._collected)

    def _samples(self, collected: Collected) -> dict[int, Sample]:
        samples = read_lines(collected.lines, source=self._source)
        return dict(zip(collected.numbers, samples, strict=True))
