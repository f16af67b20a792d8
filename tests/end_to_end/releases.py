"""A registry that can be released, with a server to push to; what a release left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coefgate.core.release import Release
from coefgate.core.versions import Version
from coefgate.git.release_tags import release_tags
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.conftest import Coefgate, Outcome, run_coefgate
from tests.end_to_end.test_gate_places import BETTER, LOW, edit
from tests.frozen_registry import copy_registry

__all__ = ["BETTER", "LOW", "edit", "elsewhere"]

Git = Callable[..., str]
ALIAS = (
    "coefficients/overhead/docs.yaml",
    "aliases: [documentation]",
    "aliases: [documentation, manual]",
)
LOOSER = ("coefficients/guardrails.yaml", "min_calls: 50", "min_calls: 60")
TIGHTER = ("coefficients/gates.yaml", "mean_below: 50", "mean_below: 49")


@pytest.fixture
def releasable(registry: Path, git: Git) -> Path:
    """The registry with a committer."""
    git("config", "user.name", "A Tester")
    git("config", "user.email", "tester@example.org")
    return registry


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Registries with releases, made once and copied by each test.

    ``once`` has 1.0.0, ``twice`` 1.0.1 too, ``three`` 1.1.0 as well.
    """
    scratch = tmp_path_factory.mktemp("releases")
    root = scratch / "registry"
    copy_registry(root)
    elsewhere(root, "init", "-q", "-b", "main")
    elsewhere(root, "config", "user.name", "A Tester")
    elsewhere(root, "config", "user.email", "tester@example.org")
    for name, change in (("once", None), ("twice", BETTER), ("three", ALIAS)):
        if change is not None:
            edit(root, change)
        elsewhere(root, "add", "coefficients", "samples")
        elsewhere(root, "commit", "-qm", "change")
        succeeded(run_coefgate(root, "release", scratch=scratch))
        shutil.copytree(root, scratch / name)
    return {name: scratch / name for name in ("once", "twice", "three")}


@pytest.fixture
def once(registry: Path, git: Git, prepared: dict[str, Path]) -> Path:
    """The registry with one release, 1.0.0."""
    return _copied(prepared["once"], registry)


@pytest.fixture
def twice(registry: Path, git: Git, prepared: dict[str, Path]) -> Path:
    """1.0.0, and a better 1.0.1."""
    return _copied(prepared["twice"], registry)


@pytest.fixture
def minor(registry: Path, git: Git, prepared: dict[str, Path]) -> Path:
    """1.0.0, a better 1.0.1, and 1.1.0 with a new alias."""
    return _copied(prepared["three"], registry)


@pytest.fixture
def three(minor: Path, git: Git) -> Path:
    """1.0.0, a better 1.0.1, and 1.1.0 with a new alias; then two changes that are no values."""
    commit(minor, git, LOOSER, TIGHTER)
    return minor


def _copied(prepared: Path, registry: Path) -> Path:
    """The registry in this state."""
    shutil.rmtree(registry)
    return Path(shutil.copytree(prepared, registry))


@pytest.fixture
def origin(releasable: Path, git: Git) -> Path:
    """A bare repository that the registry was pushed to."""
    return _served(releasable, git)


@pytest.fixture
def origin_of_twice(twice: Path, git: Git) -> Path:
    """A bare repository that has both releases of ``twice``."""
    return _served(twice, git, "--tags")


def _served(root: Path, git: Git, *options: str) -> Path:
    folder = root.parent / "origin.git"
    git("init", "-q", "--bare", "-b", "main", str(folder))
    git("remote", "add", "origin", str(folder))
    git("push", "-q", *options, "origin", "main")
    return folder


def commit(root: Path, git: Git, *changes: tuple[str, str, str], message: str = "change") -> str:
    """Commit changes of files; the commit."""
    for change in changes:
        edit(root, change)
    git("add", "coefficients", "samples")
    git("commit", "-qm", message)
    return git("rev-parse", "HEAD")


def clone(git: Git, origin: Path, folder: Path) -> Path:
    """A clone of somebody else."""
    git("clone", "-q", str(origin), str(folder))
    elsewhere(folder, "config", "user.name", "B")
    elsewhere(folder, "config", "user.email", "b@example.org")
    return folder


def meanwhile(root: Path, other: Path, *refs: str) -> None:
    """Have ``other`` push between the moment when ``root`` asks what is there, and its push."""
    hook = root / ".git/hooks/pre-push"
    there = f"env -u GIT_DIR -u GIT_WORK_TREE -u GIT_PREFIX git -C {other}"
    hook.write_text(f"#!/bin/sh\n{there} push -q --atomic origin {' '.join(refs)}\n", "utf-8")
    hook.chmod(0o755)


def release_of(root: Path, version: str) -> Release:
    """What the tag of a version says."""
    with Repository(root) as repository:
        found = {one.version: one for one in release_tags(repository, "HEAD")}
        number = Version.parsed(version)
        assert number is not None
        release = found[number].release
    assert release is not None
    return release


def digest_of(root: Path, revision: str = "HEAD") -> str:
    """The digest of the coefficients at a revision."""
    with Repository(root) as repository:
        return snapshot(read_registry(repository.tree(revision))).digest


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


def withdraw(root: Path, *versions: str, replacement: str = "null") -> None:
    entry = '  - {{version: {}, date: "2026-11-01", reason: too low, replacement: {}}}'
    rows = "\n".join(entry.format(version, replacement) for version in versions)
    (root / "coefficients/yanked.yaml").write_text(f"yanked:\n{rows}\n", "utf-8")
