"""What is wrong with a registry or its samples, for ``check`` and instead of a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.registry.wording import count
from coefgate.reports.page import Item, Items, Page, Paragraph, Remark, Title, code, plain
from coefgate.reports.render.json import as_json

FEW: Final = 3
"""So many problems of one kind in one file are each told in full; of more only the first."""
MOST_RANGES: Final = 12
_WORD: Final = re.compile(r"[\w.+-]*\w")
_POSITION: Final = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class AlikeProblems:
    """Problems of one file that one remedy mends: the ``first``, and ``more`` like it."""

    first: Problem
    more: tuple[Problem, ...] = ()

    @property
    def places(self) -> str:
        """How many more there are, and where; empty where the first is the only one."""
        if not self.more:
            return ""
        return f"and {len(self.more):,} more like it in {lines_words(self.more)}"


def by_kind(problems: Sequence[Problem]) -> list[AlikeProblems]:
    """The problems by kind, in the order of the first of each."""
    found: dict[tuple[str, ...], list[Problem]] = {}
    for one in problems:
        what = _POSITION.sub("[]", one.path)
        found.setdefault((one.file, one.code, what, one.allowed, _remedy(one)), []).append(one)
    told: list[AlikeProblems] = []
    for like in found.values():
        told += (
            [AlikeProblems(like[0], tuple(like[1:]))]
            if len(like) > FEW
            else map(AlikeProblems, like)
        )
    return sorted(told, key=lambda kind: kind.first)


def _remedy(problem: Problem) -> str:
    """What to do, without what it repeats of the value that was found."""
    said = set(_WORD.findall(problem.found))
    return _WORD.sub(lambda word: "" if word[0] in said else word[0], problem.fix)


def lines_words(problems: Sequence[Problem]) -> str:
    """``line 4``, ``lines 2–40, 43``."""
    ranges: list[list[int]] = []
    for line in sorted({one.line for one in problems}):
        if ranges and ranges[-1][-1] == line - 1:
            ranges[-1][1:] = [line]
        else:
            ranges.append([line])
    told = [f"{one[0]}–{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in ranges]
    more = ["…"] if len(told) > MOST_RANGES else []
    which = ", ".join([*islice(told, MOST_RANGES), *more])
    return f"line{'s' if len(told) > 1 or '–' in which else ''} {which}"


def problems_text(problems: Sequence[Problem]) -> str:
    """What stands on standard error instead of a result."""
    return "\n".join([*_problem_lines(problems), f"{_many(problems)}: nothing was done."])


def _problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    for kind in by_kind(problems):
        yield str(kind.first)
        if kind.more:
            yield f"    {kind.places}"


def problems_page(problems: Sequence[Problem]) -> Page:
    """The page that stands in the place of a verdict where there can be none."""
    yield Title(f"INVALID: {_how_many(problems)}", "fail", repeated=False)
    yield Paragraph(
        "Registry or samples are not valid, so nothing was judged. See the same on your side "
        "with: coefgate gate"
    )
    yield Items(list(map(_item, by_kind(problems))), weight=1)


def check_page(problems: Sequence[Problem], files: int, samples: int | None) -> Page:
    """What a check of so many files and samples has found.

    ``samples`` is ``None`` where none were read, or where some are broken.
    """
    if problems:
        yield Items(list(map(_item, by_kind(problems))), unbroken=True)
        yield Paragraph(_how_many(problems))
    else:
        read = "" if samples is None else f", {count(samples, 'sample')}"
        remark = Remark("notice", "", "coefgate check found no problem")
        yield Paragraph(f"valid: {count(files, 'file')} in coefficients/{read}", remark=remark)


def _how_many(problems: Sequence[Problem]) -> str:
    files = {problem.file for problem in problems}
    return f"{_many(problems)} in {count(len(files), 'file')}"


def _many(problems: Sequence[Problem]) -> str:
    return count(len(problems), "problem")


def _item(kind: AlikeProblems) -> Item:
    one = kind.first
    subject, told = _subject(one), _told(one)
    place = code(f"{one.file}:{one.line}:{one.column}")
    return Item(
        (place, plain("  "), code(subject) if one.path else plain(subject), f" {told}"),
        nested=[plain(kind.places)] if kind.more else [],
        remarks=[_remark(problem) for problem in (one, *kind.more)],
    )


def _remark(one: Problem) -> Remark:
    message = f"{_subject(one)} {_told(one)}"
    return Remark("error", one.code, message, (one.file, one.line), one.column)


def _subject(one: Problem) -> str:
    return one.path or "the file"


def _told(one: Problem) -> str:
    return f"{one.found}; {one.allowed}. {one.fix}"


def check_dict(problems: Sequence[Problem], files: int, samples: int | None) -> dict[str, Any]:
    """The same for programs."""
    return {
        "valid": not problems,
        "files": files,
        "samples": samples,
        "problems": as_json(problems),
    }
