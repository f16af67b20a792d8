"""Numbers of a YAML file, exchanged where they stand; every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.registry.wording import ValuePath, dotted
from coefgate.registry.yaml_reader import strict_document
from coefgate.registry.yaml_scalars import plain_value

_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Edit:
    """A number that was exchanged: its place before (from 1), and how both are written."""

    path: ValuePath
    line: int
    column: int
    before: str
    after: str


def edited(
    content: bytes, file: str, numbers: Mapping[ValuePath, str]
) -> tuple[bytes, tuple[Edit, ...]]:
    """``content`` with the numbers at these places written as these texts, and what was exchanged.

    A number that says the same stays as it is written (``1.30`` is not made ``1.3``). Whether the
    file is still valid is for its reader to say. Raises ``InvalidInput`` if ``content`` cannot be
    read, ``ValueError`` if a place holds no number.
    """
    document = strict_document(content, file)
    text = content.decode("utf-8")
    # The strict reader lets only LF and CR LF through.
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    spans: list[tuple[int, int, Edit]] = []
    for path, after in numbers.items():
        line, column = document.mark(path)
        begin = starts[line - 1] + column - 1
        found = _NUMBER.match(text, begin)
        value = document.at(path)
        if found is None or plain_value(found.group()) != value:
            raise ValueError(f"{file}: there is no number at {dotted(path)}")
        if plain_value(after) != value:
            spans.append((begin, found.end(), Edit(path, line, column, found.group(), after)))
    spans.sort(key=lambda span: span[0])
    for begin, end, edit in reversed(spans):
        text = f"{text[:begin]}{edit.after}{text[end:]}"
    return text.encode("utf-8"), tuple(edit for *_, edit in spans)
