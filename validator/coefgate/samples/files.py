"""Which files ``samples/`` may hold, and what is wrong with one that does not belong there.

The eight hexadecimal digits in a file's name are those of the content that was imported. The gate
compares them where a change adds the file; a reader does not: a line that is gone or altered since
is for the gate to name, which knows the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from coefgate.core.problems import Problem
from coefgate.core.trees import Entry, Tree
from coefgate.registry.document import Fault
from coefgate.registry.files import (
    MAX_BYTES,
    file_too_large,
    in_its_place,
    is_leftover,
    not_a_file,
    of_entry,
)
from coefgate.samples.lines import LONGEST_LINE

FOLDER: Final = "samples"
RETIRED: Final = f"{FOLDER}/retired.yaml"
ERASED: Final = f"{FOLDER}/erased.yaml"
LISTS: Final = {RETIRED, ERASED}
KNOWN: Final = {f"{FOLDER}/README.md", *LISTS}
_IMPORT: Final = re.compile(
    rf"{FOLDER}/(?P<origin>[a-z0-9][a-z0-9_-]{{0,99}})/"
    r"(?:20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])|undated)-[0-9a-f]{8}\.jsonl"
)
_ALLOWED: Final = (
    f"{FOLDER}/ holds README.md, retired.yaml, erased.yaml and imports: "
    "<origin>/<day>-<hash8>.jsonl, the day as YYYY-MM-DD or undated, the hash as 8 hexadecimal "
    "digits"
)


def sample_files(entries: Sequence[Entry]) -> tuple[dict[str, str | None], list[Problem]]:
    """Files to read, imports with their origin, and what is wrong with others, never opened."""
    if (replaced := in_its_place(FOLDER, entries)) is not None:
        return {}, [replaced]
    origins: dict[str, str | None] = {}
    problems = []
    for entry in entries:
        match = _IMPORT.fullmatch(entry.path)
        fault = _fault(entry, known=match is not None or entry.path in KNOWN)
        if fault is not None:
            problems.append(of_entry(entry.path, fault))
        elif match is not None:
            origins[entry.path] = match["origin"]
        elif entry.path in LISTS:
            origins[entry.path] = None
    return origins, problems


def import_name(day: str, digest: str) -> str:
    """The name of an import: its first day, or ``undated``, and digits of its content's sha256."""
    return f"{day}-{digest[:8]}.jsonl"


def misnamed(tree: Tree, files: Iterable[str]) -> dict[str, str]:
    """Those imports whose name has not the hash of their content, each with the name that has."""
    found = {}
    for file in sorted(files):
        content = sha256()
        for line in tree.lines(file, LONGEST_LINE):
            # Where git writes CRLF, the content is still the one that was imported.
            content.update(line[:-2] + b"\n" if line.endswith(b"\r\n") else line)
        right = import_name(file.rpartition("-")[0], content.hexdigest())
        if right != file:
            found[file] = right
    return found


def _fault(entry: Entry, *, known: bool) -> Fault | None:
    fault = not_a_file(entry)
    if fault is None and not known:
        add = "Add samples with: coefgate samples add FILE"
        fix = "Delete it." if is_leftover(entry.path) else add
        fault = Fault("unknown-file", "does not belong here", _ALLOWED, fix)
    if fault is None and entry.path in LISTS and entry.size > MAX_BYTES:
        fault = file_too_large(entry.size, "a YAML file")
    return fault
