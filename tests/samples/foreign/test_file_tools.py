"""Which files tool calls write, by the names that agents give to tools and arguments."""

from __future__ import annotations

from typing import Any

import pytest

from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.file_tools import written_files

PATCH = """*** Begin Patch
*** Add File: src/new.py
+x = 1
*** Update File: src/old.py
@@
-a
+b
*** Delete File: src/gone.py
*** End Patch"""


@pytest.mark.parametrize(
    ("tool", "arguments", "files"),
    [
        ("Write", {"file_path": "a.py", "content": "…"}, [("a.py", "unknown")]),
        ("Edit", {"file_path": "a.py", "old_string": "x"}, [("a.py", "modify")]),
        ("Edit", {"file_path": "a.py", "old_string": ""}, [("a.py", "create")]),
        ("NotebookEdit", {"notebook_path": "a.ipynb"}, [("a.ipynb", "modify")]),
        ("create_file", '{"filePath": "/w/a.ts"}', [("/w/a.ts", "create")]),
        ("mcp__files__write_file", {"path": "a.py"}, [("a.py", "unknown")]),
        ("functions.replace", {"absolute_path": "/w/a"}, [("/w/a", "modify")]),
        (
            "str_replace_based_edit_tool_20250728",
            {"command": "str_replace", "path": "a"},
            [("a", "modify")],
        ),
        ("str_replace_editor", {"command": "create", "path": "a"}, [("a", "unknown")]),
        ("str_replace_editor", {"command": "view", "path": "a"}, []),
        (
            "apply_patch",
            {"input": PATCH},
            [("src/new.py", "create"), ("src/old.py", "modify")],
        ),
        ("apply_patch", PATCH, [("src/new.py", "create"), ("src/old.py", "modify")]),
        ("Read", {"file_path": "a.py"}, []),
        ("Bash", {"command": "touch a.py"}, []),
        ("", {}, []),
    ],
)
def test_the_files_that_a_tool_writes(
    tool: str, arguments: Any, files: list[tuple[str, Any]]
) -> None:
    assert written_files(tool, arguments) == tuple(ForeignFile(*one) for one in files)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("Write", {"content": "…"}),
        ("Write", {"file_path": " "}),
        ("Write", {"file_path": 5}),
        ("Write", '{"file_path": "a'),  # cut off by a limit of the telemetry
        ("Write", None),
        ("apply_patch", None),
    ],
)
def test_a_file_that_is_not_named_is_none(tool: str, arguments: Any) -> None:
    assert written_files(tool, arguments) is None
