"""What is checked out, and what day it is for git; and what is not committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.git.commit_writer import current_branch, today
from coefgate.git.repository import Repository
from coefgate.git.working_tree import uncommitted
from tests.git.conftest import Git


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "tester@example.org")


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-12-01T23:30:00-0500", "2026-12-01"),
        ("2026-12-01T23:30:00+0000", "2026-12-01"),
        ("2026-12-01T00:15:00+1245", "2026-12-01"),
    ],
)
def test_the_day_is_that_of_the_commit_where_its_committer_is(
    time: str, day: str, registry: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", time)
    with Repository(registry) as repository:
        assert today(repository) == day


def test_without_a_time_there_is_no_day(
    registry: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Repository(registry) as repository:
        monkeypatch.setattr(
            repository, "git", lambda *_words, **_options: b"A Tester <t@example.org>\n"
        )
        with pytest.raises(EnvironmentProblem, match="git var GIT_COMMITTER_IDENT"):
            today(repository)


def test_names_are_those_from_the_registry(registry: Path, git: Git) -> None:
    git("checkout", "-qb", "team/work")
    for name in ("ä.yaml", "a b.yaml"):
        (registry / "coefficients" / name).write_text("", "utf-8")
    (registry / "other").write_text("", "utf-8")
    with Repository(registry) as repository:
        branch = current_branch(repository)
        assert (branch.name, branch.ref) == ("team/work", "refs/heads/team/work")
        assert branch.commit == git("rev-parse", "HEAD")
        assert uncommitted(repository, "coefficients", "samples") == (
            "coefficients/a b.yaml",
            "coefficients/ä.yaml",
        )
