"""A registry that can be released, with a server to push to; what a release left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coefgate.history.repository import Repository
from coefgate.history.tagged import tagged
from coefgate.registry.reading import read_registry
from coefgate.registry.snapshot import digest, snapshot
from coefgate.releases.annotation import Release
from coefgate.releases.version import Version
from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.test_gate_places import BETTER, LOW, edit

__all__ = ["BETTER", "LOW", "edit"]

Git = Callable[..., str]


@pytest.fixture
def releasable(registry: Path, git: Git) -> Path:
    """The registry with a committer."""
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    return registry


@pytest.fixture
def origin(releasable: Path, git: Git) -> Path:
    """A bare repository that the registry was pushed to."""
    folder = releasable.parent / "origin.git"
    git("init", "-q", "--bare", "-b", "main", str(folder))
    git("remote", "add", "origin", str(folder))
    git("push", "-q", "origin", "main")
    return folder


def commit(root: Path, git: Git, *changes: tuple[str, str, str], message: str = "change") -> str:
    """Commit changes of files; the commit."""
    for change in changes:
        edit(root, change)
    git("add", "coefficients", "samples")
    git("commit", "-qm", message)
    return git("rev-parse", "HEAD")


def release_of(root: Path, version: str) -> Release:
    """What the tag of a version says."""
    with Repository(root) as repository:
        found = {one.version: one for one in tagged(repository, "HEAD")}
        number = Version.parsed(version)
        assert number is not None
        release = found[number].release
    assert release is not None
    return release


def digest_of(root: Path, revision: str = "HEAD") -> str:
    """The digest of the coefficients at a revision."""
    with Repository(root) as repository:
        return digest(snapshot(read_registry(repository.tree(revision))))


def state(root: Path, git: Git) -> dict[str, Any]:
    """All that a command could have moved: refs, index, files."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }
    return {
        "refs": git("for-each-ref"),
        "head": (root / ".git/HEAD").read_text("utf-8"),
        "staged": git("diff", "--cached", "--raw"),
        "files": files,
    }


def succeeded(outcome: Outcome) -> Outcome:
    """The outcome of a command that must pass."""
    assert outcome.code == 0, outcome.text
    return outcome


def released(coefgate: Coefgate, *arguments: str) -> str:
    """Release, and give the version."""
    return succeeded(coefgate("release", *arguments)).out.split()[1]
