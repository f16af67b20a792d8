"""``yanked.yaml``: the withdrawn versions in it, and how others are put in front of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.problems import UsageProblem
from coefgate.core.yanks import Yank, read_yanks
from coefgate.registry.document import Document
from coefgate.registry.files import FOLDER
from coefgate.registry.yaml_reader import read_document, strict_document

FILE: Final = f"{FOLDER}/yanked.yaml"
_NEW: Final = (
    "# yaml-language-server: $schema=../schemas/yanked.schema.json\n"
    "# Released versions that were withdrawn, newest first.\n"
    "yanked: []\n"
)
YankRow = Mapping[str, str | None]
"""A withdrawn version as the file says it."""


def yanks(content: bytes | None) -> tuple[Yank, ...]:
    """The withdrawn versions in the file, ``None`` where there is no file.

    Raises ``InvalidInput`` where it cannot be read, ``InvalidDocument`` where it is not valid.
    """
    rows = [] if content is None else strict_document(content, FILE).list_at(("yanked",))
    valid = [row for row in rows if isinstance(row, dict)]
    return read_yanks(valid, JsonPlace(FILE, "yanked"))


def with_yanked(content: bytes | None, new: Sequence[Yank]) -> bytes:
    """The file with ``new`` in front of what it holds; comments, form and line ends stay.

    Raises ``UsageProblem`` where the form is one that cannot be kept.
    """
    before = _NEW.encode() if content is None else content
    document = strict_document(before, FILE)
    if not new:
        return before
    if b"\r\n" in before:
        return with_yanked(before.replace(b"\r\n", b"\n"), new).replace(b"\n", b"\r\n")
    rows = [asdict(one) for one in new]
    wanted = {**document.mapping_at(()), "yanked": [*rows, *document.list_at(("yanked",))]}
    for candidate in _candidates(before.decode("utf-8"), document, rows):
        found, problems = read_document(candidate.encode(), FILE)
        if found is not None and not problems and found.data == wanted:
            return candidate.encode()
    raise UsageProblem(
        f"{FILE} has a form that cannot be kept when versions are added to it. Write its list as "
        "`yanked:` with one `- version: …` below it, and commit that."
    )


def _candidates(text: str, document: Document, rows: Sequence[YankRow]) -> Iterator[str]:
    """Ways to write the rows into the file, the best to read first; some give no valid file."""
    line, column = document.mark(("yanked",))
    lines = text.splitlines(keepends=True)
    place = sum(len(one) for one in lines[: line - 1]) + column - 1
    before, after = text[:place], text[place:]
    if after.startswith("-"):
        indent = " " * (column - 1)
        yield before + "".join(f"{_block(row, indent)}\n{indent}" for row in rows) + after
        return
    if empty := re.match(r"\[\s*\]", after):
        rest_of_line, newline, rest = after[empty.end() :].partition("\n")
        items = "".join(f"  {_block(row, '  ')}\n" for row in rows)
        yield f"{before.rstrip(' ')}{rest_of_line.rstrip()}\n{items}{rest if newline else ''}"
    items = ", ".join(f"{{{', '.join(_pairs(row))}}}" for row in rows)
    yield f"{before}[{items}{after[1:]}" if empty else f"{before}[{items}, {after[1:].lstrip(' ')}"


def _block(row: YankRow, indent: str) -> str:
    return "- " + f"\n{indent}  ".join(_pairs(row))


def _pairs(row: YankRow) -> list[str]:
    # In quotes, so that no version, day or text is ever taken for anything else.
    return [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()]
