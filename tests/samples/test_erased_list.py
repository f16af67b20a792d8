"""``samples/erased.yaml`` beside the lines: what it says must be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.samples.reading import read_samples, stored_ids
from tests.samples.conftest import id_of, line, problems_of, write

ERASED = "samples/erased.yaml"
GONE, BEFORE = "a" * 32, "b" * 32


def _store(root: Path, *pairs: tuple[str, str]) -> None:
    write(root, line())
    entries = "".join(f'  - {{id: "{name}", by: "{by}", reason: why}}\n' for name, by in pairs)
    write(root, f"erased:\n{entries}".encode(), file=ERASED)


def test_erasures_are_read(tmp_path: Path) -> None:
    _store(tmp_path, (BEFORE, GONE), (GONE, id_of()))
    store = read_samples(FolderTree(tmp_path))
    assert [(one.id, one.by, one.line) for one in store.erased.values()] == [
        (BEFORE, GONE, 2),
        (GONE, id_of(), 3),
    ]
    assert store.names_today == {BEFORE: id_of(), GONE: id_of()}


def test_nothing_to_say_where_the_history_was_rewritten(tmp_path: Path) -> None:
    _store(tmp_path, (id_of(), id_of()))
    assert read_samples(FolderTree(tmp_path)).names_today == {}


@pytest.mark.parametrize(
    ("pairs", "code", "column"),
    [
        ([(id_of(), GONE)], "erased-and-stored", 10),
        ([(GONE, BEFORE)], "unknown-sample", 50),
        ([(GONE, BEFORE), (BEFORE, GONE)], "unknown-sample", 50),
    ],
)
def test_what_is_not_so(
    tmp_path: Path, pairs: list[tuple[str, str]], code: str, column: int
) -> None:
    _store(tmp_path, *pairs)
    found = problems_of(tmp_path)
    assert {(one.code, one.file, one.column) for one in found} == {(code, ERASED, column)}
    assert "coefgate samples erase ID" in str(found[0])


def test_not_asked_where_lines_cannot_be_read(tmp_path: Path) -> None:
    _store(tmp_path, (GONE, BEFORE))
    write(tmp_path, b"{\n", file="samples/here/2026-03-02-00000000.jsonl")
    assert {one.file for one in problems_of(tmp_path)} == {
        "samples/here/2026-03-02-00000000.jsonl"
    }


def test_earlier_states_are_told_by_the_names_of_today(tmp_path: Path) -> None:
    write(tmp_path, line())
    assert stored_ids(FolderTree(tmp_path), {id_of(): GONE}).ids == {GONE}
