"""Claude Code's tools: which file a tool use is to write, and what its result says it did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from coefgate.core.vocabulary import Operation
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.json_types import mapping, sequence, text

_EDITORS: Final = {
    "Write": "file_path",
    "Edit": "file_path",
    "MultiEdit": "file_path",
    "NotebookEdit": "notebook_path",
}
"""The tools that write a file, and the argument that names it."""
_SAYS: Final[Mapping[str, Operation]] = {
    "create": "create",
    "update": "modify",
    "added": "create",
    "modified": "modify",
}
_HERE_DOCUMENT: Final = re.compile(r"(?:>|\btee\b)[^\n]*<<|<<[^\n]*(?:>|\btee\b)")
"""A shell command that writes a file whose text stands in the command."""


class ToolUse(NamedTuple):
    """A tool that a reply asked for. ``path``: of the file that it is to write, if any.

    ``starts_empty``: an edit of nothing, which older versions made files with.
    ``writes_unseen``: a shell command that writes files which nothing tells of.
    """

    name: str
    path: str | None = None
    starts_empty: bool = False
    writes_unseen: bool = False


def tool_use(block: Mapping[str, Any]) -> ToolUse:
    """What a ``tool_use`` block asks for, without its text."""
    name, given = text(block.get("name")) or "", mapping(block.get("input"))
    if name == "Bash":
        command = text(given.get("command")) or ""
        return ToolUse(name, writes_unseen=_HERE_DOCUMENT.search(command) is not None)
    if name not in _EDITORS:
        return ToolUse(name)
    edits = sequence(given.get("edits")) or [given]
    return ToolUse(
        name, text(given.get(_EDITORS[name])), mapping(edits[0]).get("old_string") == ""
    )


def written_file(use: ToolUse, block: Mapping[str, Any], outcome: object) -> ForeignFile | None:
    """The file that was written, by the ``tool_result`` block and the record's own outcome.

    ``None`` where the edit failed or was rejected: then the outcome is a text.
    """
    if use.path is None or block.get("is_error") is True or isinstance(outcome, str):
        return None
    said = mapping(outcome)
    if text(said.get("error")):
        return None
    before = said.get("originalFile", said.get("original_file"))
    operation = _operation(use, said, before, shown_text(block.get("content")))
    size = len(before.encode()) if operation == "modify" and isinstance(before, str) else None
    path = text(said.get("filePath")) or text(said.get("notebook_path")) or use.path
    return ForeignFile(path, operation, size)


def _operation(use: ToolUse, said: Mapping[str, Any], before: object, shown: str) -> Operation:
    if use.name != "Write":
        empty = said.get("oldString", "" if use.starts_empty else None) == ""
        return "create" if empty and not before else "modify"
    # No text before does not say that there was no file: one that is too large is left out.
    for word in (said.get("type"), mapping(said.get("gitDiff")).get("status")):
        if operation := _SAYS.get(text(word) or ""):
            return operation
    if isinstance(before, str):
        return "modify"
    return "create" if shown.startswith("File created successfully") else "unknown"


def shown_text(content: object) -> str:
    """The text of a message or a result, which may come in blocks."""
    if isinstance(content, str):
        return content
    return "\n".join(text(mapping(one).get("text")) or "" for one in sequence(content))
