"""The files that an agent's tool call writes, by the names of tools and of their arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from coefgate.core.vocabulary import Operation
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.json_types import mapping
from coefgate.samples.foreign.transcripts.codex_patches import asked_files
from coefgate.samples.foreign.values import decoded_json

_WRITING: Final[Mapping[Operation, str]] = {
    "create": "create_file create_new_file",
    "unknown": "write write_file write_to_file save_file file_write",
    "modify": """
        edit multi_edit edit_file file_edit notebook_edit replace replace_in_file str_replace
        search_replace replace_string_in_file insert_edit_into_file append_to_file apply_diff
    """,
}
"""Tools that write one file; one that writes a whole file may find it there already."""
_BY_COMMAND: Final = "str_replace_editor str_replace_based_edit_tool file_editor text_editor"
_COMMANDS: Final[Mapping[str, Operation]] = {
    "create": "unknown",
    "str_replace": "modify",
    "insert": "modify",
}
_PATHS: Final = """
    file_path path file_name notebook_path absolute_path relative_path target_file file
"""
_BESIDE_LETTERS: Final = re.compile(r"[^a-z]+")


def _letters(word: str) -> str:
    return _BESIDE_LETTERS.sub("", word.casefold())


_OPERATIONS: Final[Mapping[str, Operation]] = {
    _letters(name): operation for operation, names in _WRITING.items() for name in names.split()
}
_EDITORS: Final = frozenset(_letters(name) for name in _BY_COMMAND.split())
_PATH_NAMES: Final = tuple(_letters(name) for name in _PATHS.split())


def written_files(tool: str, arguments: object) -> tuple[ForeignFile, ...] | None:
    """What a call of ``tool`` writes: nothing where it only reads, or is a shell, or is unknown.

    ``None``: it writes what ``arguments`` do not name.

    ``arguments``: an object, or its JSON text. Neither case nor ``_`` matters in names, nor does
    what stands before the last ``.`` or ``__`` of a tool's (``mcp__files__write_file``).
    """
    name = _letters(re.split(r"\.|__|/", tool)[-1])
    given = mapping(decoded_json(arguments))
    if name == "applypatch":
        patch = given.get("input", arguments)
        return asked_files("apply_patch", patch) if isinstance(patch, str) else None
    operation = _OPERATIONS.get(name)
    if name in _EDITORS:
        operation = _COMMANDS.get(str(given.get("command")))
    if operation is None:
        return ()
    if operation == "modify" and given.get("old_string") == "":
        operation = "create"
    named = {_letters(key): value for key, value in given.items()}
    for key in _PATH_NAMES:
        path = named.get(key)
        if isinstance(path, str) and path.strip():
            return (ForeignFile(path, operation),)
    return None
