"""A clone of what the server has now, with the settings of the one that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.git.commit_writer import current_branch
from coefgate.git.fresh_clone import fresh_clone
from coefgate.git.push import upstream
from coefgate.git.repository import Repository
from tests.end_to_end.checkouts import git


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry below the top of a repository, whose remote is told by a relative path."""
    top = tmp_path / "here"
    there = top / "teams/ours"
    there.mkdir(parents=True)
    (there / "file").write_text("first\n", "utf-8")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "server.git")
    git(top, "init", "-q", "-b", "main")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git(top, "config", name, value)
    git(top, "add", "-A")
    git(top, "commit", "-qm", "first")
    git(top, "tag", "-am", "one", "v1")
    git(top, "remote", "add", "origin", "../server.git")
    git(top, "config", "remote.origin.promisor", "false")
    git(top, "push", "-q", "--tags", "-u", "origin", "main")
    return there


def cloned(root: Path, folder: Path) -> Path:
    folder.mkdir()
    with Repository(root) as repository:
        there = upstream(repository, current_branch(repository))
        assert there is not None
        return fresh_clone(repository, there, folder)


def test_it_has_what_the_server_has_and_nothing_here_moves(root: Path, tmp_path: Path) -> None:
    (root / "file").write_text("not pushed\n", "utf-8")
    git(root, "commit", "-qam", "second")
    before = git(root, "rev-parse", "HEAD")
    found = cloned(root, tmp_path / "clone")
    assert found == tmp_path / "clone/teams/ours"
    assert (found / "file").read_text("utf-8") == "first\n"
    assert (git(found, "tag"), git(found, "log", "--format=%s")) == ("v1", "first")
    assert git(root, "rev-parse", "HEAD") == before


def test_it_pushes_where_the_other_does_as_the_same_person(root: Path, tmp_path: Path) -> None:
    found = cloned(root, tmp_path / "clone")
    (found / "file").write_text("second\n", "utf-8")
    git(found, "commit", "-qam", "from the clone")
    with Repository(found) as repository:
        there = upstream(repository, current_branch(repository))
    assert there is not None
    assert (there.remote, there.branch) == ("origin", "main")
    git(found, "push", "-q", "origin", "main")
    assert git(tmp_path / "server.git", "log", "-1", "--format=%s") == "from the clone"
    assert git(found, "config", "user.email") == "ada@example.org"


def test_what_is_of_the_folder_alone_does_not_come_along(root: Path, tmp_path: Path) -> None:
    git(root, "config", "core.hooksPath", "/nowhere")
    git(root, "config", "core.sshCommand", "ssh -o BatchMode=yes")
    found = cloned(root, tmp_path / "clone")
    settings = git(found, "config", "--local", "--list").splitlines()
    names = [one.partition("=")[0] for one in settings]
    assert "core.hookspath" not in names
    assert "remote.origin.promisor" not in names
    assert "core.sshcommand=ssh -o BatchMode=yes" in settings
