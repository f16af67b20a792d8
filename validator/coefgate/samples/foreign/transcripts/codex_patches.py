"""Codex's patches in their three spellings: which files they are to write, or have written.

A file that is moved is one that was there and is written to, under the name that it had: a reply
says no more of it than of any other change. A file that is deleted is nothing that a call writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from coefgate.core.vocabulary import Operation
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.json_types import mapping, sequence, text

_BEGIN: Final = "*** Begin Patch"
_FILE: Final = re.compile(r"^[ \t]*\*\*\* (Add|Update) File: (.+?)[ \t\r]*$", re.MULTILINE)
_LITERAL: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPERATIONS: Final[Mapping[str, Operation]] = {
    "Add": "create",
    "Update": "modify",
    "add": "create",
    "update": "modify",
}


def asked_files(name: str | None, given: object) -> tuple[ForeignFile, ...]:
    """The files of a patch that a tool call asks for: in its text, a shell's, or a script's."""
    if not isinstance(given, str) or _BEGIN not in given:
        return ()
    if name != "apply_patch" and "apply_patch" not in given:
        return ()
    found = (_FILE.findall(one) for one in _patches(given))
    return tuple(ForeignFile(path, _OPERATIONS[how]) for one in found for how, path in one)


def _patches(given: str) -> Iterator[str]:
    """Where a patch stands as a text within a script or within JSON, the text."""
    if re.search(r"\*\*\* Begin Patch[ \t]*\r?\n", given):
        yield given
        return
    for literal in _LITERAL.findall(given):
        if _BEGIN in literal:
            try:
                yield from _patches(orjson.loads(literal))
            except orjson.JSONDecodeError:
                continue


def changed_files(changes: object) -> tuple[ForeignFile, ...]:
    """The files that Codex says to have changed: by path, or in a list."""
    named: list[tuple[Any, Any]] = [*mapping(changes).items()]
    named += [(mapping(one).get("path"), one) for one in sequence(changes)]
    files = []
    for path, change in named:
        operation = _OPERATIONS.get(_kind(change))
        if operation is not None and text(path):
            files.append(ForeignFile(path, operation))
    return tuple(files)


def _kind(change: Any) -> str:
    """``{"type": "add"}``; in a list ``{"kind": {"type": "add"}}``; once ``{"add": {…}}``."""
    said = mapping(change)
    kind = text(said.get("type")) or text(said.get("kind"))
    kind = kind or text(mapping(said.get("kind")).get("type"))
    return kind or next((name for name in said if name in _OPERATIONS), "")


def went_well(output: object) -> bool:
    """Does the output of a tool say that its patch was applied?"""
    said = output if isinstance(output, str) else ""
    for one in sequence(output):
        said += text(mapping(one).get("text")) or ""
    return "Success. Updated the following files" in said or said.startswith("Script completed")
