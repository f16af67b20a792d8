"""A folder of files: what is there, and how large it is, asked of the system once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coefgate.core.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside.md").write_text("x")
    inside = tmp_path / "inside"
    (inside / "docs").mkdir(parents=True)
    (inside / "docs/a.md").write_bytes(b"x" * 1500)
    (inside / "empty.md").touch()
    (inside / "link.md").symlink_to("docs/a.md")
    (inside / "nowhere.md").symlink_to("gone.md")
    return inside


@pytest.mark.parametrize(
    ("path", "exists", "size"),
    [
        ("docs/a.md", True, 1500),
        ("empty.md", True, 0),
        ("link.md", True, 1500),
        ("docs", True, None),  # a folder has no size that anybody writes
        ("b.md", False, None),
        ("nowhere.md", False, None),
        ("docs/a.md/b.md", False, None),
        ("../outside.md", False, None),
        ("docs/../empty.md", False, None),
        ("a\0b", False, None),
        ("x" * 5000, False, None),
    ],
)
def test_what_a_folder_says_of_a_path(
    folder: Path, path: str, *, exists: bool, size: int | None
) -> None:
    workspace = Workspace(folder)
    assert (workspace.exists(path), workspace.size(path)) == (exists, size)


def test_a_path_that_is_absolute_is_of_no_workspace(folder: Path) -> None:
    assert not Workspace(folder).exists(str(folder / "docs/a.md"))


def test_a_path_is_looked_up_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, asked, real = Workspace(str(folder)), list[str](), os.stat

    def stat(place: str) -> os.stat_result:
        asked.append(place)
        return real(place)

    monkeypatch.setattr(os, "stat", stat)
    for _ in range(3):
        assert workspace.exists("docs/a.md")
        assert workspace.size("docs/a.md") == 1500
        assert not workspace.exists("b.md")
    assert asked == [f"{folder}/docs/a.md", f"{folder}/b.md"]


@pytest.mark.parametrize("name", ["gone", "docs/a.md"])
def test_a_workspace_is_a_folder(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^the workspace '.*/{name}' is not a folder$"):
        Workspace(folder / name)
