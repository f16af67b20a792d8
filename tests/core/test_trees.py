"""Files laid over a tree: other contents, and files that are not there."""

from __future__ import annotations

from pathlib import Path

from coefgate.core.trees import Entry, FolderTree, OverlayTree


def test_files_laid_over_a_tree(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples/old.yaml").write_bytes(b"old")
    over = {"samples/old.yaml": b"other", "samples/new.yaml": b"new", "samples.yaml": b""}
    tree = OverlayTree(FolderTree(tmp_path), over)
    assert tree.entries("samples") == (
        Entry("samples/new.yaml", "file", 3),
        Entry("samples/old.yaml", "file", 5),
    )
    assert list(tree.lines("samples/new.yaml", 99)) == [b"new"]
