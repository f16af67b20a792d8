"""Commands that the docs show are run, and print what the docs say they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import SHIPPED, run_coefgate
from .pages import TUTORIAL, Step, shortened, steps

PAGES = [SHIPPED / "README.md", *sorted((SHIPPED / "docs").rglob("*.md")), SHIPPED / "samples" / "README.md"]
# The version names the present commit, and a working folder may hold what is not committed.
VERSION = re.compile(r"\b\d+\.\d+\.\d+\+(?:unversioned|\d+\.g[0-9a-f]{7})(?:\.dirty)?(?: \([0-9a-f]{40}\))?")


def _shown() -> Iterator[tuple[str, Step]]:
    for page in PAGES:
        if page != TUTORIAL:  # its commands build upon one another: test_tutorial.py
            for step in steps(page.read_text("utf-8")):
                yield page.relative_to(SHIPPED).as_posix(), step


def _settled(text: str) -> list[str]:
    return [line.rstrip() for line in VERSION.sub("VERSION", text).strip().splitlines()]


def test_the_readme_shows_real_commands() -> None:
    shown = [step.command for page, step in _shown() if page == "README.md"]
    assert [command.split()[1] for command in shown] == ["gate", "estimate"]


def test_no_page_shows_what_would_change_the_repository_in_which_the_tests_run() -> None:
    shown = [(page, step.command) for page, step in _shown()]
    writing = re.compile(r"^(?!coefgate )|^coefgate (release|rollback|pin|update|import|init)\b")
    assert [one for one in shown if writing.search(one[1])] == []


@pytest.mark.parametrize(
    "step", [pytest.param(step, id=f"{page}: {step.command}") for page, step in _shown()]
)
def test_prints_what_the_page_says(
    step: Step, registry: Path, git: Callable[..., str], tmp_path: Path
) -> None:
    program, *arguments = shlex.split(step.command)
    assert program == "coefgate"
    # A change is judged in what looks like a clone where nothing else has changed; anything older is only
    # known here.
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    here = step.command == "coefgate gate" or arguments[0] == "try"
    where = registry if here else SHIPPED
    outcome = run_coefgate(where, *arguments, scratch=tmp_path)
    shown = _settled("\n".join(step.output))
    assert shortened(_settled(outcome.out), like=shown) == shown, outcome.err
