"""Which files ``samples/`` may hold, and what is wrong with one that does not belong there.

The eight hexadecimal digits in a file's name are those of the content that was imported. A reader
does not compare them with the content again: a line that is gone or altered since is for the gate
to name, which knows the line; a reader would only know that something is different. The gate
compares them where a change adds the file: whoever answers for a name answers for what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from coefgate.core.problems import Problem
from coefgate.core.trees import Entry, Tree
from coefgate.registry.documents import MAX_BYTES
from coefgate.registry.inventory import in_its_place
from coefgate.registry.wording import printable
from coefgate.samples.lines import LONGEST_LINE

FOLDER: Final = "samples"
_HASH_DIGITS: Final = 8
RETIRED: Final = f"{FOLDER}/retired.yaml"
KNOWN: Final = {f"{FOLDER}/README.md", RETIRED}
_IMPORT: Final = re.compile(
    rf"{FOLDER}/(?P<origin>[a-z0-9][a-z0-9_-]{{0,99}})/"
    r"(?:20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])|undated)-[0-9a-f]{8}\.jsonl"
)
_ALLOWED: Final = (
    f"{FOLDER}/ holds README.md, retired.yaml and imports: <origin>/<day>-<hash8>.jsonl, the day "
    "as YYYY-MM-DD or undated, the hash as 8 hexadecimal digits"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Import files with the origin of each, whether there are retirements, and what is wrong."""

    imports: dict[str, str]
    has_retirements: bool
    problems: tuple[Problem, ...]


def layout(entries: Sequence[Entry]) -> Layout:
    """Sort the entries of ``samples/``. Whatever is no regular file is refused, so nobody opens it."""
    if (replaced := in_its_place(FOLDER, entries)) is not None:
        return Layout({}, has_retirements=False, problems=(replaced,))
    imports: dict[str, str] = {}
    problems = []
    for entry in entries:
        match = _IMPORT.fullmatch(entry.path)
        refused = _refused(entry, known=match is not None or entry.path in KNOWN)
        if refused is not None:
            problems.append(refused)
        elif match is not None:
            imports[entry.path] = match["origin"]
    refused_paths = {problem.file for problem in problems}
    present = any(entry.path == RETIRED for entry in entries) and RETIRED not in refused_paths
    return Layout(imports, present, tuple(problems))


def import_name(day: str, digest: str) -> str:
    """The name of an import: its first day, or ``undated``, and the first digits of its content's sha256."""
    return f"{day}-{digest[:_HASH_DIGITS]}.jsonl"


def misnamed(tree: Tree, files: Iterable[str]) -> dict[str, str]:
    """Those imports whose name has not the hash of their content, each with the name that has."""
    found = {}
    for file in sorted(files):
        content = sha256()
        for line in tree.lines(file, LONGEST_LINE):
            # Where git writes CRLF into the folder, the content is still the one that was
            # imported.
            content.update(line[:-2] + b"\n" if line.endswith(b"\r\n") else line)
        folder, _, name = file.rpartition("/")
        day = name.rpartition("-")[0]
        right = f"{folder}/{import_name(day, content.hexdigest())}"
        if right != file:
            found[file] = right
    return found


def _refused(entry: Entry, *, known: bool) -> Problem | None:
    if entry.kind == "symlink":
        fix = "Replace it by the file that it points to."
        return _problem(entry, "symlink", "is a symbolic link", "links are not followed", fix)
    if entry.kind != "file":
        return _problem(
            entry, "not-a-file", "is no regular file", "only regular files are read", "Delete it."
        )
    if not known:
        fix = (
            "Delete it."
            if _is_leftover(entry.path)
            else "Add samples with: coefgate samples add FILE"
        )
        return _problem(entry, "unknown-file", "does not belong here", _ALLOWED, fix)
    if entry.path == RETIRED and entry.size > MAX_BYTES:
        fix = "Check what was written into it."
        found = f"has {entry.size:,} bytes"
        return _problem(entry, "too-large", found, f"a YAML file has at most {MAX_BYTES:,}", fix)
    return None


def _is_leftover(path: str) -> bool:
    """Was it left behind by an editor, a system or an import that was interrupted?"""
    name = path.rpartition("/")[2]
    return name.startswith(".") or name.endswith(("~", ".bak", ".orig", ".rej", ".tmp", ".swp"))


def _problem(entry: Entry, code: str, found: str, allowed: str, fix: str) -> Problem:
    shown = "/".join(printable(part) for part in entry.path.split("/"))
    return Problem(shown, 1, 1, "", code, found, allowed, fix)
