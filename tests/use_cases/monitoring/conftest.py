"""A registry with a good release and one that gives too little, and a store of their calls."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from coefgate.core.table import Table
from tests.end_to_end.checkouts import git as git_in
from tests.frozen_registry import copy_registry
from tests.telemetry.stores import store_with
from tests.telemetry.tables import MONDAY, WEEK
from tests.use_cases.monitoring.served import served, tag_release

LOWER = (
    ("coefficients/overhead/docs.yaml", "tokens: 15490", "tokens: 7000"),
    ("coefficients/overhead/tests.yaml", "tokens: 880", "tokens: 400"),
)


@dataclass(frozen=True, slots=True)
class Released:
    """``good`` is 1.0.0, ``low`` is 1.0.1, with half of its budgets; both are at ``origin``."""

    root: Path
    origin: Path
    good: Table
    low: Table

    def git(self, *words: str) -> str:
        return git_in(self.root, *words)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Made once, and copied by each test."""
    folder = tmp_path_factory.mktemp("released")
    root, origin = folder / "registry", folder / "origin.git"
    copy_registry(root)
    git = partial(git_in, root)
    git("init", "-q", "-b", "main")
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    git("add", "-A")
    git("commit", "-qm", "first")
    good = tag_release(root, "1.0.0")
    for file, old, new in LOWER:
        path = root / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    git("commit", "-qam", "give less")
    low = tag_release(root, "1.0.1")
    git("init", "-q", "--bare", "-b", "main", str(origin))
    git("remote", "add", "origin", "../origin.git")
    git("push", "-q", "--tags", "origin", "main")
    return Released(root, origin, good, low)


@pytest.fixture
def released(made: Released, tmp_path: Path) -> Released:
    """One that may be spoiled."""
    shutil.copytree(made.root.parent, tmp_path, dirs_exist_ok=True)
    return Released(tmp_path / "registry", tmp_path / "origin.git", made.good, made.low)


@pytest.fixture(scope="session")
def trouble(made: Released, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store: two good weeks of 1.0.0, then one in which 1.0.1 cuts off many replies."""
    return store_with(
        tmp_path_factory.mktemp("trouble") / "calls.db",
        [
            *served(made.good, 200, start=MONDAY - 2 * WEEK, writer="a" * 32, seed=1),
            *served(made.good, 200, start=MONDAY - WEEK, writer="b" * 32, seed=2),
            *served(made.low, 200, start=MONDAY, normal=made.good, writer="c" * 32, seed=3),
        ],
    )


@pytest.fixture(scope="session")
def changed_work(made: Released, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in which 1.0.1 serves a week whose calls need twice as much as any before."""
    return store_with(
        tmp_path_factory.mktemp("changed") / "calls.db",
        [
            *served(made.good, 200, start=MONDAY - WEEK, writer="b" * 32, seed=2),
            *served(
                made.low, 200, start=MONDAY, normal=made.good, needs=2.5, writer="c" * 32, seed=3
            ),
        ],
    )
