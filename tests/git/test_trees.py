"""Trees of git's objects hold what a folder holds, and nothing is checked out for them."""

from __future__ import annotations

import shlex
from pathlib import Path

from coefgate.core.trees import FolderTree
from coefgate.git.repository import Repository
from coefgate.git.trees import IndexTree
from coefgate.registry.reading import registry_problems
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


def test_what_is_missing_is_brought_back_to_where_it_is_missing(registry: Path, git: Git) -> None:
    path = "coefficients/gates.yaml"
    git("rm", "-q", path)
    with Repository(registry) as repository:
        for tree, remedy in (
            (FolderTree(registry), f"Bring it back with: git checkout HEAD -- {path}"),
            (IndexTree(repository), f"with: git restore --staged -- {path}"),
        ):
            _, (problem,) = registry_problems(tree)
            assert problem.fix.endswith(remedy)
        git("commit", "-qm", "Lose it")
        _, (problem,) = registry_problems(repository.tree("HEAD"))
        assert problem.fix.startswith("Name a commit that has it; see which do with: git log ")
        command = shlex.split(problem.fix.partition("with: ")[2])
        assert git(*command[1:]).split()[0] == git("rev-parse", "--short", "HEAD^").strip()


def test_a_commit_without_a_registry_has_one_problem(registry: Path, git: Git) -> None:
    git("rm", "-rq", "coefficients")
    git("commit", "-qm", "Lose all")
    with Repository(registry) as repository:
        _, (problem,) = registry_problems(repository.tree("HEAD"))
    assert str(problem) == (
        "coefficients:1:1  the folder is missing; every registry has it. Name a commit that has "
        "it; see which do with: git log --oneline --all --diff-filter=AM -- coefficients"
    )


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
