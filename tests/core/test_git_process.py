"""Git as a program: what it is started with, and what is told where it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coefgate.core.bounded_git import BoundedGit
from coefgate.core.git_process import (
    Git,
    NoRepository,
    ObjectReader,
    reason_and_remedy,
    without_git,
)
from coefgate.core.problems import EnvironmentProblem


def _failure(arguments: tuple[str, ...], words: str) -> EnvironmentProblem:
    return EnvironmentProblem(f"{arguments[0]}: {words.strip()}")


def _git(folder: Path, **settings: str) -> Git:
    return Git(folder, without_git(os.environ), _failure, settings=settings)


def test_variables_of_git_are_left_out_but_for_those_that_are_named() -> None:
    said = {"PATH": "/bin", "GIT_DIR": "elsewhere", "GIT_SSH_COMMAND": "ssh -v"}
    assert without_git(said) == {"PATH": "/bin"}
    assert without_git(said, but_for=("GIT_SSH",)) == {"PATH": "/bin", "GIT_SSH_COMMAND": "ssh -v"}


@pytest.mark.parametrize(
    ("words", "reason", "command"),
    [
        ("fatal: it is gone.\n", "fatal: it is gone", None),
        ("", "", None),
        (
            "fatal: dubious ownership\nTo add it:\n\n\tgit config --add safe.directory /x\n",
            "fatal: dubious ownership",
            "git config --add safe.directory /x",
        ),
    ],
)
def test_git_s_own_remedy_is_found_in_its_words(
    words: str, reason: str, command: str | None
) -> None:
    assert reason_and_remedy(words) == (reason, command)


def test_settings_win_and_a_failure_is_told_in_git_s_words(tmp_path: Path) -> None:
    git = _git(tmp_path, **{"user.name": "ours"})
    assert git.run("config", "--get", "user.name") == b"ours\n"
    with pytest.raises(EnvironmentProblem, match=r"^rev-parse: fatal: not a git repository"):
        git.run("rev-parse", "HEAD")


def test_what_takes_too_long_has_failed(tmp_path: Path) -> None:
    git = _git(tmp_path, **{"alias.wait": "!sleep 5"})
    git.timeout = 0.1
    with pytest.raises(EnvironmentProblem, match=r"^wait: no answer within 0\.1 seconds"):
        git.run("wait")


def test_without_git(tmp_path: Path) -> None:
    alone = {"PATH": str(tmp_path)}
    with pytest.raises(NoRepository, match="git is not installed"):
        Git(tmp_path, alone, _failure).run("version")


def test_objects_are_read_through_one_process(tmp_path: Path) -> None:
    git = _git(tmp_path)
    git.run("init", "-q")
    name = git.run("hash-object", "-w", "--stdin", given=b"content").decode().strip()
    reader = ObjectReader(git)
    assert reader.content(name) == b"content"
    assert reader.content("0" * 40) is None
    assert reader.content(name) == b"content"
    reader.close()


@pytest.mark.parametrize(
    ("timeout", "most", "why"),
    [(0.2, 1000, "it did not answer within 0.2 s"), (60.0, 10, "it sends more than 10 bytes")],
)
def test_a_bounded_call_ends_at_its_bounds(
    timeout: float, most: int, why: str, tmp_path: Path
) -> None:
    git = BoundedGit(
        tmp_path,
        without_git(os.environ),
        _failure,
        settings={"alias.long": "!head -c 100 /dev/zero; sleep 30"},
        timeout=timeout,
        most=most,
    )
    with pytest.raises(EnvironmentProblem, match=why):
        git.run("long")
