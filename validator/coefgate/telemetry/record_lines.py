"""Rows out of a file of JSON lines, which is a spool or an export, added to a store."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from coefgate.core.problems import explained
from coefgate.telemetry.adding import BATCH, AddedRecords, SeenWriters, add_calls, merge_writers
from coefgate.telemetry.record_rows import RefusedRow, StoredRow, row_of_line
from coefgate.telemetry.store import Store

_LONGEST: Final = 8 << 20
"""Bytes of a line: six for each character of the longest list, and room for the rest."""


def add_lines(
    store: Store, path: Path, *, growing: bool = False
) -> tuple[AddedRecords, list[bytes]]:
    """Add what the lines of a file say; which were refused, as they are in the file.

    ``growing``: somebody is writing it, so that a last line without its end comes later. Raises
    ``OSError`` where it cannot be opened.
    """
    done, refused = AddedRecords(), list[bytes]()
    seen, about = SeenWriters(), list[StoredRow]()
    look = f"Look at it with: ls -l {shlex.quote(str(path))}"
    with path.open("rb") as file, explained(f"{path} cannot be read", look):
        lines = enumerate(_lines(file, growing=growing), 1)
        while some := [*islice(lines, BATCH)]:
            rows, places = list[StoredRow](), list[str]()
            for number, line in some:
                try:
                    table, row = row_of_line(line)
                except RefusedRow as error:
                    done.refuse(error.name, f"{path}:{number}")
                    refused.append(line)
                    continue
                if table == "writers":
                    about.append(row)
                else:
                    rows.append(row)
                    places.append(f"{path}:{number}")
            seen.see(rows)
            with store.write() as connection:
                done.add(add_calls(connection, rows, places))
    with store.write() as connection:
        merge_writers(connection, [*seen.rows(), *about])
    return done, refused


def _lines(file: BinaryIO, *, growing: bool) -> Iterator[bytes]:
    """The lines that are not empty; of one that is longer than any row, a piece that is none."""
    is_rest = False
    while line := file.readline(_LONGEST):
        is_whole = line.endswith(b"\n")
        if not (is_rest or line.isspace() or (growing and not is_whole)):
            yield line
        is_rest = not is_whole
