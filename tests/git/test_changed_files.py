"""Which files differ between a commit and a proposal, however git was told to look at them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from coefgate.git.changed_files import changed_files
from coefgate.git.repository import Repository
from coefgate.git.trees import IndexTree
from tests.git.conftest import Git

DOCS: Final = "coefficients/overhead/docs.yaml"
TESTS: Final = "coefficients/overhead/tests.yaml"
COMMITTED, STAGED, FOLDER = "a commit", "the index", "the folder"
EVERYWHERE: Final = pytest.mark.parametrize("where", [COMMITTED, STAGED, FOLDER])


def _changed(root: Path, git: Git, where: str, base: str = "HEAD") -> set[str]:
    """What differs from ``base`` once the folder is taken as it is, staged, or committed."""
    with Repository(root) as repository:
        commit = repository.commit(base)
        if where == FOLDER:
            return set(changed_files(repository, commit, None))
        git("add", "-A")
        if where == STAGED:
            return set(changed_files(repository, commit, IndexTree(repository)))
        git("commit", "-q", "--allow-empty", "-m", "head")
        return set(changed_files(repository, commit, repository.commit("HEAD")))


def _in_folder(root: Path) -> set[str]:
    with Repository(root) as repository:
        return set(changed_files(repository, repository.commit("HEAD"), None))


def _in_index(root: Path) -> set[str]:
    with Repository(root) as repository:
        return set(changed_files(repository, repository.commit("HEAD"), IndexTree(repository)))


def _append(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("# more\n")


# --- Every kind of change, wherever head lies


def _edited(root: Path) -> set[str]:
    _append(root / DOCS)
    return {DOCS}


def _added(root: Path) -> set[str]:
    _append(root / "samples/here/new.jsonl")
    _append(root / "validator/x.py")
    return {"samples/here/new.jsonl", "validator/x.py"}


def _deleted(root: Path) -> set[str]:
    (root / DOCS).unlink()
    return {DOCS}


def _renamed(root: Path) -> set[str]:
    (root / DOCS).rename(root / "coefficients/overhead/guides.yaml")
    return {DOCS, "coefficients/overhead/guides.yaml"}


def _renamed_by_case(root: Path) -> set[str]:
    (root / DOCS).rename(root / "coefficients/overhead/Docs.yaml")
    return {DOCS, "coefficients/overhead/Docs.yaml"}


def _made_executable(root: Path) -> set[str]:
    (root / DOCS).chmod(0o755)
    return {DOCS}


def _made_a_link(root: Path) -> set[str]:
    (root / DOCS).unlink()
    (root / DOCS).symlink_to("tests.yaml")
    return {DOCS}


def _made_a_folder(root: Path) -> set[str]:
    (root / DOCS).unlink()
    _append(root / DOCS / "inner.yaml")
    return {DOCS, f"{DOCS}/inner.yaml"}


def _odd_names(root: Path) -> set[str]:
    names = {
        f"samples/{name}"
        for name in ("a b.jsonl", "ä.jsonl", '"q".jsonl', "new\nline.jsonl", "-x", "*")
    }
    for name in names:
        _append(root / name)
    odd = os.fsencode(root / "samples") + b"/\xff.jsonl"
    with open(odd, "wb") as file:  # noqa: PTH123 a name that is no text
        file.write(b"x")
    return {*names, os.fsdecode(b"samples/\xff.jsonl")}


def _touched(root: Path) -> set[str]:
    content = (root / DOCS).read_bytes()
    (root / DOCS).write_bytes(content)
    os.utime(root / DOCS, (1, 1))
    return set()


def _not_at_all(_: Path) -> set[str]:
    return set()


@EVERYWHERE
@pytest.mark.parametrize(
    "change",
    [
        *(_edited, _added, _deleted, _renamed, _renamed_by_case, _made_executable, _made_a_link),
        *(_made_a_folder, _odd_names, _touched, _not_at_all),
    ],
)
def test_a_change_is_found(
    registry: Path, git: Git, change: Callable[[Path], set[str]], where: str
) -> None:
    assert change(registry) == _changed(registry, git, where)


@EVERYWHERE
def test_against_an_earlier_commit(registry: Path, git: Git, where: str) -> None:
    _append(registry / TESTS)
    git("commit", "-qam", "tests")
    _append(registry / DOCS)
    assert _changed(registry, git, where, "HEAD~1") == {DOCS, TESTS}


@EVERYWHERE
def test_a_change_that_was_taken_back_is_none(registry: Path, git: Git, where: str) -> None:
    before = (registry / DOCS).read_bytes()
    _append(registry / DOCS)
    git("commit", "-qam", "docs")
    (registry / DOCS).write_bytes(before)
    assert _changed(registry, git, where, "HEAD~1") == set()


@EVERYWHERE
def test_a_user_s_settings_change_nothing(
    registry: Path, git: Git, where: str, tmp_path: Path
) -> None:
    for name, setting in (
        ("diff.renames", "copies"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("diff.external", str(tmp_path / "no-such-program")),
        ("status.showUntrackedFiles", "no"),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
        ("core.pager", "false"),
    ):
        git("config", name, setting)
    (registry / ".git/info/attributes").write_text("*.yaml -diff\n*.yaml diff=odd\n", "utf-8")
    (registry / DOCS).rename(registry / "coefficients/overhead/guides.yaml")
    _append(registry / "validator/x.py")
    expected = {DOCS, "coefficients/overhead/guides.yaml", "validator/x.py"}
    assert _changed(registry, git, where) == expected


# --- Index and folder


def test_what_is_staged_and_what_lies_in_the_folder_are_two_things(
    registry: Path, git: Git
) -> None:
    _append(registry / DOCS)
    git("add", "-A")
    git("restore", "--source=HEAD", "--worktree", DOCS)
    _append(registry / TESTS)
    _append(registry / "validator/x.py")
    assert _in_index(registry) == {DOCS}
    assert _in_folder(registry) == {TESTS, "validator/x.py"}


def test_a_file_that_was_only_announced_is_not_staged(registry: Path, git: Git) -> None:
    _append(registry / "validator/x.py")
    git("add", "--intent-to-add", "validator/x.py")
    assert _in_index(registry) == set()
    assert _in_folder(registry) == {"validator/x.py"}


def test_a_commit_takes_no_notice_of_the_folder(registry: Path, git: Git) -> None:
    _append(registry / DOCS)
    git("add", "-A")
    with Repository(registry) as repository:
        head = repository.commit("HEAD")
        assert changed_files(repository, head, head) == frozenset()


# --- What git does not look at


def test_ignored_files_count_where_they_are_read(registry: Path, git: Git) -> None:
    (registry / ".git/info/exclude").write_text("hidden*\n", "utf-8")
    for name in (
        "coefficients/overhead/hidden.yaml",
        "samples/hidden.jsonl",
        "validator/hidden.py",
        "hidden",
    ):
        _append(registry / name)
    assert _in_folder(registry) == {"coefficients/overhead/hidden.yaml", "samples/hidden.jsonl"}
    assert _in_index(registry) == set()
    # One that was tracked before it was ignored counts everywhere.
    git("add", "--force", "validator/hidden.py")
    assert {"validator/hidden.py"} == _in_index(registry) < _in_folder(registry)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_was_told_not_to_look_at_count(registry: Path, git: Git, flag: str) -> None:
    git("update-index", flag, DOCS)
    _append(registry / DOCS)
    assert _in_folder(registry) == {DOCS}


def test_a_repository_inside_is_left_alone(registry: Path, git: Git, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git("clone", "-q", str(registry), str(other))
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor")
    git("commit", "-qm", "vendor")
    _append(registry / "vendor" / DOCS)
    assert _in_folder(registry) == set()


# --- Places


@EVERYWHERE
def test_in_a_subfolder_names_begin_at_the_registry(registry: Path, git: Git, where: str) -> None:
    inner = registry / "teams/one"
    inner.mkdir(parents=True)
    git("mv", "coefficients", "teams/one")
    git("commit", "-qm", "move")
    _append(inner / DOCS)
    _append(inner / "validator/x.py")
    _append(registry / "validator/y.py")
    _append(registry / "teams/two/coefficients/registry.yaml")
    assert _changed(inner, git, where) == {
        *(DOCS, "validator/x.py"),
        *("../../validator/y.py", "../two/coefficients/registry.yaml"),
    }


def test_in_a_worktree_of_its_own(registry: Path, git: Git, tmp_path: Path) -> None:
    git("worktree", "add", "-q", "--detach", str(tmp_path / "second"))
    _append(registry / DOCS)
    assert _in_folder(tmp_path / "second") == set()
    _append(tmp_path / "second" / TESTS)
    assert _in_folder(tmp_path / "second") == {TESTS}
    assert _in_folder(registry) == {DOCS}


def test_in_a_bare_repository_commits_are_compared(
    registry: Path, git: Git, tmp_path: Path
) -> None:
    _append(registry / DOCS)
    git("commit", "-qam", "docs")
    git("clone", "-q", "--bare", str(registry), str(tmp_path / "bare.git"))
    with Repository(tmp_path / "bare.git") as repository:
        commits = [repository.commit(name) for name in ("HEAD~1", "HEAD")]
        assert changed_files(repository, *commits) == {DOCS}


@EVERYWHERE
def test_a_repository_inside_that_moves_is_a_change(
    registry: Path, git: Git, where: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    git("clone", "-q", str(registry), str(other))
    git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(other),
        "validator/vendor",
    )
    git("commit", "-qm", "vendor")
    git("-C", "validator/vendor", "commit", "-q", "--allow-empty", "-m", "next")
    assert _changed(registry, git, where) == {"validator/vendor"}
