"""Lists of files in every form that tools write them, each file with what was done to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.values import NotUnderstood

A, B = ForeignFile("src/a.py"), ForeignFile("b.md")
NEW, OLD = ForeignFile("src/a.py", "create"), ForeignFile("b.md", "modify")


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ("src/a.py", [A]),
        ("src/a.py; b.md;", [A, B]),
        ("src/a.py\nb.md", [A, B]),
        ("src/a.py|b.md", [A, B]),
        ('["src/a.py", "b.md"]', [A, B]),
        ("['src/a.py', 'b.md']", [A, B]),
        ("[id]/a.ts;(app)/b.ts", [ForeignFile("[id]/a.ts"), ForeignFile("(app)/b.ts")]),
        (["src/a.py", None, ""], [A]),
        ("A src/a.py, M b.md, D c.md", [NEW, OLD]),
        ("R100\told.py\tb.md", [B]),
        ("?? b.md", [ForeignFile("b.md", "create")]),
        ("create:src/a.py;modify@2048:b.md", [NEW, replace(OLD, bytes_before=2048)]),
        ({"src/a.py": "modified", "b.md": "deleted"}, [ForeignFile("src/a.py", "modify")]),
        ({"b.md": {"status": "added"}}, [ForeignFile("b.md", "create")]),
        ({"path": "b.md", "size": "1,024"}, [ForeignFile("b.md", "unknown", 1024)]),
        ([{"file": "b.md", "op": "create", "bytes": 9}], [ForeignFile("b.md", "create")]),
        ("C:\\work\\a.py", [ForeignFile("C:\\work\\a.py")]),
        ("", []),
        ("[]", []),
    ],
)
def test_lists_of_files(value: Any, files: list[ForeignFile]) -> None:
    assert list(files_of(value, FileForm())) == files


def test_a_stated_form_goes_before_the_usual_one() -> None:
    assert files_of("src/a.py b.md", FileForm(separator=" ")) == (A, B)
    form = FileForm(path="where", operation="did")
    listed = [{"path": "no.md", "where": "b.md", "did": "new"}]
    assert files_of(listed, form) == (ForeignFile("b.md", "create"),)


@pytest.mark.parametrize(
    "value", [7, '["a.py", "b.', "{1, 2}", [7], [{"size": 1}], [{"path": "a", "op": "?"}]]
)
def test_what_lists_no_files(value: Any) -> None:
    with pytest.raises(NotUnderstood):
        files_of(value, FileForm())
