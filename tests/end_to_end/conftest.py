"""The real command on a copy of a real registry, in a scratch git repository."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bare import bare_python
from tests.end_to_end.checkouts import Server, server
from tests.end_to_end.checkouts import git as git_in
from tests.end_to_end.warm import Warm
from tests.frozen_registry import copy_registry

__all__ = ["bare_python"]

SHIPPED = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the command left behind; ``measured``: bytes by which its memory grew."""

    code: int
    out: str
    err: str
    measured: int | None = None

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def grown(self) -> int:
        """By how many bytes its memory grew at most, of a run that was to be measured."""
        assert self.measured is not None, "say measured=True"
        return self.measured


Coefgate = Callable[..., Outcome]
Git = Callable[..., str]
Edit = Callable[..., None]
Verdict = Callable[..., tuple[int, dict[str, str]]]

_warm = Warm()


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[None]:
    """End the process that commands are forked from."""
    with _warm:
        yield


def run_coefgate(
    cwd: Path,
    *arguments: str,
    scratch: Path,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    measured: bool = False,
) -> Outcome:
    """Run ``coefgate`` as a process of its own; ``measured``: tell how far its memory grew."""
    ended = _warm.run(
        arguments,
        cwd=cwd,
        environment={
            **os.environ,
            "COLUMNS": "200",
            "COEFGATE_VERBOSE": "1",
            **(environment or {}),
        },
        scratch=scratch,
        stdin=stdin,
        memory=measured,
    )
    printed, said = (text.decode("utf-8", "replace") for text in (ended.out, ended.err))
    assert "Traceback" not in printed + said, said
    return Outcome(ended.code, printed, said, ended.grown)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A copy of coefficients and samples, without git."""
    root = tmp_path / "registry"
    copy_registry(root)
    return root


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder ``.git`` of a repository with a registry as its one commit."""
    root = tmp_path_factory.mktemp("first")
    copy_registry(root)
    git_in(root, "init", "-q", "-b", "main")
    git_in(root, "add", "-A")
    git_in(root, "commit", "-qm", "first")
    return root / ".git"


@pytest.fixture
def git(registry: Path, first_commit: Path) -> Git:
    """Run git in the registry, which becomes a repository with one commit."""
    shutil.copytree(first_commit, registry / ".git")
    git_in(registry, "update-index", "--refresh", "-q")  # these files are others for git
    return partial(git_in, registry)


@pytest.fixture
def coefgate(registry: Path, tmp_path: Path) -> Coefgate:
    """Run ``coefgate`` in the copied registry."""

    def run(
        *arguments: str,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        measured: bool = False,
    ) -> Outcome:
        return run_coefgate(
            cwd or registry,
            *arguments,
            scratch=tmp_path,
            environment=environment,
            stdin=stdin,
            measured=measured,
        )

    return run


@pytest.fixture
def edit(registry: Path, git: Git) -> Edit:
    """Exchange text in a file of the registry, which stands on an accepted first commit."""

    def run(file: str, *pairs: tuple[str, str]) -> None:
        text = (registry / file).read_text("utf-8")
        for old, new in pairs:
            assert old in text, (file, old)
            text = text.replace(old, new, 1)
        (registry / file).write_text(text, "utf-8")

    return run


@pytest.fixture
def verdict(coefgate: Coefgate) -> Verdict:
    """Run the gate: its exit code, and the message of each rule that does not pass."""

    def run(*arguments: str) -> tuple[int, dict[str, str]]:
        found = coefgate("gate", *arguments, "--format", "json")
        if not found.out:
            return found.code, {}
        rules: list[dict[str, Any]] = json.loads(found.out)["rules"]
        return found.code, {
            rule["rule"]: rule["message"] for rule in rules if rule["status"] != "pass"
        }

    return run


Serve = Callable[..., Server]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Server]:
    """The server with an accepted branch of this name, made once and never changed."""

    @cache
    def made(default: str) -> Server:
        root = tmp_path_factory.mktemp("server") / "registry"
        copy_registry(root)
        return server(root, default=default)

    return made


@pytest.fixture
def serve(registry: Path, served: Callable[[str], Server]) -> Serve:
    """Make the registry a server with a short history, and a proposal that is to be stopped."""

    def run(*, default: str = "main") -> Server:
        there = served(default)
        shutil.rmtree(registry)
        shutil.copytree(there.root, registry)
        return replace(there, root=registry)

    return run
