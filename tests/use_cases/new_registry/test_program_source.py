"""Where others get the program that runs here."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.use_cases.new_registry.program_source import (
    ProgramSource,
    installed_from,
    named_source,
    source_of,
)
from tests.end_to_end.checkouts import git

COMMIT = "0123456789" * 4
HTTPS = "https://github.com/ours/coefgate.git"


@pytest.mark.parametrize(
    ("url", "action"),
    [
        (HTTPS, "ours/coefgate"),
        ("https://github.com/ours/coefgate", "ours/coefgate"),
        ("git@github.com:ours/coef.gate.git", "ours/coef.gate"),
        ("ssh://git@github.com/ours/coefgate", "ours/coefgate"),
        ("https://gitlab.com/ours/coefgate.git", None),
        ("https://github.com.evil.example/ours/coefgate", None),
        ("https://github.com/ours/coefgate/more", None),
    ],
)
def test_an_action_is_named_by_its_owner_and_name_on_github(url: str, action: str | None) -> None:
    assert named_source(url, COMMIT).action == action


@pytest.mark.parametrize(
    ("url", "commit", "why"),
    [
        ("/srv/coefgate", COMMIT, "not an address that others can reach"),
        ("file:///srv/coefgate", COMMIT, "not an address that others can reach"),
        ("https://me:secret@example.org/coefgate", COMMIT, "not an address that others can reach"),
        (f"{HTTPS} ", COMMIT, "not an address that others can reach"),
        (HTTPS, "main", "is not a full commit"),
        (HTTPS, COMMIT[:12], "is not a full commit"),
    ],
)
def test_what_nobody_could_get_is_refused(url: str, commit: str, why: str) -> None:
    with pytest.raises(UsageProblem, match=why):
        named_source(url, commit)


def test_an_installation_by_git_says_where_it_came_from() -> None:
    told = {"url": HTTPS, "vcs_info": {"vcs": "git", "commit_id": COMMIT}}
    assert source_of(told) == ProgramSource(HTTPS, COMMIT)


@pytest.mark.parametrize(
    "told",
    [
        {"url": "https://example.org/coefgate-1.whl", "archive_info": {}},
        {"url": "file:///srv/coefgate", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        {"url": "https://****@example.org/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        {},
    ],
)
def test_others_cannot_get_it_there(told: dict[str, object]) -> None:
    assert source_of(told) is None


def test_a_clone_says_so_once_its_remote_has_the_commit(tmp_path: Path) -> None:
    told = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    assert source_of(told) is None
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", HTTPS)
    assert source_of(told) is None
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    assert source_of(told) is None
    commit = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", commit)
    assert source_of(told) == ProgramSource(HTTPS, commit)


def test_a_clone_of_a_folder_is_nothing_that_others_reach(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", "/srv/coefgate.git")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert source_of({"url": tmp_path.as_uri(), "dir_info": {}}) is None


def test_a_program_that_was_never_installed_came_from_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert installed_from() is None
