"""One file of JSON lines → samples, streamed: memory grows with the samples alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from coefgate.core.characters import git_leftover, is_utf_16, utf_16_problem
from coefgate.core.problems import Problem
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.document import Fault
from coefgate.samples.acceptance import accepted_fields, content_faults
from coefgate.samples.line_errors import line_problems
from coefgate.samples.model import FIELDS_OF_1, SINCE_2, Sample

LONGEST_LINE: Final = 4 << 20
"""Bytes of the longest line: some 40,000 deliverables. A longer one is no call."""
MAX_PROBLEMS: Final = 1_000
"""Problems of one file that are kept; nobody reads more."""
MAX_REFUSED_LINES: Final = 100_000
"""Refused lines after which a file is given up: it holds no samples, or is damaged as a whole."""
MAX_EXPLAINED_BYTES: Final = 8 << 20
"""Bytes of refused lines of one file that are explained, which costs far more than refusing."""

Share = Callable[[Any, Any], Any]
"""``setdefault`` of one dictionary of texts: those that repeat are kept in memory once."""

_in_order: Final = itemgetter(*FIELDS_OF_1)
_since_2: Final = itemgetter(*SINCE_2)
_DELIVERABLES: Final = FIELDS_OF_1.index("deliverables")
_REPEATING: Final = tuple(
    FIELDS_OF_1.index(name)
    for name in (
        *("origin", "run_id", "phase_id", "category", "complexity", "label_origin", "paths"),
        *("reply_matches", "model", "unit", "output_mode", "predicted_by", "stop_reason"),
    )
)
"""Places of the texts that repeat."""


class FileProblems:
    """What is wrong with ``file``: the first problems in full, the rest counted."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._kept: list[Problem] = []
        self._explained = self._uncounted = self._refused = 0

    @property
    def given_up(self) -> bool:
        """Have so many lines been refused that the rest is not worth reading?"""
        return self._refused >= MAX_REFUSED_LINES

    def room_for(self, size: int) -> bool:
        """Is another refused line of ``size`` bytes to be explained? Otherwise it is counted."""
        self._refused += 1
        if len(self._kept) < MAX_PROBLEMS and self._explained < MAX_EXPLAINED_BYTES:
            self._explained += size
            return True
        self._uncounted += 1
        return False

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems``, as far as there is room; the others are counted."""
        for problem in problems:
            if len(self._kept) < MAX_PROBLEMS:
                self._kept.append(problem)
            else:
                self._uncounted += 1

    def problems(self) -> tuple[Problem, ...]:
        """What was kept, in the order of places; the last one says how many there are besides."""
        kept = sorted(self._kept)
        if not self._uncounted:
            return tuple(kept)
        line, column = max(((problem.line, problem.column) for problem in kept), default=(1, 0))
        more = f"at least {self._uncounted:,}" if self.given_up else f"{self._uncounted:,}"
        found, allowed = f"has {more} more problems", "only the first ones are listed"
        fix = "Fix what is listed, or rewrite the file, and check again."
        rest = Fault("too-many-problems", found, allowed, fix)
        return (*kept, rest.placed(self._file, line, column + 1))


def samples_of(
    lines: Iterable[bytes], *, file: str, origin: str | None, problems: FileProblems, share: Share
) -> Iterator[Sample]:
    """The valid samples of a file; what is wrong with other lines goes to ``problems``.

    A line without a line end is longer than ``LONGEST_LINE``, or the last one, whose writing was
    interrupted. ``origin``: the one that every line must have, if any.
    """
    seen: dict[str, int] = {}
    for number, line in numbered(lines):
        fields = accepted_fields(line) if line.endswith(b"\n") else None
        if fields is not None and not content_faults(fields, origin):
            before = seen.setdefault(fields["id"], number)
            if before == number:
                yield _sample(fields, file, number, share)
                continue
            if problems.room_for(len(line)):
                found, fix = (
                    f"is the sample of line {before} again",
                    "Delete one of the two lines.",
                )
                fault = Fault("repeated-sample", found, "a file holds a sample once", fix, ("id",))
                problems.add((fault.placed(file, number),))
        elif (foreign := _of_the_whole_file(line, file, number)) is not None:
            problems.add((foreign,))
            return
        elif problems.room_for(len(line)):
            problems.add(_refusals(line, file, number, origin))
        if problems.given_up:
            return


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers, from 1; of a line that came in pieces only the first piece."""
    number = 0
    whole = True
    for piece in lines:
        if whole:
            number += 1
            yield number, piece
        whole = piece.endswith(b"\n")


def _of_the_whole_file(line: bytes, file: str, number: int) -> Problem | None:
    """What a refused line says of its whole file, so that its other lines say nothing."""
    if (leftover := git_leftover(line, file, number)) is not None:
        return leftover
    if number == 1 and is_utf_16(line):
        return utf_16_problem(file)
    if number == 1 and not line.endswith(b"\n") and b"\r" in line[:-1]:
        found, fix = "has old Mac line endings", "Save the file with LF line endings."
        column = len(line.partition(b"\r")[0].decode("utf-8", "replace")) + 1
        fault = Fault("line-end", found, "every line has a line ending", fix)
        return fault.placed(file, 1, column)
    return None


def _refusals(line: bytes, file: str, number: int, origin: str | None) -> tuple[Problem, ...]:
    if len(line) >= LONGEST_LINE:
        found, allowed = f"holds a line of {LONGEST_LINE:,} bytes or more", "a line is shorter"
        fix = "Check what was written into it; no call has so many deliverables."
        return (Fault("too-long", found, allowed, fix).placed(file, number),)
    if line.endswith(b"\n"):
        return line_problems(line[:-1], file, number, origin)
    found, fix = "has no line ending after its last line", "Add the line ending."
    if accepted_fields(line + b"\n") is None:
        found = "is cut off: its writing was interrupted"
        fix = "Delete the half line and import it again."
    fault = Fault("cut-off", found, "every line has a line ending", fix)
    return (fault.placed(file, number),)


def _sample(fields: dict[str, Any], file: str, line: int, share: Share) -> Sample:
    """Built by position, texts that repeat kept once: the largest part of reading a valid line."""
    values: list[Any] = [*_in_order(fields), file, line]
    for at in _REPEATING:
        values[at] = share(values[at], values[at])
    deliverables = [
        Deliverable(one["path"], share(one["operation"], one["operation"]), one["bytes_before"])
        for one in fields["deliverables"]
    ]
    values[_DELIVERABLES] = tuple(deliverables)
    return Sample(*values, *_since_2(fields)) if "format" in fields else Sample(*values)
