"""What is wrong with a registry or its samples, for ``check`` and in the place of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coefgate.core.problems import Problem
from coefgate.reports.figures import count
from coefgate.reports.page import Item, Items, Page, Paragraph, Remark, Title, code, plain
from coefgate.reports.render.json import as_json


def problems_page(problems: Sequence[Problem]) -> Page:
    """The page that stands in the place of a verdict where there can be none."""
    yield Title(f"INVALID: {_how_many(problems)}", "fail", repeated=False)
    yield Paragraph(
        "Registry or samples are not valid, so nothing was judged. See the same on your side "
        "with: coefgate gate"
    )
    yield Items(list(map(_problem, problems)), weight=1)


def check_page(problems: Sequence[Problem], files: int, samples: int | None) -> Page:
    """What a check of so many files and samples has found.

    ``samples`` is ``None`` where none were read, or where some are broken.
    """
    if problems:
        yield Items(list(map(_problem, problems)), unbroken=True)
        yield Paragraph(_how_many(problems))
    else:
        read = "" if samples is None else f", {count(samples, 'sample')}"
        remark = Remark("notice", "", "coefgate check found no problem")
        yield Paragraph(f"valid: {count(files, 'file')} in coefficients/{read}", remark=remark)


def _how_many(problems: Sequence[Problem]) -> str:
    files = {problem.file for problem in problems}
    return f"{count(len(problems), 'problem')} in {count(len(files), 'file')}"


def _problem(one: Problem) -> Item:
    subject, told = one.path or "the file", f"{one.found}; {one.allowed}. {one.fix}"
    place = code(f"{one.file}:{one.line}:{one.column}")
    return Item(
        (place, plain("  "), code(subject) if one.path else plain(subject), f" {told}"),
        remarks=[Remark("error", one.code, f"{subject} {told}", (one.file, one.line), one.column)],
    )


def check_dict(problems: Sequence[Problem], files: int, samples: int | None) -> dict[str, Any]:
    """The same for programs."""
    return {
        "valid": not problems,
        "files": files,
        "samples": samples,
        "problems": as_json(problems),
    }
