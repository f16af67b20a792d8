"""Files of declared labels → one document, a list of entries, with the place of every value."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault, Mark
from coefgate.registry.wording import printable
from coefgate.registry.yaml_reader import read_document
from coefgate.samples.line_errors import marked_line

ReadSidecar = tuple[Document, tuple[Problem, ...]]
_DELIMITERS: Final = ",;\t"


def csv_document(content: bytes, file: str) -> ReadSidecar:
    """Rows below a header; the delimiter is the one of ``,``, ``;`` and tab that it has most of.

    An empty cell states nothing. The place of a value is the first line of its row, whatever the
    column; that of its name is the header.
    """
    whole = content.decode("utf-8-sig")
    header = whole.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(StringIO(whole, newline=""), delimiter=delimiter, strict=True)
    entries: list[Any] = []
    marks: list[Mark] = []
    problems: list[Problem] = []
    names: list[str] = []
    line = 1
    try:
        for row in rows:
            cells = [text.strip() for text in row]
            if not names:
                names = cells
                again = [name for at, name in enumerate(names) if name in names[:at]]
                problems += [_twice(name).placed(file, 1) for name in again]
            elif any(cells):
                if len(cells) > len(names):
                    problems.append(_too_many(len(cells), len(names)).placed(file, line))
                stated = {name: text for name, text in zip(names, cells, strict=False) if text}
                entries.append(stated)
                cell = Mark(line, 1, 1, 1, None)
                marks.append(Mark(line, 1, line, 1, dict.fromkeys(stated, cell)))
            line = rows.line_num + 1
    except csv.Error as error:
        fault = Fault("syntax", f"cannot be read ({printable(str(error))})", _CSV, _QUOTES)
        problems.append(fault.placed(file, line))
    return Document(file, entries, Mark(1, 1, 1, 1, marks)), tuple(problems)


_CSV: Final = "it is CSV, a cell that holds a delimiter, quote or line break in double quotes"
_QUOTES: Final = "Close the quotes, and write a quote inside of them twice."


def _twice(name: str) -> Fault:
    found, fix = f"has two columns {printable(name)}", "Delete one of the two."
    return Fault("duplicate-key", found, "a column has a name of its own", fix)


def _too_many(cells: int, columns: int) -> Fault:
    found = f"has {cells:,} cells in this row, and the header {columns:,}"
    fix = "Put a cell that holds the delimiter in double quotes."
    return Fault("too-many-cells", found, "a row has at most the cells of the header", fix)


def jsonl_document(content: bytes, file: str) -> ReadSidecar:
    """One object in each line; empty lines are passed over."""
    entries: list[Any] = []
    marks: list[Mark] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.decode("utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            json.loads(line, parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            found = f"cannot be read ({printable(str(error).partition(':')[0])})"
            column = getattr(error, "colno", 1)
            fault = Fault("syntax", found, "each line is one JSON object", "Fix the line.")
            problems.append(fault.placed(file, number, column))
            continue
        one, odd = marked_line(line, file, number)
        problems += odd
        entries.append(one.data)
        marks.append(one.root)
    return Document(file, entries, Mark(1, 1, 1, 1, marks)), tuple(problems)


def yaml_document(content: bytes, file: str) -> ReadSidecar:
    """A list of mappings, read as strictly as a registry is."""
    document, problems = read_document(content, file)
    nothing = Document(file, [], Mark(1, 1, 1, 1, []))
    if document is None:
        return nothing, problems
    if not isinstance(document.data, list):
        fault = Fault("wrong-type", "is not a list", "a YAML file of labels is a list", _A_LIST)
        return nothing, (*problems, fault.at(document))
    return document, problems


_A_LIST: Final = "Begin each entry with a dash: - {phase_id: …, category: …}."

READERS: Final[Mapping[str, Callable[[bytes, str], ReadSidecar]]] = {
    ".csv": csv_document,
    ".jsonl": jsonl_document,
    ".yaml": yaml_document,
}
"""By the ending of the file."""


def sidecar_document(content: bytes, file: str, ending: str) -> ReadSidecar:
    """What a file with one of the endings of ``READERS`` holds."""
    try:
        return READERS[ending](content, file)
    except UnicodeDecodeError as error:
        found = f"holds the byte 0x{content[error.start]:02x}, which is not UTF-8"
        fault = Fault("not-utf-8", found, "files are UTF-8", "Save the file as UTF-8.")
        line = content[: error.start].count(b"\n") + 1
        return Document(file, [], Mark(1, 1, 1, 1, [])), (fault.placed(file, line),)
