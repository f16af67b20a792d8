"""A repository on the stand-in of GitHub, with a target branch and room for proposals."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.on_call import on_call
from tests.frozen_registry import copy_registry
from tests.github.runner import Run, Runner
from tests.publishing.stand_in import GitHub, github_stand_in

ROOT = Path(__file__).parents[2]

# What the action, our workflows and an installation read.
_FILES = (
    *(".github", ".gitattributes", ".gitignore", "action.yml", "Makefile"),
    *(
        "pyproject.toml",
        "requirements",
        "README.md",
        "validator",
        "schemas/*.schema.json",
        "docs/reference/gates.md",
        "examples/airun",
    ),
)
_PEOPLE = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Tester"), ("EMAIL", "tester@example.org"))
}


@dataclass(frozen=True, slots=True)
class Author:
    """A clone in which somebody works; at first ``folder`` has the target ``main`` checked out."""

    folder: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **_PEOPLE},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def scale(self, file: str, factor: int) -> None:
        """Multiply every figure of tokens in a file of coefficients."""
        text = (self.folder / file).read_text("utf-8")
        scaled, found = re.subn(
            r"(?m)(tokens: )(\d+)", lambda hit: f"{hit[1]}{int(hit[2]) * factor}", text
        )
        assert found
        self.write(file, scaled)

    def commit(self, message: str = "a change") -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD")

    def propose(self, pull_request: int = 1) -> str:
        """Commit everything as the head of a pull request; say which commit that is."""
        commit = self.commit()
        self.git("push", "-q", "-f", "origin", f"HEAD:refs/pull/{pull_request}/head")
        return commit


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository whose branch main holds a registry, and what workflows work with."""
    folder = tmp_path_factory.mktemp("target")
    copy_registry(folder / "work")
    return bare_repository(folder, *_FILES)


def bare_repository(folder: Path, *files: str) -> Path:
    """A bare repository whose branch main holds these files of this repository as they are.

    What lies in ``folder / "work"`` already is held too."""
    author = Author(folder / "work")
    author.folder.mkdir(exist_ok=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *files],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (author.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, author.folder / name)
    author.git("init", "-q", "-b", "main")
    author.commit("the target branch")
    author.git("repack", "-q", "-a", "-d")
    author.git("clone", "-q", "--bare", ".", str(folder / "origin"))
    return folder / "origin"


@pytest.fixture
def origin(target: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "origin"
    shutil.copytree(target, copy)
    return copy


@pytest.fixture
def author(origin: Path, tmp_path: Path) -> Author:
    folder = tmp_path / "author"
    subprocess.run(["git", "clone", "-q", str(origin), str(folder)], check=True)
    return Author(folder)


@pytest.fixture
def github() -> Iterator[GitHub]:
    with github_stand_in() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def program() -> Iterator[tuple[str, ...]]:
    """The program of these tests, as the steps of a workflow start it."""
    with on_call() as words:
        yield words


@pytest.fixture
def runner(tmp_path: Path, origin: Path, github: GitHub, program: tuple[str, ...]) -> Runner:
    """A runner on which nothing needs to be installed."""
    return Runner(tmp_path / "runner", origin, github, program=program)


@pytest.fixture
def installing(tmp_path: Path, origin: Path, github: GitHub) -> Runner:
    """A runner on which the program of the target branch is installed, and then runs."""
    return Runner(tmp_path / "runner", origin, github)


Judge = Callable[[str], Run]


@pytest.fixture
def judge(runner: Runner) -> Judge:
    """Run the gate's workflow for pull request 1 with this head."""

    def run(head: str) -> Run:
        return runner.execute(pull_request(head))

    return run


def pull_request(head: str) -> dict[str, Any]:
    """What GitHub says of the event of pull request 1."""
    return {
        "action": "synchronize",
        "pull_request": {
            "number": 1,
            "title": "$(touch title) `touch title`",
            "head": {"sha": head, "ref": "$(touch ref)"},
            "base": {"ref": "main", "sha": "0" * 40},
        },
    }
