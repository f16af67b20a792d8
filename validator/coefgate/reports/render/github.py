"""The remarks of a page as workflow commands, which GitHub shows on the lines of files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final, get_args

from coefgate.core.characters import visible
from coefgate.registry.wording import shortened
from coefgate.reports.page import (
    TELLER,
    Items,
    Page,
    Paragraph,
    Place,
    Remark,
    RemarkLevel,
    Title,
    Words,
    every_block,
    unmarked,
)

SHOWN: Final = 10
"""Annotations of one level that GitHub shows for a step."""
_LONGEST: Final = 4000
_LONGEST_PROPERTY: Final = 400


def workflow_commands(page: Page, folder: str = "", *, most: int | None = SHOWN) -> str:
    """Errors, then warnings, then notices; of each no more than ``most``, the gravest first.

    ``folder``: the way from the top of the repository, from where GitHub looks for files, to
    where the places of the page begin.
    """
    remarks, lines = list(_remarks(page)), []
    levels: Sequence[RemarkLevel] = get_args(RemarkLevel)
    for level in levels:
        found = [one for one in remarks if one.level == level]
        shown = found if most is None or len(found) <= most else found[: most - 1]
        lines += [workflow_command(one, folder) for one in shown]
        if more := len(found) - len(shown):
            message = f"{more:,} more annotations: the report has all of them."
            lines.append(workflow_command(Remark(level, TELLER, message)))
    return "\n".join(lines)


def _remarks(page: Page) -> Iterator[Remark]:
    for block in every_block(page):
        match block:
            case Title() | Paragraph():
                yield from [_whole(block.remark, block.words)] if block.remark else []
            case Items():
                rows = [
                    [_whole(one, row.words, row.place) for one in row.remarks]
                    for row in block.rows
                ]
                # The first one of every row, then the second ones, so that none hides another row.
                for turn in zip_longest(*rows):
                    yield from filter(None, turn)


def _whole(one: Remark, words: Words, place: Place | None = None) -> Remark:
    return replace(one, message=one.message or unmarked(words), place=one.place or place)


def workflow_command(one: Remark, folder: str = "") -> str:
    """One annotation, on one line whatever texts hold: ``::error file=a.yaml,line=4,title=b::c``.

    ``folder``: as in ``workflow_commands``; it ends with ``/`` or is empty.
    """
    file, line = one.place or (None, None)
    places = {
        "file": None if file is None else _from_the_top(folder, file),
        "line": line,
        "col": one.column,
        "title": shortened(one.title, _LONGEST_PROPERTY) or None,
    }
    properties = ",".join(
        f"{key}={_property(str(value))}" for key, value in places.items() if value is not None
    )
    message = _data(shortened(one.message, _LONGEST))
    return f"::{one.level}{' ' if properties else ''}{properties}::{message}"


def _from_the_top(folder: str, file: str) -> str:
    path = f"{folder}{file}"
    return posixpath.normpath(path) if folder and file.startswith("../") else path


def _data(text: str) -> str:
    kept = text.replace("\r\n", "\n").split("\n")
    return "%0A".join(visible(line).replace("%", "%25") for line in kept)


def _property(text: str) -> str:
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
