"""Lines as people write them → lines as they are stored: completed, each with its id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

import orjson

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Mark
from coefgate.registry.wording import ValuePath
from coefgate.samples.acceptance import has_one_meaning
from coefgate.samples.completion import NO_FACTS, completed
from coefgate.samples.line_errors import nearly_json, place
from coefgate.samples.lines import LONGEST_LINE, numbered
from coefgate.samples.model import sample_id

_STAND_IN: Final = "0" * 32


@dataclass(slots=True)
class Drafts:
    """The drafts in ``lines``, which may be gone through more than once, as stored lines.

    ``facts`` hold for calls that do not state them. ``reference``: the name of the file; a call
    without a reference is looked up in its line there. ``filled``: what each line did not state.
    """

    lines: Iterable[bytes]
    facts: Mapping[str, Any] = field(default_factory=lambda: NO_FACTS)
    reference: str | None = None
    filled: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _shared: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Any]:
        """The facts, with the reference as it is made."""
        return self._facts("LINE")

    def _facts(self, number: object) -> Mapping[str, Any]:
        if self.reference is None:
            return self.facts
        return {"reference": f"{self.reference}:{number}", **self.facts}

    def __iter__(self) -> Iterator[bytes]:
        number, whole = 1, True
        for piece in self.lines:
            yield self._stored(piece, number) if whole else piece
            whole = piece.endswith(b"\n")
            number += whole

    def _stored(self, line: bytes, number: int) -> bytes:
        """``line`` completed and with its id; as it is where it is no object.

        One that has not one meaning only is added to, so that it is refused for that alone, in its
        place.
        """
        try:
            stated, readable = orjson.loads(line), True
        except orjson.JSONDecodeError:
            stated, readable = nearly_json(line), False
        if not isinstance(stated, dict) or len(line) >= LONGEST_LINE:
            return line
        if not line.endswith(b"\n"):  # a whole object: nothing of the last line is cut off
            line += b"\n"
        done = completed(stated, facts=self._facts(number))
        if done.filled:
            self.filled[number] = self._shared.setdefault(done.filled, done.filled)
            if readable and has_one_meaning(line):
                identity = stated["id"] if "id" in stated else sample_id(done.fields)
                whole = {**done.fields, "id": identity}
                return orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)
        added = {name: done.fields[name] for name in done.fields if name not in stated}
        if "id" not in stated:
            added["id"] = sample_id(done.fields) if readable else _STAND_IN
        return _with_members(line, added)

    def as_written(self, problems: Sequence[Problem], file: str) -> Iterator[Problem]:
        """``problems``, those of ``file`` with the columns of the lines as they were written."""
        wanted = {one.line for one in problems if one.file == file}
        upto = islice(numbered(self.lines), max(wanted, default=0))
        lines = {number: line for number, line in upto if number in wanted}
        others = {one.line for one in problems if not _of_a_deliverable(one)}
        for one in problems:
            line = lines.get(one.line, b"") if one.file == file else b""
            stored = self._stored(line, one.line)
            if not stored.startswith(line.rstrip()[:-1]):
                yield _moved(one, line, stored)
            elif has_one_meaning(line) or not _of_a_deliverable(one) or one.line not in others:
                yield one  # else the deliverables were left as they are for another problem


def _of_a_deliverable(problem: Problem) -> bool:
    """Might completing the deliverables have mended it?"""
    of_one = problem.path.startswith("deliverables[")
    return of_one and problem.code in {"wrong-type", "missing-key"}


def _with_members(line: bytes, added: Mapping[str, Any]) -> bytes:
    """``line`` with ``added`` at its end, so that the columns of the rest stay."""
    if not added:
        return line
    begun = line.rstrip()[:-1]
    comma = b"" if begun.strip() == b"{" else b","
    return begun + comma + orjson.dumps(added)[1:] + b"\n"


def _moved(problem: Problem, written: bytes, stored: bytes) -> Problem:
    """The problem of a line that is stored in another way than it is written."""
    before = place(written.rstrip(b"\r\n"), problem.file, problem.line)
    after = place(stored.rstrip(b"\n"), problem.file, problem.line)
    return replace(problem, column=_column(problem.column, before, after))


def _column(column: int, before: Document, after: Document) -> int:
    """Where the value, or the key, at ``column`` of one document stands in the other."""
    there = (
        (path, mark)
        for path, mark in _marks(after.root)
        if column in {mark.column, mark.key_column}
    )
    path, mark = next(there, ((), after.root))
    return before.mark(path, key=column == mark.key_column)[1]


def _marks(mark: Mark, path: tuple[str | int, ...] = ()) -> Iterator[tuple[ValuePath, Mark]]:
    yield path, mark
    inside = mark.inside or ()
    for step, inner in inside.items() if isinstance(inside, dict) else enumerate(inside):
        yield from _marks(inner, (*path, step))
