"""The name of an import and the hash of its content."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.samples.files import import_name, misnamed

LINES = b'{"a": 1}\n{"b": 2}\n'
RIGHT = f"samples/here/{import_name('2026-01-05', sha256(LINES).hexdigest())}"


@pytest.mark.parametrize("written", [LINES, LINES.replace(b"\n", b"\r\n")], ids=["lf", "crlf"])
def test_a_name_is_right_however_git_writes_line_ends(tmp_path: Path, written: bytes) -> None:
    wrong = "samples/here/2026-01-05-01234567.jsonl"
    (tmp_path / "samples/here").mkdir(parents=True)
    for file in (RIGHT, wrong):
        (tmp_path / file).write_bytes(written)
    assert misnamed(FolderTree(tmp_path), [RIGHT, wrong]) == {wrong: RIGHT}


def test_a_file_without_a_time_keeps_its_undated_name(tmp_path: Path) -> None:
    (tmp_path / "samples/here").mkdir(parents=True)
    file = "samples/here/undated-01234567.jsonl"
    (tmp_path / file).write_bytes(LINES)
    assert misnamed(FolderTree(tmp_path), [file]) == {file: RIGHT.replace("2026-01-05", "undated")}
