"""Git is read through few processes and never checked out."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.git_process import NoRepository
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.git.repository import Repository
from tests.git.conftest import Git


def test_a_revision_holds_the_same_files_as_the_folder_it_was_made_from(
    registry: Path, git: Git
) -> None:
    folder = FolderTree(registry)
    with Repository(registry) as repository:
        tree = repository.tree("HEAD")
        assert tree.entries("coefficients") == folder.entries("coefficients")
        assert tree.entries("samples") == ()
        for entry in folder.entries("coefficients"):
            assert tree.read(entry.path) == folder.read(entry.path)


def test_a_revision_does_not_see_later_edits(registry: Path, git: Git) -> None:
    before = (registry / "coefficients/gates.yaml").read_bytes()
    (registry / "coefficients/gates.yaml").write_text("changed")
    with Repository(registry) as repository:
        assert repository.tree("HEAD").read("coefficients/gates.yaml") == before


def test_a_registry_in_a_subfolder_of_its_repository(
    tmp_path: Path, registry: Path, git: Git
) -> None:
    git("mv", "-k", "coefficients", "elsewhere")
    (registry / "team").mkdir()
    git("mv", "elsewhere", "team/coefficients")
    git("commit", "-qm", "move")
    with Repository(registry / "team") as repository:
        paths = [entry.path for entry in repository.tree("HEAD").entries("coefficients")]
    assert "coefficients/registry.yaml" in paths


def test_lines_of_a_file_are_given_in_pieces_when_they_are_too_long(
    registry: Path, git: Git
) -> None:
    (registry / "samples").mkdir()
    (registry / "samples/a.jsonl").write_bytes(b"short\n" + b"x" * 25 + b"\nlast")
    git("add", "-A")
    git("commit", "-qm", "lines")
    expected = [b"short\n", b"x" * 10, b"x" * 10, b"x" * 5 + b"\n", b"last"]
    assert list(FolderTree(registry).lines("samples/a.jsonl", 10)) == expected
    with Repository(registry) as repository:
        tree = repository.tree("HEAD")
        tree.entries("samples")
        assert list(tree.lines("samples/a.jsonl", 10)) == expected


def test_a_symbolic_link_is_named_as_one(registry: Path, git: Git) -> None:
    (registry / "coefficients/link.yaml").symlink_to("/etc/hostname")
    git("add", "-A")
    git("commit", "-qm", "link")
    with Repository(registry) as repository:
        kinds = {
            entry.path: entry.kind for entry in repository.tree("HEAD").entries("coefficients")
        }
    assert kinds["coefficients/link.yaml"] == "symlink"
    assert kinds == {
        entry.path: entry.kind for entry in FolderTree(registry).entries("coefficients")
    }


@pytest.mark.parametrize(
    "revision", ["no-such-branch", "--all", "-h", "", "HEAD:coefficients", "a\0b", "HEAD~99"]
)
def test_what_names_no_commit_is_refused_with_a_way_on(
    registry: Path, git: Git, revision: str
) -> None:
    with (
        Repository(registry) as repository,
        pytest.raises(UsageProblem, match=r"git log|Name a commit"),
    ):
        repository.commit(revision)


def test_outside_git(tmp_path: Path) -> None:
    with pytest.raises(NoRepository, match="git init"):
        Repository(tmp_path)


def test_without_git(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(registry))
    with pytest.raises(NoRepository, match="git is not installed"):
        Repository(registry)


def test_a_lost_object_is_an_error_of_the_environment(registry: Path, git: Git) -> None:
    with Repository(registry) as repository, pytest.raises(EnvironmentProblem, match="git fsck"):
        repository.blob("0" * 40)
