"""One file of JSON lines → samples, streamed: memory grows with the samples, not with what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from coefgate.core.characters import is_utf_16, utf_16_problem
from coefgate.core.git_leftovers import git_leftover
from coefgate.core.problems import Problem
from coefgate.core.vocabulary import Deliverable
from coefgate.samples.acceptance import accepted_fields
from coefgate.samples.content import content_faults
from coefgate.samples.explanation import line_problems
from coefgate.samples.findings import Findings
from coefgate.samples.model import Sample

LONGEST_LINE: Final = 4 << 20
"""Bytes of the longest line: some 40,000 deliverables. A longer one is no call."""

Share = Callable[[Any, Any], Any]
"""``setdefault`` of one dictionary of texts: those that repeat are kept in memory once."""

_texts_that_repeat: Final = itemgetter(
    "origin",
    "run_id",
    "phase_id",
    "category",
    "complexity",
    "label_origin",
    "paths",
    "reply_matches",
    "model",
    "unit",
    "output_mode",
    "predicted_by",
    "stop_reason",
)


def samples_of(
    lines: Iterable[bytes], *, file: str, origin: str | None, findings: Findings, share: Share
) -> Iterator[Sample]:
    """The valid samples of a file; what is wrong with other lines goes to ``findings``.

    ``lines`` end in line ends; one that does not is longer than ``LONGEST_LINE`` or the last of a
    file whose writing was interrupted. ``origin``: the one that every line must have, if any.
    """
    seen: dict[str, int] = {}
    for number, line in numbered(lines):
        fields = accepted_fields(line) if line.endswith(b"\n") else None
        if fields is not None and not content_faults(fields, origin):
            before = seen.setdefault(fields["id"], number)
            if before == number:
                yield _sample(fields, file, number, share)
                continue
            if findings.room_for(len(line)):
                findings.add((_repeated(file, number, before),))
        elif (foreign := _of_the_whole_file(line, file, number)) is not None:
            findings.add((foreign,))
            return
        elif findings.room_for(len(line)):
            findings.add(_refusals(line, file, number, origin))
        if findings.given_up:
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
    """What a refused line says of its file, so that its other lines say nothing: it is no sample file yet."""
    leftover = git_leftover(line, number)
    if leftover is not None:
        return leftover.problem(file)
    if number == 1 and is_utf_16(line):
        return utf_16_problem(file)
    if number == 1 and not line.endswith(b"\n") and b"\r" in line[:-1]:
        found, fix = "has line ends of old Mac style", "Save the file with the line ends LF."
        column = len(line.partition(b"\r")[0].decode("utf-8", "replace")) + 1
        return Problem(
            file, 1, column, "", "line-end", found, "every line ends with a line end", fix
        )
    return None


def _refusals(line: bytes, file: str, number: int, origin: str | None) -> tuple[Problem, ...]:
    if len(line) >= LONGEST_LINE:
        return (_too_long(file, number),)
    if not line.endswith(b"\n"):
        return (_cut_off(line, file, number),)
    return line_problems(line[:-1], file, number, origin)


def _cut_off(line: bytes, file: str, number: int) -> Problem:
    if accepted_fields(line + b"\n") is None:
        found, fix = (
            "is cut off: its writing was interrupted",
            "Delete the half line and import it again.",
        )
    else:
        found, fix = "has no line end after its last line", "Add the line end."
    return Problem(file, number, 1, "", "cut-off", found, "every line ends with a line end", fix)


def _too_long(file: str, number: int) -> Problem:
    found = f"holds a line of {LONGEST_LINE:,} bytes or more"
    fix = "Check what was written into it; no call has so many deliverables."
    return Problem(file, number, 1, "", "too-long", found, "a line is shorter", fix)


def _repeated(file: str, number: int, first: int) -> Problem:
    found = f"is the sample of line {first} again"
    fix = "Delete one of the two lines."
    return Problem(
        file, number, 1, "id", "repeated-sample", found, "a file holds a sample once", fix
    )


def _sample(fields: dict[str, Any], file: str, line: int, share: Share) -> Sample:
    """Built by position, with texts that repeat kept once: the largest part of reading a valid line."""
    texts = _texts_that_repeat(fields)
    (
        origin,
        run_id,
        phase_id,
        category,
        complexity,
        label_origin,
        paths,
        reply_matches,
        model,
        unit,
        output_mode,
        predicted_by,
        stop_reason,
    ) = map(share, texts, texts)
    deliverables = [
        Deliverable(one["path"], share(one["operation"], one["operation"]), one["bytes_before"])
        for one in fields["deliverables"]
    ]
    return Sample(
        fields["id"],
        origin,
        fields["reference"],
        fields["observed_at"],
        run_id,
        phase_id,
        fields["attempt"],
        category,
        complexity,
        label_origin,
        tuple(deliverables),
        paths,
        reply_matches,
        model,
        unit,
        fields["actual_output_tokens"],
        fields["max_output_tokens"],
        fields["input_tokens"],
        output_mode,
        fields["predicted_output_tokens"],
        predicted_by,
        fields["success"],
        fields["truncated"],
        stop_reason,
        fields["duplicate_of"],
        fields["same_ceiling_as"],
        fields["supersedes"],
        file,
        line,
    )
