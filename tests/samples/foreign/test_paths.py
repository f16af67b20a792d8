"""Paths of other tools become relative to the workspace, or are none of it."""

from __future__ import annotations

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.paths import deliverables_of, relative_path, without_folders


@pytest.mark.parametrize(
    ("path", "workspace", "relative"),
    [
        ("src/a.py", None, "src/a.py"),
        ("./src/../src/a.py", None, "src/a.py"),
        ("/repo/shop/src/a.py", "/repo/shop", "src/a.py"),
        ("/repo/shop/src/a.py", "/repo/shop/", "src/a.py"),
        ("/repo/shopping/a.py", "/repo/shop", None),
        ("/repo/shop", "/repo/shop", None),
        ("/etc/passwd", "/repo/shop", None),
        ("/repo/shop/a.py", None, None),
        ("../other/a.py", "/repo/shop", None),
        ("a/../../b.py", None, None),
        ("", "/repo", None),
        ("/c/x.py", "/c", "x.py"),
        (r"src\a.py", None, "src/a.py"),
        (r"a\b.py", "/repo", "a/b.py"),
        (r"C:\Work\Shop\src\a.py", r"c:\work\shop", "src/a.py"),
        ("/c/work/shop/a.py", r"C:\work\shop", "a.py"),
        ("/mnt/c/work/shop/a.py", "C:\\work\\shop", "a.py"),
        ("file:///C:/work/shop/a.py", "c:/work/shop", "a.py"),
        (r"\\?\C:\work\a.py", "C:/work", "a.py"),
        (r"D:\work\a.py", r"C:\work", None),
        (r"\\server\share\shop\a.py", r"\\server\share\shop", "a.py"),
        ("file:///repo/shop/a.py", "/repo/shop", "a.py"),
        ("file://localhost/repo/shop/a.py", "/repo/shop", "a.py"),
        (" /repo/shop/a.py", "/repo/shop", "a.py"),
        ("~/notes/a.py", "/repo/shop", None),
        ("~ann/a.py", None, None),
        ("$HOME/a.py", None, None),
        (r"%USERPROFILE%\a.py", None, None),
        ("vscode-remote://host/srv/ann/a.py", None, None),
        ("src/~a/$b.py", None, "src/~a/$b.py"),
    ],
)
def test_a_path_is_relative_to_its_workspace(
    path: str, workspace: str | None, relative: str | None
) -> None:
    assert relative_path(path, workspace) == relative


def test_of_a_file_the_first_operation_counts_and_those_outside_are_counted() -> None:
    files = [
        ForeignFile("/w/a.py", "create"),
        ForeignFile("/var/x.py", "create"),
        ForeignFile("a.py", "modify", 120),
        ForeignFile("/w/b.py", "modify", 7),
    ]
    assert deliverables_of(files, "/w") == (
        (Deliverable("a.py", "create"), Deliverable("b.py", "modify", 7)),
        1,
    )


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("/srv/ann/models/q.gguf", "q.gguf"),
        ("hosted_vllm//srv/ann/models/q/", "q"),
        (r"D:\models\ann\q.gguf", "q.gguf"),
        ("~/q.gguf", "q.gguf"),
        ("file:///srv/ann/q", "q"),
        ("/", None),
        ("openai/gpt-5", "openai/gpt-5"),
        ("https://tracker/T-1", "https://tracker/T-1"),
        ("anthropic.claude-3:0", "anthropic.claude-3:0"),
    ],
)
def test_of_an_absolute_path_in_a_text_the_last_name_is_left(text: str, bare: str | None) -> None:
    assert without_folders(text) == bare
